package transform

import (
	"context"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// adapter lets texts ask the database, and change what is theirs to change: a
// [template.Adapter]. Whatever they send passes the gate.
type adapter struct {
	t   *Transformer
	env Env
}

var _ template.Adapter = (*adapter)(nil)

// maxRows bounds what a text may fetch.
const maxRows = 1_000_000

func (a *adapter) statement(sql string, at diag.Place) gate.Statement {
	return gate.Statement{SQL: sql, Who: a.t.Who, Scope: a.env.Scope, Purpose: "hook", Place: at, Trace: a.env.trace()}
}

// Execute runs statements. Without a workspace only queries are possible.
func (a *adapter) Execute(ctx context.Context, sql string, at diag.Place, fetch bool) (*template.Table, error) {
	statement := a.statement(sql, at)
	var result *gate.Result
	var changed int64
	var err error
	if a.env.Work == nil {
		result, err = a.t.Gate.Query(ctx, statement)
	} else {
		result, changed, err = a.env.Work.Execute(ctx, statement)
	}
	if err != nil {
		return nil, err
	}
	if result == nil {
		return &template.Table{Affected: changed, Message: "OK"}, nil
	}
	defer result.Release()
	return tableOf(result, fetch, at)
}

// Relation returns what there is of that name.
func (a *adapter) Relation(ctx context.Context, r relation.Relation) (*relation.Relation, error) {
	if r.Database != "" && ident.Fold(r.Database) != relation.Database || r.Identifier == "" {
		return nil, nil
	}
	t, err := a.table(ctx, r)
	if t == nil || err != nil {
		return nil, err
	}
	found := relationOf(t.Name(), t.Kind())
	return &found, nil
}

// table returns the table or view of a relation; nil where there is none.
func (a *adapter) table(ctx context.Context, r relation.Relation) (*lake.Table, error) {
	name := r.Table()
	if name.Namespace == "" {
		name.Namespace = ident.DefaultNamespace
	}
	t, err := a.env.Scope.Table(ctx, name)
	if errors.Is(err, lake.ErrNotFound) {
		return nil, nil
	}
	return t, err
}

func relationOf(name ident.Table, kind lake.EntryKind) relation.Relation {
	r := relation.New(name)
	r.Type = relation.TypeTable
	if kind == lake.ViewEntry {
		r.Type = relation.TypeView
	}
	return r
}

// Relations returns what a schema holds.
func (a *adapter) Relations(ctx context.Context, schema string) ([]relation.Relation, error) {
	var out []relation.Relation
	for _, e := range a.env.Scope.Entries(ctx) {
		if ident.Fold(e.Name.Namespace) == ident.Fold(schema) {
			out = append(out, relationOf(e.Name, e.Kind))
		}
	}
	return out, nil
}

// Columns returns the columns of a relation. Of what is no table of the lake,
// such as a part of a query, they are asked for.
func (a *adapter) Columns(ctx context.Context, r relation.Relation) ([]template.Column, error) {
	if r.CTE != "" || r.External != "" {
		return a.ColumnsOf(ctx, "select * from "+r.String())
	}
	t, err := a.table(ctx, r)
	if t == nil || err != nil {
		return nil, err
	}
	var out []template.Column
	for _, f := range t.Schema().Fields {
		name, err := scan.DuckType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("the columns of %s: %w", t.Name(), err)
		}
		out = append(out, template.Column{Name: f.Name, Type: name})
	}
	return out, nil
}

// ColumnsOf returns the columns of a query.
func (a *adapter) ColumnsOf(ctx context.Context, sql string) ([]template.Column, error) {
	plan, err := a.t.Gate.Plan(ctx, a.statement(sql, diag.Place{}))
	if err != nil {
		return nil, err
	}
	out := make([]template.Column, len(plan.Columns))
	for i, c := range plan.Columns {
		out[i] = template.Column{Name: c.Name, Type: c.Type}
	}
	return out, nil
}

// Schemas returns the names of the schemas.
func (a *adapter) Schemas(ctx context.Context) ([]string, error) {
	return a.env.Scope.Namespaces(ctx), nil
}

// CreateSchema makes a schema where there is none.
func (a *adapter) CreateSchema(ctx context.Context, schema string) error {
	if a.env.Work == nil {
		return nil // schemas come with their first table
	}
	return a.run(ctx, "CREATE SCHEMA IF NOT EXISTS "+ident.Quote(schema))
}

// DropSchema removes a schema with all it holds.
func (a *adapter) DropSchema(ctx context.Context, schema string) error {
	return a.run(ctx, "DROP SCHEMA IF EXISTS "+ident.Quote(schema)+" CASCADE")
}

// Drop removes a table or a view.
func (a *adapter) Drop(ctx context.Context, r relation.Relation) error {
	t, err := a.table(ctx, r)
	if t == nil || err != nil {
		return err
	}
	return a.run(ctx, "DROP "+string(t.Kind())+" IF EXISTS "+r.Name())
}

// Rename gives a table or a view another name.
func (a *adapter) Rename(ctx context.Context, from, to relation.Relation) error {
	t, err := a.table(ctx, from)
	if err != nil {
		return err
	}
	kind := lake.TableEntry
	if t != nil {
		kind = t.Kind()
	}
	return a.run(ctx, "ALTER "+string(kind)+" "+from.Name()+" RENAME TO "+ident.Quote(to.Identifier))
}

// Truncate removes all rows of a table.
func (a *adapter) Truncate(ctx context.Context, r relation.Relation) error {
	return a.run(ctx, "TRUNCATE "+r.Name())
}

func (a *adapter) run(ctx context.Context, sql string) error {
	_, err := a.Execute(ctx, sql, diag.Place{}, false)
	return err
}
