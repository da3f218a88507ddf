package project

import (
	"cmp"
	"maps"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/profile"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// contextFactory makes the context that templates are rendered in.
type contextFactory struct {
	pkg    string
	vars   map[string]any
	env    func(string) (string, bool)
	target map[string]any
}

// newContextFactory knows what does not come from the project's files. The
// target looks like dbt's for the engine whose dialect models are written in.
func newContextFactory(o Options) contextFactory {
	name := cmp.Or(o.Target, "dev")
	target := map[string]any{
		"name": name, "target_name": name, "profile_name": "tarn", "schema": ident.DefaultNamespace,
		"type": "duckdb", "database": "tarn", "threads": int64(1),
	}
	return contextFactory{env: o.Env, vars: o.Vars, target: target}
}

// profiled is the context with what a profile says of the target.
func (c contextFactory) profiled(p *profile.Profile) contextFactory {
	if p == nil {
		return c
	}
	c.target = maps.Clone(c.target)
	c.target["profile_name"], c.target["name"], c.target["target_name"] = p.Name, p.Target, p.Target
	if p.Schema != "" {
		c.target["schema"] = p.Schema
	}
	if p.Threads > 0 {
		c.target["threads"] = int64(p.Threads)
	}
	return c
}

// schema is the target's.
func (c contextFactory) schema() string {
	if s, ok := c.target["schema"].(string); ok && s != "" {
		return s
	}
	return ident.DefaultNamespace
}

func (c contextFactory) context(file string, this ident.Table, config map[string]any) template.Context {
	return template.Context{
		Package: c.pkg, Vars: c.vars, Env: c.env, File: file, This: relation.New(this), Target: c.target, Config: config,
	}
}

// hasTemplate reports whether a text has something to render.
func hasTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}

// render replaces the templates in a value from a YAML file. Text that is one
// expression becomes what the expression gives.
func (f *file) render(v any, place diag.Place) any {
	switch v := v.(type) {
	case string:
		if !hasTemplate(v) {
			return v
		}
		return f.renderText(v, place)
	case []any:
		for i := range v {
			v[i] = f.render(v[i], place)
		}
		return v
	case map[string]any:
		for key := range v {
			v[key] = f.render(v[key], place)
		}
		return v
	default:
		return v
	}
}

func (f *file) renderText(text string, place diag.Place) any {
	c := f.context.context(f.path, ident.Table{}, nil)
	c.Secrets = f.secrets
	v, err := template.RenderYAML(text, c)
	if err != nil {
		f.problems.Add(at(place, err))
		return nil
	}
	return v
}

// at gives a problem with a template within a YAML value the value's place.
func at(place diag.Place, err error) *diag.Problem {
	return relocate(err, func(diag.Place) diag.Place { return place })
}
