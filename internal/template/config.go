package template

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// configWord is dbt's `config`: called it configures, and it has get and
// require.
type configWord struct{}

// Call takes `config(materialized='table')` or `config({...})` and leaves no
// text behind.
func (configWord) Call(c *jinja.Call) (any, error) {
	r := host(c)
	if len(c.Args) > 1 || len(c.Args) == 1 && len(c.Named) > 0 {
		return nil, bad(c, "`config` takes names, or one dict")
	}
	if r.captured == nil {
		return "", nil
	}
	if len(c.Args) == 1 {
		v, err := python.ToGo(c.Args[0])
		if err != nil {
			return nil, err
		}
		given, ok := v.(map[string]any)
		if !ok {
			return nil, bad(c, "`config` takes names, or one dict").
				WithHint("write config(materialized='table')")
		}
		for name, value := range given {
			r.captured.set(name, value, callPlace(c))
		}
	}
	for i, n := range c.Named {
		line, column := c.NamedPlace(i)
		at := diag.Place{File: c.Template(), Line: line, Column: column}
		value, err := python.ToGo(n.Value)
		if err != nil {
			return nil, diag.New(codeCall, at, "the value of `%s` cannot be a configuration: %v", n.Name, err)
		}
		r.captured.set(n.Name, value, at)
	}
	return "", nil
}

// What later calls of config do to earlier ones, as in dbt: these keys add up,
// those merge; all others are replaced.
var (
	addingKeys  = []string{"tags", "pre_hook", "post_hook"}
	mergingKeys = []string{"meta", "column_types", "quoting", "docs", "contract"}
)

// set keeps one key.
func (c *Captured) set(name string, value any, at diag.Place) {
	key := strings.ReplaceAll(name, "-", "_")
	if slices.Contains(addingKeys, key) {
		name = key
		value = append(asList(c.Config[name]), asList(value)...)
	}
	before, ok := c.Config[name].(map[string]any)
	if more, is := value.(map[string]any); ok && is {
		switch {
		case slices.Contains(mergingKeys, key):
			value = merged(before, more)
		case key == "grants":
			value = mergedGrants(before, more)
		}
	}
	c.Config[name] = value
	c.ConfigPlaces[name] = at
}

func merged(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	for _, m := range []map[string]any{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// mergedGrants merges grants: a key that begins with + adds to what there is.
func mergedGrants(a, b map[string]any) map[string]any {
	out := merged(a, nil)
	for k, v := range b {
		if bare, adds := strings.CutPrefix(k, "+"); adds {
			out[bare] = append(asList(out[bare]), asList(v)...)
			continue
		}
		out[k] = v
	}
	return out
}

// asList returns a list of one for what is no list.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return slices.Clone(v)
	default:
		return []any{v}
	}
}

// Attr returns get, require and the like.
func (configWord) Attr(name string) (any, bool) {
	f, ok := configFunctions[name]
	if !ok {
		return nil, false
	}
	return jinja.NewFunc("config."+name, f), true
}

var configFunctions = map[string]jinja.Callable{
	"get":                   func(c *jinja.Call) (any, error) { return configGet(c, (*render).setting) },
	"meta_get":              func(c *jinja.Call) (any, error) { return configGet(c, (*render).metaSetting) },
	"require":               func(c *jinja.Call) (any, error) { return configRequire(c, "", (*render).setting) },
	"meta_require":          func(c *jinja.Call) (any, error) { return configRequire(c, "meta: ", (*render).metaSetting) },
	"set":                   configSet,
	"persist_relation_docs": func(c *jinja.Call) (any, error) { return persists(c, "relation") },
	"persist_column_docs":   func(c *jinja.Call) (any, error) { return persists(c, "columns") },
}

// setting is a key of the effective configuration.
func (r *render) setting(name string) (any, bool) {
	if r.captured != nil {
		if v, ok := r.captured.Config[name]; ok {
			return v, true
		}
	}
	if v, ok := r.Config[name]; ok {
		return v, true
	}
	other := strings.ReplaceAll(name, "-", "_")
	if other == name {
		other = strings.ReplaceAll(name, "_hook", "-hook")
	}
	v, ok := r.Config[other]
	return v, ok
}

// metaSetting is a key of the configuration's meta.
func (r *render) metaSetting(name string) (any, bool) {
	v, _ := r.setting("meta")
	meta, _ := v.(map[string]any)
	found, ok := meta[name]
	return found, ok
}

func configGet(c *jinja.Call, lookup func(*render, string) (any, bool)) (any, error) {
	b, err := c.Bind("name", "default?", "validator?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	v, ok := lookup(host(c), name)
	if !ok {
		return b.Any(1, nil), nil
	}
	return validated(c, b.Any(2, nil), v)
}

// configRequire is get for a key that has to be there. While texts are parsed
// the configuration is not complete, and it is lenient.
func configRequire(c *jinja.Call, where string, lookup func(*render, string) (any, bool)) (any, error) {
	b, err := c.Bind("name", "validator?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	r := host(c)
	v, ok := lookup(r, name)
	switch {
	case ok:
		return validated(c, b.Any(1, nil), v)
	case r.captured != nil:
		return "", nil
	}
	return nil, missingConfig(c, where+name)
}

func missingConfig(c *jinja.Call, name string) *diag.Problem {
	return diag.New("missing-config", callPlace(c), "the configuration `%s` is required here and not set", name).
		WithHint("set it with config(%s=…), in the YAML file of the model, or in dbt_project.yml", name)
}

// validated lets a validator look at a value.
func validated(c *jinja.Call, validator, v any) (any, error) {
	if _, undefined := validator.(*python.Undefined); undefined || validator == nil {
		return v, nil
	}
	_, err := c.Invoke(validator, python.From(v))
	return v, err
}

// configSet is `config.set('key', value)`.
func configSet(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "value")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	value, err := python.ToGo(b.Any(1, nil))
	if r := host(c); err == nil && r.captured != nil {
		at := callPlace(c)
		if isBuiltin(at.File) { // set_sql_header, which a text of the author's has called
			at = diag.Place{File: r.File, Line: max(r.Line, 1), Column: max(r.Column, 1)}
		}
		r.captured.set(name, value, at)
	}
	return "", err
}

// persists tells whether descriptions go into the database.
func persists(c *jinja.Call, what string) (any, error) {
	v, _ := host(c).setting("persist_docs")
	switch v := v.(type) {
	case nil:
		return false, nil
	case map[string]any:
		on, _ := v[what].(bool)
		return on, nil
	}
	return nil, bad(c, "`persist_docs` is a dict with `relation` and `columns`")
}
