package project

import (
	"context"
	"errors"
	"maps"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

// Resolve tells what stands for a resource in a FROM clause.
type Resolve func(ctx context.Context, r *Resource) (template.Relation, error)

// Compile renders the SQL of a model, singular test or analysis. with adds
// to the context. Errors are problems with their place in the author's file.
func (p *Project) Compile(ctx context.Context, r *Resource, resolve Resolve, with ...func(*template.Context)) (string, error) {
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
	return template.Compile(ctx, r.SQL, c, resolver{p, func(r *Resource) (template.Relation, error) { return resolve(ctx, r) }})
}

// resolver gives templates the relations of a project's resources.
type resolver struct {
	project *Project
	resolve func(*Resource) (template.Relation, error)
}

// Ref returns what stands for a model or seed.
func (v resolver) Ref(pkg, name string, version any) (template.Relation, error) {
	r := v.project.ByRef(name)
	if version != nil {
		return template.Relation{}, diag.New("not-there-yet", diag.Place{}, "versions of models in `ref` are not there yet").
			WithHint("refer to the model without `version`")
	}
	if r == nil || (pkg != "" && pkg != v.project.Name) {
		return template.Relation{}, diag.New("unknown-ref", diag.Place{}, "there is no model or seed `%s`", name)
	}
	return v.resolve(r)
}

// Source returns what stands for a table of a source.
func (v resolver) Source(source, table string) (template.Relation, error) {
	r := v.project.BySource(source, table)
	if r == nil {
		return template.Relation{}, diag.New("unknown-source", diag.Place{}, "there is no source `%s` with a table `%s`", source, table)
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
