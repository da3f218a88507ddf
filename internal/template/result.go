package template

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// response is what a statement answered besides its rows.
type response struct {
	message, code string
	affected      any
}

// Attr returns a part of the answer.
func (r response) Attr(name string) (any, bool) {
	switch name {
	case "_message", "message":
		return r.message, true
	case "code":
		return r.code, true
	case "rows_affected":
		return r.affected, true
	}
	return nil, false
}

// Str is the message.
func (r response) Str() string { return r.message }

// result is what load_result returns.
type result struct {
	response, table any
}

// Attr returns the response, the table, or the rows as lists.
func (r result) Attr(name string) (any, bool) {
	switch name {
	case "response":
		return r.response, true
	case "table":
		return r.table, true
	case "data":
		return matrix(r.table), true
	}
	return nil, false
}

// Keys makes it a mapping.
func (result) Keys() []any { return []any{"response", "data", "table"} }

// Item is `result['table']`.
func (r result) Item(key any) (any, bool, error) {
	name, _ := key.(string)
	v, ok := r.Attr(name)
	return v, ok, nil
}

// matrix returns the rows of a table as lists.
func matrix(table any) *python.List {
	out := python.NewList()
	rows, ok := attribute(table, "rows")
	if !ok {
		return out
	}
	items, err := python.Collect(rows)
	if err != nil {
		return out
	}
	for _, row := range items {
		values, err := python.Collect(row)
		if err != nil {
			continue
		}
		out.Items = append(out.Items, python.NewList(values...))
	}
	return out
}

func attribute(v any, name string) (any, bool) {
	o, ok := v.(python.Object)
	if !ok {
		return nil, false
	}
	return o.Attr(name)
}

// storeResult is store_result.
func storeResult(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "response", "agate_table?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	host(c).store(name, result{b.Any(1, nil), b.Any(2, nil)})
	return "", nil
}

// storeRawResult is store_raw_result.
func storeRawResult(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "message?", "code?", "rows_affected?", "agate_table?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	answer := response{affected: b.Any(3, nil)}
	if answer.message, err = python.Text(b.Any(1, nil)); err == nil {
		answer.code, err = python.Text(b.Any(2, nil))
	}
	host(c).store(name, result{answer, b.Any(4, nil)})
	return "", err
}

func (r *render) store(name string, v result) {
	if v.table == nil {
		v.table = tableValue(&Table{})
	}
	if r.results == nil {
		r.results = map[string]any{}
	}
	r.results[name] = v
}

// taken marks a result that was loaded: dbt gives each of them once.
type taken struct{}

// loadResult is load_result.
func loadResult(c *jinja.Call) (any, error) {
	b, err := c.Bind("name")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	r := host(c)
	switch v := r.results[name].(type) {
	case nil:
		return nil, nil
	case taken:
		return nil, bad(c, fmt.Sprintf("the result `%s` was loaded before, and can be only once", name)).
			WithHint("keep it with {%% set result = load_result('%s') %%}", name)
	default:
		if name != "main" {
			r.results[name] = taken{}
		}
		return v, nil
	}
}

// loadSeed is load_agate_table.
func loadSeed(c *jinja.Call) (any, error) {
	if _, err := c.Bind(); err != nil {
		return nil, err
	}
	r := host(c)
	if r.Seed == nil {
		return nil, bad(c, "`load_agate_table` reads the file of a seed, and this is none")
	}
	t, err := r.Seed()
	if err != nil {
		return nil, err
	}
	return tableValue(t), nil
}

// submitPython is submit_python_job, which materializations of dbt's call for
// models in Python.
func submitPython(c *jinja.Call) (any, error) {
	return nil, diag.New("python-in-template", callPlace(c), "`submit_python_job` cannot be called from a template").
		WithHint("models in Python run by themselves: materialize them as table or incremental")
}

// adapterMacro is what adapter.dispatch was called long ago.
func adapterMacro(c *jinja.Call) (any, error) {
	return nil, bad(c, "`adapter_macro` is no longer there").WithHint("write adapter.dispatch('name', 'package')(…)")
}
