package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

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
// own first. What it returns is asked of them, so
// that it is what is written, to the last random number, and with the rights that
// reading the table needs; then they are what changes. The stage goes with the
// result.

// Spelling wraps the query of RETURNING; see [gate.Gate.Select]. nil leaves it as
// it is.
type Spelling func(inner string, cols []engine.Column) (string, error)

// kept are rows of a change: with columns of their own before those of the table.
type kept struct {
	table  *lake.Table
	stage  *lake.Stage
	beside []engine.Column
}

// incoming is a query for rows of a change, and how its columns become those that
// are kept.
type incoming struct {
	st   gate.Statement
	rows Spelling
}

// keep keeps the rows of a statement, which have the columns of its table and
// others before them.
func (x *execution) keep(ctx context.Context, r *relation, target sqlast.Target, beside []engine.Column, from ...incoming) (*kept, error) {
	if err := x.readable(r, target); err != nil {
		return nil, err
	}
	columns := slices.Concat(beside, columnsOf(r))
	p, err := scan.Project(columns)
	if err != nil {
		return nil, x.place(err, x.s.Start)
	}
	stage, err := x.o.Lake.NewStage(ctx, x.o.Run, x.o.Step, ident.Table{Namespace: tempNamespace, Name: r.name.Name})
	if err != nil {
		return nil, err
	}
	k := &kept{stage: stage, beside: beside}
	var all chain
	for _, in := range from {
		all.open = append(all.open, func() (array.RecordReader, error) {
			return x.o.Gate.Select(ctx, in.st, func(inner string, cols []engine.Column) (string, error) {
				sql, err := in.rows(inner, cols)
				return "SELECT " + p.Select + " FROM (" + sql + ") AS r(" + ident.QuoteAll(columnNames(columns)) + ")", err
			})
		})
	}
	if k.table, err = x.keepRows(ctx, r, stage, &all, p.Schema); err != nil {
		k.drop(ctx)
		return nil, err
	}
	return k, nil
}

func (x *execution) keepRows(ctx context.Context, r *relation, stage *lake.Stage, rows *chain, schema lake.Schema) (*lake.Table, error) {
	if err := rows.begin(); err != nil {
		return nil, err
	}
	defer rows.Release()
	c, err := x.o.Writer.Write(ctx, write.Request{Stage: stage, Op: lake.Replace, Rows: rows, Schema: schema})
	if err != nil {
		return nil, err
	}
	return x.o.Lake.LoadAt(ctx, r.name, c.Kind, c.Location)
}

// drop removes the rows. Where that fails they go with the process: its stages
// are swept.
func (k *kept) drop(ctx context.Context) { _ = k.stage.Drop(context.WithoutCancel(ctx)) }

// at are the rows for a reference that begins at an offset.
func (k *kept) at(offset int) *gate.Kept { return &gate.Kept{Offset: offset, Rows: k.table} }

// found finds the rows, as they are kept.
func (x *execution) found(r *relation, k *kept, target sqlast.Target) finding {
	text := x.text().Add("SELECT ", ident.QuoteAll(columnNames(slices.Concat(k.beside, columnsOf(r)))), " FROM ")
	f := finding{text: text, target: -1, kept: k.at(text.Len())}
	text.Part(target.Name.Span)
	return f
}

// positions are the columns that say which row of the table a kept one is.
func (x *execution) positions() []engine.Column {
	return []engine.Column{{Name: x.path(), Type: "VARCHAR"}, {Name: x.row(), Type: "BIGINT"}}
}

// insertReturning appends rows that are returned.
func (x *execution) insertReturning(ctx context.Context, r *relation, in *sqlast.Insert, rows Spelling) (int64, error) {
	k, err := x.keep(ctx, r, in.Into, nil, incoming{x.st.Of(x.incoming(in)), rows})
	if err != nil {
		return 0, err
	}
	if err := x.show(ctx, r, k, in.Into, in.Returning, ""); err != nil {
		return 0, err
	}
	return x.appendRows(ctx, r, x.looking(x.found(r, k, in.Into)), func(inner string, cols []engine.Column) (string, error) {
		list, err := x.fields(r, after(0, cols), "")
		return "SELECT " + list + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")", err
	})
}

// returning changes the rows of a finding that are returned: each once, however
// often it was found.
func (x *execution) returning(ctx context.Context, r *relation, target sqlast.Target, list sqlast.Span, verb lake.Verb, f finding) (int64, error) {
	k, err := x.keep(ctx, r, target, x.positions(), incoming{x.looking(f), f.keeping("c0, c1")})
	if err != nil {
		return 0, err
	}
	if err := x.show(ctx, r, k, target, list, ""); err != nil {
		return 0, err
	}
	found := x.found(r, k, target)
	found.stays, found.fields = f.stays, f.fields
	if verb == lake.Delete {
		found.fields = x.nothing(r)
	}
	done, err := x.rewrite(ctx, r, verb, found)
	return done.Updated + done.Deleted, err
}

// keeping selects rows to be kept: with these columns of the query's before those
// of the table, and each once that may be found several times.
func (f finding) keeping(beside string) Spelling {
	return func(inner string, cols []engine.Column) (string, error) {
		once, where := "", ""
		if f.joined {
			once = "DISTINCT ON (c0, c1) "
		}
		if f.where != "" {
			where = " WHERE " + f.where
		}
		fields, err := f.fields(cols)
		return "SELECT " + once + beside + ", " + fields + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")" + where, err
	}
}

// returnedAhead is how many bytes of what is returned are held in memory.
const returnedAhead = 4 << 20

// show asks what is returned of the rows, so that what fails does so before
// anything is changed: where that is more than is held, it is asked again as it is
// read. action is what stands for the action of MERGE; "" is none.
func (x *execution) show(ctx context.Context, r *relation, k *kept, target sqlast.Target, list sqlast.Span, action string) (err error) {
	text := x.text().Add("SELECT ")
	(&listing{text: text, list: list, beside: columnNames(k.beside), action: action, table: r}).write()
	at := table(text.Add("\n FROM "), target)
	st := x.st.Of(text)
	st.Kept = k.at(at)
	spell := x.spell
	if spell == nil {
		spell = func(inner string, _ []engine.Column) (string, error) { return inner, nil }
	}
	defer func() {
		if err != nil {
			k.drop(ctx)
		}
	}()
	result, err := x.o.Gate.Select(ctx, st, spell)
	if err != nil {
		return err
	}
	switch whole, err := result.Ahead(returnedAhead); {
	case err != nil:
		result.Release()
		return err
	case !whole:
		if err := (Done{Result: result}).drain(); err != nil {
			return err
		}
		if result, err = x.o.Gate.Select(ctx, st, spell); err != nil {
			return err
		}
	}
	result.Finally(func() { k.drop(ctx) })
	x.returned = result
	return nil
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
	case *sqlast.Merge:
		return h.Into, h.Returning, policy.Update
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
	action := ""
	if x.s.Word == "MERGE" {
		action = "CAST(NULL AS VARCHAR)"
	}
	text := x.text().Add("SELECT ")
	(&listing{text: text, list: list, action: action, table: r}).write()
	table(text.Add("\n FROM "), target)
	return text.Add(x.lower(list)), nil
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
