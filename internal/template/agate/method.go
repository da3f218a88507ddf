package agate

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

type tableMethod func(t *Table, c *jinja.Call) (any, error)

var tableMethods = sync.OnceValue(func() map[string]tableMethod {
	return map[string]tableMethod{
		"select": tableSelect, "exclude": tableExclude, "rename": tableRename, "where": tableWhere, "find": tableFind,
		"limit": tableLimit, "order_by": tableOrderBy, "distinct": tableDistinct,
		"print_table": printTable, "print_csv": printCSV, "print_json": printJSON,
		"print_structure": func(t *Table, c *jinja.Call) (any, error) { return t.printed(c, t.structure()) },
	}
})

// columns reads an argument that is one column or a list of them.
func (t *Table) columns(v any) ([]int, error) {
	keys := []any{v}
	switch v.(type) {
	case string, int64:
	default:
		var err error
		if keys, err = python.Collect(v); err != nil {
			return nil, err
		}
	}
	out := make([]int, len(keys))
	for i, key := range keys {
		if out[i] = t.column(key); out[i] < 0 {
			r, err := python.Repr(key)
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("the table has no column %s", r)
		}
	}
	return out, nil
}

// picked has only some of the columns.
func (t *Table) picked(columns []int) *Table {
	out := &Table{print: t.print, rows: make([][]any, len(t.rows))}
	for _, i := range columns {
		out.names, out.types = append(out.names, t.names[i]), append(out.types, t.types[i])
	}
	for n, row := range t.rows {
		for _, i := range columns {
			out.rows[n] = append(out.rows[n], row[i])
		}
	}
	return out
}

func tableSelect(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("key")
	if err != nil {
		return nil, err
	}
	columns, err := t.columns(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	return t.picked(columns), nil
}

func tableExclude(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("key")
	if err != nil {
		return nil, err
	}
	without, err := t.columns(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	var kept []int
	for i := range t.names {
		if !slices.Contains(without, i) {
			kept = append(kept, i)
		}
	}
	return t.picked(kept), nil
}

// tableRename takes all the names anew, or a dict of those that change.
func tableRename(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("column_names?", "row_names?", "slug_columns?", "slug_rows?")
	if err != nil {
		return nil, err
	}
	out := t.with(t.rows)
	out.names = slices.Clone(t.names)
	switch v := b.Any(0, nil).(type) {
	case nil:
	case *python.Dict:
		for i, name := range t.names {
			if to, ok := v.GetString(name); ok {
				if out.names[i], err = python.Str(to); err != nil {
					return nil, err
				}
			}
		}
	default:
		items, err := python.Collect(v)
		if err != nil {
			return nil, err
		}
		if len(items) != len(t.names) {
			return nil, fmt.Errorf("needs %d names, not %d", len(t.names), len(items))
		}
		for i, item := range items {
			if out.names[i], err = python.Str(item); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// matching calls f for the rows for which a function of the template holds,
// until it returns false.
func (t *Table) matching(c *jinja.Call, f func(i int) bool) error {
	b, err := c.Bind("test")
	if err != nil {
		return err
	}
	for i := range t.rows {
		v, err := c.Invoke(b.Any(0, nil), t.row(i))
		if err != nil {
			return err
		}
		if python.Truth(v) && !f(i) {
			return nil
		}
	}
	return nil
}

func tableWhere(t *Table, c *jinja.Call) (any, error) {
	var rows [][]any
	err := t.matching(c, func(i int) bool {
		rows = append(rows, t.rows[i])
		return true
	})
	return t.with(rows), err
}

func tableFind(t *Table, c *jinja.Call) (any, error) {
	var found any
	err := t.matching(c, func(i int) bool {
		found = t.row(i)
		return false
	})
	return found, err
}

// tableLimit is limit(n), or limit(start, stop, step).
func tableLimit(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("start_or_stop?", "stop?", "step?")
	if err != nil {
		return nil, err
	}
	n := int64(len(t.rows))
	start, stop, step := int64(0), n, int64(1)
	switch {
	case b.Any(1, nil) != nil || b.Any(2, nil) != nil:
		for i, at := range []*int64{&start, &stop, &step} {
			if b.Any(i, nil) == nil {
				continue
			}
			if *at, err = b.Int(i, 0); err != nil {
				return nil, err
			}
		}
	case b.Any(0, nil) != nil:
		if stop, err = b.Int(0, 0); err != nil {
			return nil, err
		}
	}
	if step < 1 {
		return nil, errors.New("the step is 1 or more")
	}
	fromEnd := func(i int64) int64 {
		if i < 0 {
			i += n
		}
		return max(0, min(i, n))
	}
	var rows [][]any
	for i := fromEnd(start); i < fromEnd(stop); i += step {
		rows = append(rows, t.rows[i])
	}
	return t.with(rows), nil
}

// tableOrderBy sorts by a column, by several, or by what a function returns.
func tableOrderBy(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("key", "reverse?")
	if err != nil {
		return nil, err
	}
	key, err := t.sortKey(c, b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	type keyed struct {
		keys []any
		row  []any
	}
	all := make([]keyed, len(t.rows))
	for i := range t.rows {
		keys, err := key(i)
		if err != nil {
			return nil, err
		}
		all[i] = keyed{keys, t.rows[i]}
	}
	var failed error
	sign := 1
	if b.Bool(1, false) {
		sign = -1
	}
	slices.SortStableFunc(all, func(x, y keyed) int {
		for i := range x.keys {
			order, err := compareNullsLast(x.keys[i], y.keys[i])
			if err != nil {
				failed = err
			}
			if order != 0 {
				return sign * order
			}
		}
		return 0
	})
	rows := make([][]any, len(all))
	for i, k := range all {
		rows[i] = k.row
	}
	return t.with(rows), failed
}

// sortKey returns what rows are sorted by.
func (t *Table) sortKey(c *jinja.Call, by any) (func(i int) ([]any, error), error) {
	switch by.(type) {
	case *jinja.Func, jinja.Caller:
		return func(i int) ([]any, error) {
			v, err := c.Invoke(by, t.row(i))
			return []any{v}, err
		}, nil
	}
	columns, err := t.columns(by)
	if err != nil {
		return nil, err
	}
	return func(i int) ([]any, error) {
		out := make([]any, len(columns))
		for n, column := range columns {
			out[n] = t.rows[i][column]
		}
		return out, nil
	}, nil
}

// tableDistinct keeps the first row of each value of a key.
func tableDistinct(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("key?")
	if err != nil {
		return nil, err
	}
	by := b.Any(0, nil)
	if by == nil {
		by = texts(t.names)
	}
	key, err := t.sortKey(c, by)
	if err != nil {
		return nil, err
	}
	seen := python.NewDict()
	var rows [][]any
	for i, row := range t.rows {
		keys, err := key(i)
		if err != nil {
			return nil, err
		}
		if _, ok, err := seen.Get(python.Tuple(keys)); err != nil {
			return nil, err
		} else if ok {
			continue
		}
		if err := seen.Set(python.Tuple(keys), nil); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return t.with(rows), nil
}
