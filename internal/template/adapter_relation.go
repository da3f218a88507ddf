package template

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

func relationList(list []relation.Relation, err error) (any, error) {
	out := python.NewList()
	for _, rel := range list {
		out.Items = append(out.Items, rel)
	}
	return out, err
}

func listRelations(r *render, c *jinja.Call) (any, error) {
	schema, err := schemaGiven(c)
	if err != nil {
		return nil, err
	}
	return relationList(r.Adapter.Relations(r.ctx, schema))
}

func listRelationsOf(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return relationList(r.Adapter.Relations(r.ctx, rel.Schema)) })
}

func listSchemas(r *render, c *jinja.Call) (any, error) {
	if _, err := c.Bind("database?"); err != nil {
		return nil, err
	}
	return r.Adapter.Schemas(r.ctx)
}

func schemaExists(r *render, c *jinja.Call) (any, error) {
	schema, err := schemaGiven(c)
	if err != nil {
		return nil, err
	}
	schemas, err := r.Adapter.Schemas(r.ctx)
	return slices.ContainsFunc(schemas, func(s string) bool { return ident.Fold(s) == ident.Fold(schema) }), err
}

func alreadyExists(r *render, c *jinja.Call) (any, error) {
	rel, err := namedRelation(c, "name")
	if err != nil {
		return nil, err
	}
	found, err := r.Adapter.Relation(r.ctx, rel)
	return found != nil, err
}

// namedRelation is the relation that two texts name: a schema, and what the
// parameter is called.
func namedRelation(c *jinja.Call, parameter string) (rel relation.Relation, err error) {
	b, err := c.Bind("schema", parameter)
	if err != nil {
		return rel, err
	}
	rel.Database = relation.Database
	if rel.Schema, err = b.String(0, ""); err == nil {
		rel.Identifier, err = b.String(1, "")
	}
	return rel, err
}

// schemaGiven is the second of `database` and `schema`.
func schemaGiven(c *jinja.Call) (string, error) {
	b, err := c.Bind("database", "schema")
	if err != nil {
		return "", err
	}
	return b.String(1, "")
}

func isTable(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) {
		found, err := r.Adapter.Relation(r.ctx, rel)
		return found != nil && found.Type == relation.TypeTable, err
	})
}

func createSchema(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return nil, r.Adapter.CreateSchema(r.ctx, rel.Schema) })
}

func dropSchema(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return nil, r.Adapter.DropSchema(r.ctx, rel.Schema) })
}

func dropRelation(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return nil, r.Adapter.Drop(r.ctx, rel) })
}

func truncateRelation(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return nil, r.Adapter.Truncate(r.ctx, rel) })
}

func renameRelation(r *render, c *jinja.Call) (any, error) {
	b, err := c.Bind("from_relation", "to_relation")
	if err != nil {
		return nil, err
	}
	from, err := relationAt(c, b, 0)
	if err != nil {
		return nil, err
	}
	to, err := relationAt(c, b, 1)
	if err != nil {
		return nil, err
	}
	return nil, r.Adapter.Rename(r.ctx, from, to)
}

// validSnapshot wants the columns that snapshots keep in their table.
func validSnapshot(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) {
		have, err := r.Adapter.Columns(r.ctx, rel)
		if err != nil {
			return nil, err
		}
		for _, wanted := range []string{"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"} {
			if !slices.ContainsFunc(have, func(c Column) bool { return ident.Fold(c.Name) == wanted }) {
				return nil, bad(c, rel.Name()+" is no snapshot: it has no column `"+wanted+"`")
			}
		}
		return nil, nil
	}, "column_names?", "strategy?")
}
