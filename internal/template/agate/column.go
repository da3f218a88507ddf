package agate

import (
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Column is one column: its values, in the order of the rows.
type Column struct {
	sequence
	name  string
	index int
	typ   Type
}

func (t *Table) columnAt(i int) *Column {
	c := &Column{name: t.names[i], index: i, typ: t.types[i]}
	c.values = make([]any, len(t.rows))
	for n, row := range t.rows {
		c.values[n] = row[i]
	}
	return c
}

// TypeName is Python's.
func (c *Column) TypeName() string { return "Column" }

// Str prints the values.
func (c *Column) Str() string { return c.shown("Column") }

// Attr returns a part or a method.
func (c *Column) Attr(name string) (any, bool) {
	switch name {
	case "name":
		return c.name, true
	case "index":
		return c.index, true
	case "data_type":
		return c.typ, true
	}
	if f, ok := columnMethods()[name]; ok {
		return &jinja.Func{Name: name, Call: func(call *jinja.Call) (any, error) {
			if _, err := call.Bind(); err != nil {
				return nil, err
			}
			return f(c)
		}}, true
	}
	return c.sequence.Attr(name)
}

var columnMethods = sync.OnceValue(func() map[string]func(*Column) (any, error) {
	return map[string]func(*Column) (any, error){
		"values_distinct":      func(c *Column) (any, error) { return distinct(c.values) },
		"values_without_nulls": func(c *Column) (any, error) { return python.Tuple(withoutNulls(c.values)), nil },
		"values_sorted":        func(c *Column) (any, error) { return sortedValues(c.values) },
		"values_without_nulls_sorted": func(c *Column) (any, error) {
			return sortedValues(withoutNulls(c.values))
		},
	}
})

func withoutNulls(values []any) []any {
	return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return v == nil })
}

func distinct(values []any) (any, error) {
	seen := python.NewDict()
	out := python.Tuple{}
	for _, v := range values {
		if _, ok, err := seen.Get(v); err != nil || ok {
			if err != nil {
				return nil, err
			}
			continue
		}
		if err := seen.Set(v, nil); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// compareNullsLast orders values, with None after everything.
func compareNullsLast(a, b any) (int, error) {
	switch {
	case a == nil && b == nil:
		return 0, nil
	case a == nil:
		return 1, nil
	case b == nil:
		return -1, nil
	}
	return python.Compare(a, b)
}

func sortedValues(values []any) (any, error) {
	out := slices.Clone(values)
	var failed error
	slices.SortStableFunc(out, func(a, b any) int {
		c, err := compareNullsLast(a, b)
		if err != nil {
			failed = err
		}
		return c
	})
	return python.NewList(out...), failed
}
