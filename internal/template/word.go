package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// words returns the names that a text sees.
func (r *render) words() map[string]any {
	words := map[string]any{
		"config":         &configWord{r},
		"var":            &varWord{r},
		"this":           relation{sql: quoted(r.This), table: r.This},
		"target":         r.target(),
		"execute":        r.captured == nil,
		"dbt_version":    Version,
		"invocation_id":  r.InvocationID,
		"project_name":   r.Package,
		"run_started_at": instant{r.RunStartedAt.UTC()},
		"exceptions":     exceptions{r},
	}
	for name, f := range map[string]jinja.Callable{
		"ref": r.ref, "source": r.source, "env_var": r.envVar, "log": r.log, "print": r.log,
		"is_incremental": r.isIncremental, "tojson": toJSON,
	} {
		words[name] = &jinja.Func{Name: name, Call: f}
	}
	return words
}

// bad is a wrong call of one of dbt's words.
func (r *render) bad(c *jinja.Call, message string) *diag.Problem {
	return diag.New(codeCall, r.callPlace(c), "%s", message)
}

// texts returns the arguments of a call, which all have to be strings.
func texts(c *jinja.Call) ([]string, bool) {
	out := make([]string, len(c.Args))
	for i, a := range c.Args {
		s, ok := a.(string)
		if !ok {
			return nil, false
		}
		out[i] = s
	}
	return out, true
}

// ref is `ref('name')` and `ref('package', 'name')`.
func (r *render) ref(c *jinja.Call) (any, error) {
	for _, n := range c.Named {
		if n.Name == "version" || n.Name == "v" {
			return nil, diag.New(codeNotYet, r.callPlace(c), "versions of models in `ref` are not there yet").
				WithHint("refer to the model without `%s`", n.Name)
		}
	}
	args, ok := texts(c)
	if !ok || len(args) < 1 || len(args) > 2 || len(c.Named) > 0 {
		return nil, r.bad(c, "`ref` takes the name of a model, or of a package and a model, as strings").
			WithHint("write ref('orders') or ref('shop', 'orders')")
	}
	pkg, name := "", args[len(args)-1]
	if len(args) == 2 {
		pkg = args[0]
	}
	if r.resolve != nil {
		return r.resolved(c)(r.resolve.Ref(pkg, name))
	}
	ref := Ref{pkg, name, r.callPlace(c)}
	if r.captured != nil && !has(r.captured.Refs, ref) {
		r.captured.Refs = append(r.captured.Refs, ref)
	}
	return relation{sql: quoted(r.This), table: r.This}, nil
}

// source is `source('source', 'table')`.
func (r *render) source(c *jinja.Call) (any, error) {
	args, ok := texts(c)
	if !ok || len(args) != 2 || len(c.Named) > 0 {
		return nil, r.bad(c, "`source` takes the names of a source and of a table, as strings").
			WithHint("write source('retail', 'invoices')")
	}
	if r.resolve != nil {
		return r.resolved(c)(r.resolve.Source(args[0], args[1]))
	}
	src := Source{args[0], args[1], r.callPlace(c)}
	if r.captured != nil && !has(r.captured.Sources, src) {
		r.captured.Sources = append(r.captured.Sources, src)
	}
	return relation{sql: quoted(r.This), table: r.This}, nil
}

func has[T comparable](list []T, wanted T) bool {
	for _, v := range list {
		if v == wanted {
			return true
		}
	}
	return false
}

// resolved makes a relation of what the resolver says; its problems get the
// place of the call where they have none.
func (r *render) resolved(c *jinja.Call) func(string, error) (any, error) {
	return func(sql string, err error) (any, error) {
		if err == nil {
			return relationOf(sql), nil
		}
		var ps diag.Problems
		ps.AddError("unresolved", r.callPlace(c), err)
		p := *ps.All()[0]
		if p.Place == (diag.Place{}) {
			p.Place = r.callPlace(c)
		}
		return nil, &p
	}
}

// isIncremental tells whether the model adds to the table that it has. While a
// text is parsed nobody knows.
func (r *render) isIncremental(c *jinja.Call) (any, error) {
	if _, err := c.Bind(); err != nil || r.Incremental == nil || r.captured != nil {
		return false, err
	}
	return r.Incremental()
}

// log is `log(message)` and `print(message)`; both leave no text behind.
func (r *render) log(c *jinja.Call) (any, error) {
	b, err := c.Bind("msg", "info?")
	if err != nil {
		return nil, err
	}
	text, err := jinja.Str(b.Any(0, ""))
	if err == nil && r.captured == nil {
		r.Log(text)
	}
	return "", err
}

func toJSON(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	text, err := jinja.JSON(b.Any(0, nil), jinja.JSONOptions{SortKeys: b.Bool(2, false)})
	if err != nil && b.Has(1) {
		return b.Any(1, nil), nil
	}
	return text, err
}

// target describes where the project is built. Its names are those of dbt's
// profiles.
func (r *render) target() map[string]any {
	t := map[string]any{
		"name": "dev", "target_name": "dev", "profile_name": r.Package, "type": "duckdb",
		"schema": "main", "database": database, "threads": 1,
	}
	for name, v := range r.Target {
		t[name] = v
	}
	if name, ok := r.Target["name"]; ok {
		t["target_name"] = name
	}
	return t
}

// exceptions is dbt's object of that name.
type exceptions struct{ r *render }

// Attr returns one of its functions.
func (e exceptions) Attr(name string) (any, bool) {
	switch name {
	case "raise_compiler_error":
		return &jinja.Func{Name: name, Call: e.raise}, true
	case "warn":
		return &jinja.Func{Name: name, Call: e.r.log}, true
	}
	return nil, false
}

func (e exceptions) raise(c *jinja.Call) (any, error) {
	b, err := c.Bind("msg", "node?")
	if err != nil {
		return nil, err
	}
	text, err := jinja.Str(b.Any(0, ""))
	if err != nil {
		return nil, err
	}
	return nil, diag.New(codeRaised, e.r.callPlace(c), "%s", strings.TrimSpace(text))
}
