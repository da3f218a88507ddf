package workspace

import (
	"context"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// place for something new: what a CREATE statement says of it.
type creation struct {
	name                       sqlast.Name
	kind                       lake.EntryKind
	replace, temp, ifNotExists bool
	atCommit                   sqlast.AtCommit
}

var kindWords = map[lake.EntryKind]string{lake.TableEntry: "table", lake.ViewEntry: "view"}

// room finds the relation that a CREATE statement makes; nil is that there is
// one already, which is enough.
func (x *execution) room(ctx context.Context, c creation) (*relation, error) {
	if n := ident.Fold(x.o.Gate.Name(c.name).Namespace); c.temp || n == postgresTemp {
		return x.tempRoom(ctx, c, x.o.Gate.Name(c.name))
	}
	name := x.means(ctx, policy.Create, c.name)
	r, err := x.existing(ctx, policy.Create, c.name)
	if err != nil {
		return nil, err
	}
	switch {
	case r.temp, ident.Fold(name.Namespace) == tempNamespace:
		return nil, x.problem("exists", c.name.Start, "%s is a temporary table; give the other one another name", name)
	case r.table == nil:
		return r, nil
	case c.ifNotExists:
		return nil, nil
	case !c.replace:
		return nil, x.problem("exists", c.name.Start, "the %s %s exists already", kindWords[r.table.Kind()], r.name).
			WithHint("write CREATE OR REPLACE, or CREATE … IF NOT EXISTS")
	case r.table.Kind() != c.kind:
		return nil, x.problem("exists", c.name.Start, "%s is a %s and cannot be replaced by a %s", r.name, kindWords[r.table.Kind()], kindWords[c.kind]).
			WithHint("drop it first")
	}
	return r, x.o.Gate.Allow(x.st, policy.Drop, name, c.name.Start)
}

// tempRoom is room for what only the workspace has, or its session. In a run it
// must not stand before another table: names say too little to tell them apart.
func (x *execution) tempRoom(ctx context.Context, c creation, name ident.Table) (*relation, error) {
	if n := ident.Fold(name.Namespace); n != ident.DefaultNamespace && n != tempNamespace && n != postgresTemp {
		return nil, x.problem("temporary", c.name.Start, "a temporary table has no namespace").WithHint("write its name alone")
	}
	made := &relation{name: ident.Table{Namespace: tempNamespace, Name: name.Name}, temp: true, atCommit: c.atCommit}
	if x.Temporary(made.name) {
		r, err := x.touch(ctx, made.name)
		switch {
		case err != nil:
			return nil, err
		case c.ifNotExists:
			return nil, nil
		case !c.replace:
			return nil, x.problem("exists", c.name.Start, "the temporary table %s exists already", name.Name).WithHint("write CREATE OR REPLACE")
		}
		again := *r
		again.atCommit = c.atCommit
		return &again, nil
	}
	if x.o.Pinned {
		return made, nil
	}
	name.Namespace = ident.DefaultNamespace // where it would hide another
	r, err := x.touch(ctx, name)
	if err == nil && r.table != nil && x.sees(ctx, name) {
		err = x.problem("exists", c.name.Start, "%s exists, and a temporary table of that name would hide it", r.name).
			WithHint("give the temporary table another name")
	}
	return made, err
}

// sees reports whether a table or view is there for who asks.
func (x *execution) sees(ctx context.Context, name ident.Table) bool {
	seen, _ := x.o.Gate.Seen(ctx, x.st)
	return slices.ContainsFunc(seen, func(e lake.Entry) bool { return e.Name.Key() == name.Key() })
}

func (x *execution) createTable(ctx context.Context, c *sqlast.CreateTable) (int64, error) {
	r, err := x.room(ctx, creation{c.Name, lake.TableEntry, c.Replace, c.Temp, c.IfNotExists, c.AtCommit})
	if r == nil || err != nil {
		return 0, err
	}
	if err := x.confirm(ctx, nil); err != nil {
		return 0, err
	}
	if c.Query.IsZero() {
		return 0, x.createEmpty(ctx, r, c)
	}
	var rows int64
	err = x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		var schema lake.Schema
		result, err := x.o.Gate.Select(ctx, x.model(c), func(inner string, cols []engine.Column) (string, error) {
			names, err := x.renamed(cols, c)
			if err != nil {
				return "", err
			}
			p, err := scan.Project(names)
			if err != nil {
				return "", x.place(err, c.Query.Start)
			}
			schema = p.Schema
			limit := ""
			if c.Empty {
				limit = " LIMIT 0"
			}
			return "SELECT " + p.Select + " FROM (" + inner + ") AS r(" + ident.QuoteAll(columnNames(names)) + ")" + limit, nil
		})
		if err != nil {
			return nil, err
		}
		defer result.Release()
		counted := &counting{RecordReader: result}
		defer func() { rows = counted.rows }()
		return x.o.Writer.Write(ctx, write.Request{Stage: stage, Base: r.base, Op: lake.Replace, Rows: counted, Schema: schema, Summary: x.o.Summary})
	})
	return rows, err
}

// model is the query of a table as a statement whose rows become one.
func (x *execution) model(c *sqlast.CreateTable) gate.Statement {
	st := x.st.Of(c.Reads(x.text()))
	st.Purpose = "model"
	return st
}

// renamed gives the columns of a query the names that the statement says.
func (x *execution) renamed(cols []engine.Column, c *sqlast.CreateTable) ([]engine.Column, error) {
	if len(c.Columns) > len(cols) {
		return nil, x.problem("sql", c.Columns[len(cols)].Name.Start, "%d columns are named, and the query has %d", len(c.Columns), len(cols))
	}
	out := slices.Clone(cols)
	for i, d := range c.Columns {
		out[i].Name = d.Name.Last()
	}
	return out, nil
}

func columnNames(cols []engine.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// createEmpty makes a table of columns.
func (x *execution) createEmpty(ctx context.Context, r *relation, c *sqlast.CreateTable) error {
	schema, err := x.schema(ctx, c.Columns)
	if err != nil {
		return err
	}
	return x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		return x.o.Writer.Write(ctx, write.Request{Stage: stage, Base: r.base, Op: lake.Replace, Schema: schema, Summary: x.o.Summary})
	})
}

// schema asks the engine what the types of columns are called, and the one
// table of types what they are to the lake.
func (x *execution) schema(ctx context.Context, columns []sqlast.ColumnDefinition) (lake.Schema, error) {
	text := x.text().Add("SELECT ")
	for i, d := range columns {
		if i > 0 {
			text.Add(", ")
		}
		text.Add("CAST(NULL AS ").Part(d.Type).Add(") AS ", ident.Quote(fmt.Sprint("c", i)))
	}
	plan, err := x.o.Gate.Plan(ctx, x.st.Of(text))
	if err != nil {
		return lake.Schema{}, err
	}
	for i, d := range columns {
		plan.Columns[i].Name = d.Name.Last()
	}
	p, err := scan.Project(plan.Columns)
	if err != nil {
		return lake.Schema{}, x.place(err, columns[0].Name.Start)
	}
	for i, d := range columns {
		p.Schema.Fields[i].Required = d.NotNull
	}
	return p.Schema, nil
}

func (x *execution) createView(ctx context.Context, c *sqlast.CreateView) error {
	r, err := x.room(ctx, creation{c.Name, lake.ViewEntry, c.Replace, c.Temp, c.IfNotExists, sqlast.PreserveRows})
	if r == nil || err != nil {
		return err
	}
	if len(sqlast.Placeholders(x.st.SQL, c.Query)) > 0 {
		return x.problem("parameter", c.Query.Start, "a view has no parameters").WithHint("write the values into its query")
	}
	text := x.text().Part(c.Query)
	if len(c.Columns) > 0 {
		text = x.text().Add("SELECT * FROM (").Part(c.Query).Add("\n) AS v(")
		for i, n := range c.Columns {
			if i > 0 {
				text.Add(", ")
			}
			text.Part(n.Span)
		}
		text.Add(")")
	}
	st := x.st.Of(text)
	st.Path = nil // what its names mean does not change with who reads it
	plan, err := x.o.Gate.Plan(ctx, st)
	if err != nil {
		return err
	}
	for _, t := range plan.Tables {
		if read := x.changed(t); read != nil && read.temp && !c.Temp {
			return x.problem("temporary", c.Query.Start, "the view reads %s, which is temporary", t.Name).
				WithHint("make a table of it, or write CREATE TEMP VIEW")
		}
	}
	p, err := scan.Project(plan.Columns)
	if err != nil {
		return x.place(err, c.Query.Start)
	}
	if err := x.confirm(ctx, nil); err != nil {
		return err
	}
	return x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		return stage.BuildView(ctx, lake.ViewChange{Base: r.base, SQL: text.String(), Schema: p.Schema, OfProject: x.o.OfProject})
	})
}

func (x *execution) createSchema(ctx context.Context, c *sqlast.CreateSchema) error {
	name := x.namespace(c.Name)
	if err := x.o.Gate.Allow(x.st, policy.Create, ident.Table{Namespace: name}, c.Name.Start); err != nil {
		return err
	}
	if slices.Contains(x.Scope().Namespaces(ctx), name) || name == ident.DefaultNamespace {
		if c.IfNotExists {
			return nil
		}
		return x.problem("exists", c.Name.Start, "the schema %s exists already", name).WithHint("write CREATE SCHEMA IF NOT EXISTS")
	}
	if err := x.confirm(ctx, nil); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.namespaces[name] = true
	return nil
}

// namespace is what the name of a schema means.
func (x *execution) namespace(n sqlast.Name) string {
	parts := n.Parts
	if len(parts) > 1 && x.o.Gate.IsCatalog(parts[0]) {
		parts = parts[1:]
	}
	return joinDots(parts)
}
