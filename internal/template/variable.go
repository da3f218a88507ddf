package template

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// secretPrefix marks environment variables that no text may see.
const secretPrefix = "DBT_ENV_SECRET"

// varWord is dbt's `var`: it is called, and has has_var.
type varWord struct{ r *render }

// Call is `var('name')` and `var('name', default)`.
func (w *varWord) Call(c *jinja.Call) (any, error) {
	b, err := c.Bind("var_name", "default?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if w.r.captured != nil && !slices.Contains(w.r.captured.Vars, name) {
		w.r.captured.Vars = append(w.r.captured.Vars, name)
	}
	if v, ok := w.r.Vars[name]; ok {
		return v, nil
	}
	if b.Has(1) {
		return b.Any(1, nil), nil
	}
	p := diag.New(codeVar, w.r.callPlace(c), "the variable `%s` has no value and no default", name)
	var known []string
	for k := range w.r.Vars {
		known = append(known, k)
	}
	slices.Sort(known)
	if near := ident.Near(name, known); len(near) > 0 {
		return nil, p.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
	}
	return nil, p.WithHint("set it under `vars:` in dbt_project.yml, or with --vars '{%s: value}', or write var('%s', default)", name, name)
}

// Attr returns has_var.
func (w *varWord) Attr(name string) (any, bool) {
	if name != "has_var" {
		return nil, false
	}
	return &jinja.Func{Name: "var.has_var", Call: func(c *jinja.Call) (any, error) {
		b, err := c.Bind("var_name")
		if err != nil {
			return nil, err
		}
		key, err := b.String(0, "")
		_, ok := w.r.Vars[key]
		return ok, err
	}}, true
}

// envVar is `env_var('NAME')` and `env_var('NAME', 'default')`.
func (r *render) envVar(c *jinja.Call) (any, error) {
	b, err := c.Bind("var", "default?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, secretPrefix) {
		return nil, diag.New(codeSecret, r.callPlace(c),
			"`%s` is a secret: secrets are for connections and may not enter SQL or configurations", name).
			WithHint("name the variable without %s if it is no secret", secretPrefix)
	}
	if v, ok := r.Env(name); ok {
		return v, nil
	}
	if b.Has(1) {
		return b.Any(1, nil), nil
	}
	return nil, diag.New(codeEnvVar, r.callPlace(c), "the environment variable `%s` is not set and has no default", name).
		WithHint("set it, or write env_var('%s', 'default')", name)
}
