package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// A statement with RETURNING keeps the rows that it changes in a stage of their
// own first, under the name of its table. What it returns is asked of them, so
// that it is what is written, to the last random number, and with the rights that
// reading the table needs; then they are what changes. The stage goes with the
// result.

// Spelling wraps the query of RETURNING; see [gate.Gate.Select]. nil leaves it as
// it is.
type Spelling func(inner string, cols []engine.Column) (string, error)

// kept are rows of a change.
type kept struct {
	gate.Scope // what names mean beside the one that means the rows
	work       *Workspace
	key        string
	table      *lake.Table
	stage      *lake.Stage
}

// Table returns the rows for the name of the table that is changed.
func (k *kept) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	if name.Key() == k.key {
		return k.table, nil
	}
	return k.Scope.Table(ctx, name)
}

// Temporary reports whether a name means a table that only the workspace has.
func (k *kept) Temporary(name ident.Table) bool { return k.work.Temporary(name) }

// keep keeps the rows of a statement, which have the columns.
func (x *execution) keep(ctx context.Context, r *relation, target sqlast.Target, st gate.Statement, columns []engine.Column, rows Spelling) (*kept, error) {
	if err := x.readable(r, target); err != nil {
		return nil, err
	}
	p, err := scan.Project(columns)
	if err != nil {
		return nil, x.place(err, x.s.Start)
	}
	stage, err := x.o.Lake.NewStage(ctx, x.o.Run, x.o.Step, ident.Table{Namespace: tempNamespace, Name: r.name.Name})
	if err != nil {
		return nil, err
	}
	k := &kept{Scope: x.st.Scope, work: x.Workspace, key: x.means(ctx, policy.Select, target.Name).Key(), stage: stage}
	err = func() error {
		result, err := x.o.Gate.Select(ctx, st, func(inner string, cols []engine.Column) (string, error) {
			sql, err := rows(inner, cols)
			return "SELECT " + p.Select + " FROM (" + sql + ") AS r(" + ident.QuoteAll(columnNames(columns)) + ")", err
		})
		if err != nil {
			return err
		}
		defer result.Release()
		c, err := x.o.Writer.Write(ctx, write.Request{Stage: stage, Op: lake.Replace, Rows: result, Schema: p.Schema})
		if err != nil {
			return err
		}
		k.table, err = x.o.Lake.LoadAt(ctx, r.name, c.Kind, c.Location)
		return err
	}()
	if err != nil {
		k.drop(ctx)
		return nil, err
	}
	return k, nil
}

// drop removes the rows. Where that fails they go with the process: its stages
// are swept.
func (k *kept) drop(ctx context.Context) { _ = k.stage.Drop(context.WithoutCancel(ctx)) }

// insertReturning appends rows that are returned.
func (x *execution) insertReturning(ctx context.Context, r *relation, in *sqlast.Insert, rows Spelling) (int64, error) {
	k, err := x.keep(ctx, r, in.Into, x.st.Of(x.incoming(in)), columnsOf(r), rows)
	if err != nil {
		return 0, err
	}
	if err := x.show(ctx, r, k, in.Into, in.Returning); err != nil {
		return 0, err
	}
	st := x.st.Of(x.text().Add("SELECT * FROM ").Part(in.Into.Name.Span))
	st.Scope = k
	return x.appendRows(ctx, r, st, func(inner string, cols []engine.Column) (string, error) {
		list, err := x.fields(r, after(0, cols), "")
		return "SELECT " + list + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")", err
	})
}

// returning changes the rows of a finding that are returned: each once, however
// often it was found.
func (x *execution) returning(ctx context.Context, r *relation, target sqlast.Target, list sqlast.Span, verb lake.Verb, f finding) (int64, error) {
	columns := append([]engine.Column{{Name: x.path(), Type: "VARCHAR"}, {Name: x.row(), Type: "BIGINT"}}, columnsOf(r)...)
	k, err := x.keep(ctx, r, target, x.looking(f), columns, func(inner string, cols []engine.Column) (string, error) {
		once := ""
		if f.joined {
			once = "DISTINCT ON (c0, c1) "
		}
		fields, err := f.fields(cols)
		return "SELECT " + once + "c0, c1, " + fields + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")", err
	})
	if err != nil {
		return 0, err
	}
	if err := x.show(ctx, r, k, target, list); err != nil {
		return 0, err
	}
	found := finding{target: -1, stays: f.stays, scope: k, fields: f.fields,
		text: x.text().Add("SELECT ", ident.QuoteAll(columnNames(columns)), " FROM ").Part(target.Name.Span)}
	if verb == lake.Delete {
		found.fields = x.nothing(r)
	}
	done, err := x.rewrite(ctx, r, verb, found)
	return done.Updated + done.Deleted, err
}

// show asks what is returned of the rows. It is asked twice: what fails does so
// before anything is changed.
func (x *execution) show(ctx context.Context, r *relation, k *kept, target sqlast.Target, list sqlast.Span) (err error) {
	text := x.listed(list, target)
	if len(k.table.Schema().Fields) > len(r.table.Schema().Fields) && x.starred(list) { // it has positions, too
		text = x.text().Add("SELECT ").Part(list).Add("\n FROM (SELECT ", ident.QuoteAll(columnNames(columnsOf(r))), " FROM ").
			Part(target.Name.Span).Add(") AS ", ident.Quote(target.Called()))
	}
	st := x.st.Of(text)
	st.Scope = k
	spell := x.spell
	if spell == nil {
		spell = func(inner string, _ []engine.Column) (string, error) { return inner, nil }
	}
	defer func() {
		if err != nil {
			k.drop(ctx)
		}
	}()
	first, err := x.o.Gate.Select(ctx, st, spell)
	if err != nil {
		return err
	}
	if err := (Done{Result: first}).drain(); err != nil {
		return err
	}
	if x.returned, err = x.o.Gate.Select(ctx, st, spell); err == nil {
		x.returned.Finally(func() { k.drop(ctx) })
	}
	return err
}

// listed is the list of RETURNING as a query over the table.
func (x *execution) listed(list sqlast.Span, target sqlast.Target) *sqlast.Text {
	text := x.text().Add("SELECT ").Part(list).Add("\n FROM ")
	table(text, target)
	return text
}

// starred reports whether a list has a star that stands for all columns.
func (x *execution) starred(list sqlast.Span) bool {
	before := ","
	for _, part := range sqlast.Split(x.st.SQL[list.Start:list.End]) {
		for _, t := range part.Tokens {
			if t.Word == "*" && (before == "," || before == "." || before == "(") {
				return true
			}
			before = t.Word
		}
	}
	return false
}

// returningOf is what RETURNING of a statement lists, and of which table that is
// changed how.
func returningOf(s sqlast.Statement) (target sqlast.Target, list sqlast.Span, do policy.Action) {
	switch h := s.Head.(type) {
	case *sqlast.Insert:
		return h.Into, h.Returning, policy.Insert
	case *sqlast.Update:
		return h.Table, h.Returning, policy.Update
	case *sqlast.Delete:
		return h.From, h.Returning, policy.Delete
	}
	return target, list, do
}

// described is the list of RETURNING over the table as it is: it has the same
// columns, and placeholders of the same types. nil is none.
func (x *execution) described(ctx context.Context) (*sqlast.Text, error) {
	target, list, do := returningOf(x.s)
	if list.IsZero() {
		return nil, nil
	}
	r, err := x.target(ctx, do, target.Name)
	if err != nil {
		return nil, err
	}
	if err := x.readable(r, target); err != nil {
		return nil, err
	}
	return x.listed(list, target).Add(x.lower(list)), nil
}

// lower is a condition with the placeholders that a part leaves out below its
// highest: the engine tells of none where one is missing.
func (x *execution) lower(part sqlast.Span) string {
	used := sqlast.Placeholders(x.st.SQL, part)
	if len(used) == 0 || len(x.st.Parameters) > 0 {
		return ""
	}
	var missing []string
	for n := range slices.Max(used) {
		if !slices.Contains(used, n+1) {
			missing = append(missing, fmt.Sprintf("$%d IS NULL", n+1))
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(missing, " AND ")
}

// readable refuses who may change a table and not read it.
func (x *execution) readable(r *relation, target sqlast.Target) error {
	if r.temp {
		return nil
	}
	return x.o.Gate.Allow(x.st, policy.Select, r.name, target.Name.Start)
}

// Columns returns the columns that a statement returns by RETURNING; nil is
// none. Nothing is changed.
func (x *Transaction) Columns(ctx context.Context, st gate.Statement) ([]engine.Column, error) {
	e, done, err := x.look(ctx, st)
	if err != nil {
		return nil, err
	}
	defer done()
	text, err := e.described(ctx)
	if text == nil || err != nil {
		return nil, err
	}
	plan, err := x.all.Gate.Plan(ctx, e.st.Of(text))
	if err != nil {
		return nil, err
	}
	return plan.Columns, nil
}

// columnsOf are the columns of a table, as the engine has them.
func columnsOf(r *relation) []engine.Column {
	columns := make([]engine.Column, len(r.table.Schema().Fields))
	for i, f := range r.table.Schema().Fields {
		columns[i] = engine.Column{Name: f.Name, Type: columnType(r, i)}
	}
	return columns
}
