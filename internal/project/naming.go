package project

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// testSchema is where the failing rows of tests are stored, if they are.
const testSchema = "dbt_test__audit"

// place sets where a resource is stored: as generate_schema_name and
// generate_alias_name say.
func (l *loader) place(k *pack, r *Resource, all layer) {
	schema := strings.TrimSpace(plainOf(all["schema"].value))
	if r.Kind == KindTest && schema == "" {
		schema = testSchema
	}
	alias := strings.TrimSpace(plainOf(all["alias"].value))
	r.Relation = ident.Table{Namespace: k.context.schema(), Name: r.Name}
	settings := all.values()
	if m := l.nameMacro(k, "generate_database_name"); m != nil {
		l.nameBy(m, k, r, plainOf(all["database"].value), settings) // there is one database: the macro may complain
	}
	if m := l.nameMacro(k, "generate_schema_name"); m != nil {
		r.Relation.Namespace = l.nameBy(m, k, r, schema, settings)
	} else if schema != "" {
		r.Relation.Namespace += "_" + schema
	}
	if m := l.nameMacro(k, "generate_alias_name"); m != nil {
		r.Relation.Name = l.nameBy(m, k, r, alias, settings)
	} else {
		r.Relation.Name = r.aliasOr(alias)
	}
	if s := r.Config.Snapshot; s != nil && s.TargetSchema != "" {
		r.Relation.Namespace = s.TargetSchema
	}
	if r.Relation.Namespace == "" {
		r.Relation.Namespace = k.context.schema()
	}
}

// aliasOr is the alias, or else the name with its version.
func (r *Resource) aliasOr(alias string) string {
	switch {
	case alias != "":
		return alias
	case r.Version != "":
		return r.Name + "_v" + strings.ReplaceAll(r.Version, ".", "_")
	default:
		return r.Name
	}
}

// plainOf is a single value as text, nothing being no text.
func plainOf(v any) string {
	switch v.(type) {
	case nil, []any, map[string]any:
		return ""
	}
	return plainText(v)
}

// nameMacro returns the macro that somebody wrote in place of dbt's own: the
// package's for what is the package's, or the project's; nil where there is
// none.
func (l *loader) nameMacro(k *pack, name string) *template.Macro {
	library := l.project.library
	for _, pkg := range []string{k.Name, l.project.Name} {
		if m := library.InPackage(pkg, name); m != nil {
			return m
		}
	}
	if m, _ := library.Dispatch(name, "dbt", l.project.Name); m != nil && m.Package != "dbt" {
		return m
	}
	return nil
}

// nameKey is what a macro that does not look at the node makes a name of.
type nameKey struct{ macro, pkg, custom string }

// nameBy asks a macro for a name. One that has not looked at the node gives the
// same again.
func (l *loader) nameBy(m *template.Macro, k *pack, r *Resource, custom string, settings map[string]any) string {
	key := nameKey{m.ID, k.Name, custom}
	if name, known := l.names.Load(key); known {
		return name.(string) //nolint:forcetypeassert // put there below
	}
	looked := false
	node := func() map[string]any {
		looked = true
		return nodeValue(r, settings)
	}
	c := l.contextOf(k, r.Path, ident.Table{}, nil)
	c.Model = func() any { return node() }
	_, text, err := template.Invoke(context.Background(), m, []any{orNone(custom), template.Lazy(node)}, nil, c, resolver{l.project, k.Name, unresolved})
	if err != nil {
		l.problems.AddError("template", r.Place, err)
		return r.aliasOr(custom)
	}
	name := strings.TrimSpace(text)
	if !looked {
		l.names.Store(key, name)
	}
	return name
}

// unresolved refuses refs where no table is known yet.
func unresolved(r *Resource) (relation.Relation, error) {
	return relation.Relation{}, diag.New("bad-call", diag.Place{}, "`%s` cannot be referred to while names are made", r.Name)
}
