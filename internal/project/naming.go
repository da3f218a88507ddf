package project

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
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
	r.Relation = ident.Table{Namespace: l.schemaName(k, r, schema), Name: l.aliasName(k, r, alias)}
	if s := r.Config.Snapshot; s != nil && s.TargetSchema != "" {
		r.Relation.Namespace = s.TargetSchema
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

// schemaName is the target's schema, with the resource's own added to it.
func (l *loader) schemaName(k *pack, r *Resource, custom string) string {
	name := k.context.schema()
	if custom != "" {
		name += "_" + custom
	}
	return name
}

// aliasName is the alias, or else the name with its version.
func (l *loader) aliasName(k *pack, r *Resource, custom string) string {
	switch {
	case custom != "":
		return custom
	case r.Version != "":
		return r.Name + "_v" + strings.ReplaceAll(r.Version, ".", "_")
	default:
		return r.Name
	}
}
