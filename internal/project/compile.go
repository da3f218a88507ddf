package project

import (
	"context"
	"errors"
	"maps"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Resolve tells what stands for a resource in a FROM clause.
type Resolve func(ctx context.Context, r *Resource) (relation.Relation, error)

// Compile renders the SQL of a model, snapshot, singular test, analysis or
// hook. with adds to the context. Errors are problems with their place in the
// author's file.
func (p *Project) Compile(ctx context.Context, r *Resource, resolve Resolve, with ...func(*template.Context)) (string, error) {
	c := p.Context(r)
	for _, add := range with {
		add(&c)
	}
	return template.Compile(ctx, r.SQL, c, p.Resolver(ctx, r, resolve))
}

// Context is what a resource's texts are rendered in.
func (p *Project) Context(r *Resource) template.Context {
	settings := maps.Clone(r.Config.Raw)
	if settings == nil {
		settings = map[string]any{}
	}
	settings["enabled"] = r.Config.Enabled
	if r.Config.Materialized != "" {
		settings["materialized"] = r.Config.Materialized
	}
	if r.Test != nil {
		r.Test.Storing(settings)
	}
	k := p.Package(r.Package)
	c := p.contextOf(k, r.Path, r.Relation, settings)
	c.Line, c.Column = r.SQLPlace.Line, r.SQLPlace.Column
	c.Model = func() any { return nodeValue(r, settings) }
	c.This = p.Quoted(c.This, r)
	return c
}

// Quoted is a resource's relation with only those parts of its name quoted that
// the project's `quoting:` asks for, or that of a source.
func (p *Project) Quoted(rel relation.Relation, r *Resource) relation.Relation {
	on := map[string]bool{"database": true, "schema": true, "identifier": true}
	given := []map[string]any{}
	if root := p.Package(p.Name); root != nil {
		given = append(given, root.Quoting)
	}
	if r.Table != nil {
		given = append(given, r.Table.Quoting)
	}
	for _, quoting := range given {
		for part, v := range quoting {
			if want, is := v.(bool); is {
				on[part] = want
			}
		}
	}
	return rel.Quoted(on["database"], on["schema"], on["identifier"])
}

// contextOf is the context of a text of a package.
func (p *Project) contextOf(k *Package, file string, this ident.Table, settings map[string]any) template.Context {
	c := k.context.context(file, this, settings)
	c.Library, c.Doc = p.library, func(pkg, name string) (string, bool) {
		if block := p.docs.find(p.Name, k.Name, pkg, name); block != nil {
			return block.Text, true
		}
		return "", false
	}
	return c
}

// Resolver gives the texts of a resource the relations of the project's.
func (p *Project) Resolver(ctx context.Context, r *Resource, resolve Resolve) template.Resolver {
	return resolver{p, r.Package, func(r *Resource) (relation.Relation, error) { return resolve(ctx, r) }}
}

// resolver gives templates the relations of a project's resources.
type resolver struct {
	project *Project
	from    string // the package whose text is rendered
	resolve func(*Resource) (relation.Relation, error)
}

// Ref returns what stands for a model, seed or snapshot.
func (v resolver) Ref(pkg, name string, version any) (relation.Relation, error) {
	r := v.project.FindRef(v.from, pkg, name, versionText(version))
	if r == nil {
		return relation.Relation{}, diag.New("unknown-ref", diag.Place{}, "there is no model or seed `%s`", refName(name, versionText(version)))
	}
	return v.resolve(r)
}

// Source returns what stands for a table of a source.
func (v resolver) Source(source, table string) (relation.Relation, error) {
	r := v.project.FindSource(v.from, source, table)
	if r == nil {
		return relation.Relation{}, diag.New("unknown-source", diag.Place{}, "there is no source `%s` with a table `%s`", source, table)
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
