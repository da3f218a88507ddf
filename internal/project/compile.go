package project

import (
	"errors"
	"maps"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

// Compile renders the SQL of a model, singular test or analysis. resolve gives
// the SQL that stands for a resource in a FROM clause. Errors are problems
// with their place in the author's file. with adds to the context of the text.
func (p *Project) Compile(r *Resource, resolve func(*Resource) (string, error), with ...func(*template.Context)) (string, error) {
	settings := maps.Clone(r.Config.Raw)
	if settings == nil {
		settings = map[string]any{}
	}
	settings["enabled"] = r.Config.Enabled
	if r.Config.Materialized != "" {
		settings["materialized"] = r.Config.Materialized
	}
	c := p.context.context(r.Path, r.Relation, settings)
	for _, add := range with {
		add(&c)
	}
	return template.Compile(r.SQL, c, resolver{project: p, resolve: resolve})
}

// resolver gives templates the relations of a project's resources.
type resolver struct {
	project *Project
	resolve func(*Resource) (string, error)
}

// Ref returns what stands for a model or seed.
func (v resolver) Ref(pkg, name string) (string, error) {
	r := v.project.ByRef(name)
	if r == nil || (pkg != "" && pkg != v.project.Name) {
		return "", diag.New("unknown-ref", diag.Place{}, "there is no model or seed `%s`", name)
	}
	return v.resolve(r)
}

// Source returns what stands for a table of a source.
func (v resolver) Source(source, table string) (string, error) {
	r := v.project.BySource(source, table)
	if r == nil {
		return "", diag.New("unknown-source", diag.Place{}, "there is no source `%s` with a table `%s`", source, table)
	}
	return v.resolve(r)
}

// relocate returns err as a problem whose place is changed by move.
func relocate(err error, move func(diag.Place) diag.Place) *diag.Problem {
	var p *diag.Problem
	if !errors.As(err, &p) {
		return diag.New("template", move(diag.Place{}), "%v", err).WithCause(err)
	}
	moved := *p
	moved.Place = move(p.Place)
	return &moved
}
