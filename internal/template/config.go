package template

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// configWord is dbt's `config`: called it configures, and it has get and
// require.
type configWord struct{ r *render }

// Call takes `config(materialized='table')` or `config({...})` and leaves no
// text behind.
func (w *configWord) Call(c *jinja.Call) (any, error) {
	if len(c.Args) > 1 {
		return nil, w.r.bad(c, "`config` takes names, or one dict")
	}
	if w.r.captured == nil {
		return "", nil
	}
	if len(c.Args) == 1 {
		v, err := jinja.ToGo(c.Args[0])
		if err != nil {
			return nil, err
		}
		given, ok := v.(map[string]any)
		if !ok {
			return nil, w.r.bad(c, "`config` takes names, or one dict").
				WithHint("write config(materialized='table')")
		}
		for name, value := range given {
			w.set(name, value, w.r.callPlace(c))
		}
	}
	for i, n := range c.Named {
		at := w.r.place(c.NamedPlace(i))
		value, err := jinja.ToGo(n.Value)
		if err != nil {
			return nil, diag.New(codeCall, at, "the value of `%s` cannot be a configuration: %v", n.Name, err)
		}
		w.set(n.Name, value, at)
	}
	return "", nil
}

// set keeps one key: tags add up and meta merges, as in dbt.
func (w *configWord) set(name string, value any, at diag.Place) {
	have := w.r.captured.Config
	switch name {
	case "tags":
		value = append(asList(have[name]), asList(value)...)
	case "meta":
		if before, ok := have[name].(map[string]any); ok {
			if more, ok := value.(map[string]any); ok {
				value = merged(before, more)
			}
		}
	}
	have[name] = value
	w.r.captured.ConfigPlaces[name] = at
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

// asList returns a list of one for what is no list.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// Attr returns get and require.
func (w *configWord) Attr(name string) (any, bool) {
	switch name {
	case "get":
		return &jinja.Func{Name: "config.get", Call: w.get}, true
	case "require":
		return &jinja.Func{Name: "config.require", Call: w.require}, true
	}
	return nil, false
}

// get returns a key of the effective configuration.
func (w *configWord) get(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "default?", "validator?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if v, ok := w.lookup(name); ok {
		return v, nil
	}
	return b.Any(1, nil), nil
}

func (w *configWord) lookup(name string) (any, bool) {
	if w.r.captured != nil {
		if v, ok := w.r.captured.Config[name]; ok {
			return v, true
		}
	}
	v, ok := w.r.Config[name]
	return v, ok
}

// require is get for a key that has to be there. While texts are parsed the
// configuration is not complete, and it is lenient.
func (w *configWord) require(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "validator?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	v, ok := w.lookup(name)
	switch {
	case ok:
		return v, nil
	case w.r.captured != nil:
		return "", nil
	}
	return nil, diag.New("missing-config", w.r.callPlace(c), "the configuration `%s` is required here and not set", name).
		WithHint("set it with config(%s=…), in the YAML file of the model, or in dbt_project.yml", name)
}
