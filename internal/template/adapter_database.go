package template

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// databaseFunction is a function of `adapter` that asks the database, and what
// it gives while there is none.
type databaseFunction struct {
	parsing func() any
	call    func(*render, *jinja.Call) (any, error)
}

var databaseFunctions = map[string]databaseFunction{
	"execute":                        {noAnswer, execute},
	"add_query":                      {noQuery, execute},
	"run_sql_for_tests":              {none, execute},
	"get_relation":                   {none, getRelation},
	"load_relation":                  {none, loadRelation},
	"get_columns_in_relation":        {emptyList, columnsOf},
	"get_columns_in_table":           {emptyList, columnsOfTable},
	"get_column_schema_from_query":   {emptyList, columnsOfQuery},
	"get_missing_columns":            {emptyList, missingColumns},
	"expand_target_column_types":     {none, expand},
	"list_relations":                 {emptyList, listRelations},
	"list_relations_without_caching": {emptyList, listRelationsOf},
	"list_schemas":                   {emptyList, listSchemas},
	"check_schema_exists":            {no, schemaExists},
	"already_exists":                 {no, alreadyExists},
	"create_schema":                  {none, createSchema},
	"drop_schema":                    {none, dropSchema},
	"drop_relation":                  {none, dropRelation},
	"truncate_relation":              {none, truncateRelation},
	"rename_relation":                {none, renameRelation},
	"valid_snapshot_target":          {none, validSnapshot},
	"assert_valid_snapshot_target_given_strategy": {none, validSnapshot},
	"is_existing_table":                           {no, isTable},
}

// What functions give while texts are parsed, anew for each call.
func none() any      { return nil }
func no() any        { return false }
func emptyList() any { return python.NewList() }
func noQuery() any   { return python.Tuple{nil, nil} }
func noAnswer() any  { return python.Tuple{response{}, tableValue(&Table{})} }

// execute is adapter.execute: it returns the answer and the table of rows.
func execute(r *render, c *jinja.Call) (any, error) {
	b, err := c.Bind("sql", "auto_begin?", "fetch?", "limit?")
	if err != nil {
		return nil, err
	}
	sql, err := python.Str(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	t, err := r.Adapter.Execute(r.ctx, sql, r.authorPlace(c), b.Bool(2, false))
	if err != nil {
		return nil, err
	}
	if t == nil {
		t = &Table{Affected: -1}
	}
	if b.Any(3, nil) != nil {
		n, err := b.Int(3, 0)
		if err != nil {
			return nil, err
		}
		t.Rows = t.Rows[:min(len(t.Rows), int(max(n, 0)))]
	}
	return python.Tuple{answered(t), tableValue(t)}, nil
}

// answered is what dbt's adapter for our engine says of a statement.
func answered(t *Table) response {
	message := t.Message
	if message == "" {
		message = "OK"
	}
	return response{message: message, code: message, affected: t.Affected}
}

// relationAt reads the relation among a call's arguments.
func relationAt(c *jinja.Call, b python.Bound, i int) (relation.Relation, error) {
	if r, ok := b.Any(i, nil).(relation.Relation); ok {
		return r, nil
	}
	return relation.Relation{}, bad(c, "this takes a relation, such as ref('orders') or this, not a "+python.TypeName(b.Any(i, nil)))
}

// onRelation runs something on the relation that a call names.
func onRelation(c *jinja.Call, do func(relation.Relation) (any, error), more ...string) (any, error) {
	b, err := c.Bind(append([]string{"relation"}, more...)...)
	if err != nil {
		return nil, err
	}
	if b.Any(0, nil) == nil {
		return nil, bad(c, "this takes a relation, and got none").WithHint("look first whether it is there: {%% if relation is not none %%}")
	}
	rel, err := relationAt(c, b, 0)
	if err != nil {
		return nil, err
	}
	return do(rel)
}

func (r *render) found(rel relation.Relation) (any, error) {
	found, err := r.Adapter.Relation(r.ctx, rel)
	if err != nil || found == nil {
		return nil, err
	}
	return *found, nil
}

func getRelation(r *render, c *jinja.Call) (any, error) {
	b, err := c.Bind("database?", "schema?", "identifier?", "needs_information?")
	if err != nil {
		return nil, err
	}
	var rel relation.Relation
	for i, part := range []*string{&rel.Database, &rel.Schema, &rel.Identifier} {
		if *part, err = python.Text(b.Any(i, nil)); err != nil {
			return nil, err
		}
	}
	return r.found(rel)
}

func loadRelation(r *render, c *jinja.Call) (any, error) { return onRelation(c, r.found) }

func columnList(list []Column, err error) (any, error) {
	out := python.NewList()
	for _, column := range list {
		out.Items = append(out.Items, relation.NewColumn(column.Name, column.Type))
	}
	return out, err
}

func columnsOf(r *render, c *jinja.Call) (any, error) {
	return onRelation(c, func(rel relation.Relation) (any, error) { return columnList(r.Adapter.Columns(r.ctx, rel)) })
}

func columnsOfTable(r *render, c *jinja.Call) (any, error) {
	rel, err := namedRelation(c, "identifier")
	if err != nil {
		return nil, err
	}
	return columnList(r.Adapter.Columns(r.ctx, rel))
}

// columnsOfQuery gives the parts of structs by themselves, as dbt-duckdb does.
func columnsOfQuery(r *render, c *jinja.Call) (any, error) {
	b, err := c.Bind("sql")
	if err != nil {
		return nil, err
	}
	sql, err := python.Str(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	list, err := r.Adapter.ColumnsOf(r.ctx, sql)
	if err != nil {
		return nil, err
	}
	out := python.NewList()
	for _, column := range list {
		for _, part := range (relation.Column{Name: column.Name, Type: column.Type}).Flatten() {
			out.Items = append(out.Items, part)
		}
	}
	return out, nil
}

// missingColumns are those of one relation that another does not have.
func missingColumns(r *render, c *jinja.Call) (any, error) {
	b, err := c.Bind("from_relation", "to_relation")
	if err != nil {
		return nil, err
	}
	var lists [2][]Column
	for i := range lists {
		rel, err := relationAt(c, b, i)
		if err != nil {
			return nil, err
		}
		if lists[i], err = r.Adapter.Columns(r.ctx, rel); err != nil {
			return nil, err
		}
	}
	return columnList(slices.DeleteFunc(lists[0], func(column Column) bool {
		return slices.ContainsFunc(lists[1], func(other Column) bool { return other.Name == column.Name })
	}), nil)
}

// expand widens the columns of a table; the engine's strings have no width.
func expand(_ *render, c *jinja.Call) (any, error) {
	_, err := c.Bind("from_relation", "to_relation")
	return nil, err
}
