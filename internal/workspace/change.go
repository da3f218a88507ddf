package workspace

import (
	"context"
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

// finding is a query that finds rows of a table and says what becomes of them.
// Its first columns are the row's file, its number there, and whether a row
// stays; fields then makes the columns of the table.
type finding struct {
	text *sqlast.Text
	// target is where in the text the table's name stands; -1 is nowhere.
	target int
	do     policy.Action
	// fields selects the columns of the table out of the query's.
	fields func(cols []engine.Column) (string, error)
	// where leaves rows out; "" is none.
	where string
	// stays is whether the row stays, as SQL over the query's columns.
	stays string
	// joined: a row may be found several times.
	joined bool
	// kept are the rows that it reads; nil where it looks into the table.
	kept *gate.Kept
	// did is the action of MERGE that a row is for, as SQL over the query's columns.
	did string
}

// position is the beginning of a finding's list.
func (x *execution) position(called string) string {
	q := ident.Quote(called)
	return q + "." + ident.Quote(x.path()) + ", " + q + "." + ident.Quote(x.row())
}

// path and row are what the positions of rows are called in findings.
func (w *Workspace) path() string { return "_path_" + w.nonce }

func (w *Workspace) row() string { return "_row_" + w.nonce }

// rewrite changes the rows that are found.
func (x *execution) rewrite(ctx context.Context, r *relation, verb lake.Verb, findings ...finding) (write.Rewritten, error) {
	var done write.Rewritten
	err := x.build(ctx, r, func(stage *lake.Stage) (candidate *lake.Candidate, err error) {
		e := write.Rewrite{}
		for _, f := range findings {
			e.Rows = append(e.Rows, func(ctx context.Context) (array.RecordReader, error) { return x.find(ctx, f) })
		}
		candidate, done, err = x.o.Writer.Rewrite(ctx, write.Request{Stage: stage, Base: r.base, Onto: r.candidate(), Verb: verb,
			Schema: r.table.Schema(), Partition: r.table.Partition(), Summary: x.o.Summary}, e)
		return candidate, err
	})
	return done, err
}

// find runs a finding.
func (x *execution) find(ctx context.Context, f finding) (array.RecordReader, error) {
	return x.o.Gate.Select(ctx, x.looking(f), func(inner string, cols []engine.Column) (string, error) {
		fields, err := f.fields(cols)
		if err != nil {
			return "", err
		}
		where := ""
		if f.where != "" {
			where = " WHERE " + f.where
		}
		return "SELECT c0 AS " + scan.PathColumn + ", c1 AS " + scan.RowColumn + ", " + f.stays + " AS " + write.StaysColumn + ", " + fields +
			" FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")" + where, nil
	})
}

// looking is a finding's text as a statement.
func (x *execution) looking(f finding) gate.Statement {
	st := x.st.Of(f.text)
	st.Kept = f.kept
	if f.target >= 0 {
		st.Target = &gate.Target{Offset: f.target, Do: f.do, Path: x.path(), Row: x.row()}
	}
	return st
}

// nothing selects the columns of a table for rows that do not stay.
func (x *execution) nothing(r *relation) func([]engine.Column) (string, error) {
	return func([]engine.Column) (string, error) {
		return x.fields(r, make([]string, len(r.table.Schema().Fields)), "false")
	}
}

// start begins the text of a finding: WITH where the statement has one.
func (x *execution) start() *sqlast.Text {
	t := x.text()
	if !x.s.With.IsZero() {
		t.Part(x.s.With).Add(" ")
	}
	return t
}

// table adds the name of the table that is changed, with its alias, and returns
// where it stands.
func table(t *sqlast.Text, target sqlast.Target) int {
	at := t.Len()
	t.Part(target.Name.Span)
	if !target.Alias.IsZero() {
		t.Add(" AS ").Part(target.Alias.Span)
	}
	return at
}

// delete removes rows: all of them where there is no condition.
func (x *execution) delete(ctx context.Context, d *sqlast.Delete) (int64, error) {
	r, err := x.target(ctx, policy.Delete, d.From.Name)
	if err != nil {
		return 0, err
	}
	if err := x.confirm(ctx, r); err != nil {
		return 0, err
	}
	if !d.Returning.IsZero() {
		f, err := x.rowsOf(r, d.From, nil, d.Using, d.Where)
		if err != nil {
			return 0, err
		}
		f.do, f.stays = policy.Delete, "false"
		return x.returning(ctx, r, d.From, d.Returning, lake.Delete, f)
	}
	if d.Where.IsZero() && d.Using.IsZero() {
		files, err := r.table.Files(ctx, lake.At{}, nil)
		if err != nil {
			return 0, err
		}
		// Where some rows of a file are gone, nobody has counted the others.
		if !slices.ContainsFunc(files, func(f lake.DataFile) bool { return f.Deletes != nil }) {
			return x.empty(ctx, r, files)
		}
	}
	done, err := x.rewrite(ctx, r, lake.Delete, x.deleting(r, d))
	return done.Deleted, err
}

// deleting finds the rows that DELETE removes.
func (x *execution) deleting(r *relation, d *sqlast.Delete) finding {
	f := finding{do: policy.Delete, fields: x.nothing(r), stays: "false"}
	f.text = x.start().Add("SELECT DISTINCT ", x.position(d.From.Called()), " FROM ")
	f.target = table(f.text, d.From)
	if !d.Using.IsZero() {
		f.text.Add(", ").Part(d.Using)
	}
	if !d.Where.IsZero() {
		f.text.Add(" WHERE (").Part(d.Where).Add("\n)")
	}
	return f
}

// empty removes all rows.
func (x *execution) empty(ctx context.Context, r *relation, files []lake.DataFile) (int64, error) {
	if len(files) == 0 {
		return 0, nil
	}
	var rows int64
	for _, f := range files {
		rows += f.Records
	}
	return rows, x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		return stage.Build(ctx, lake.Change{Base: r.base, Onto: r.candidate(), Op: lake.Replace, Schema: r.table.Schema(),
			Partition: r.table.Partition(), Summary: x.o.Summary})
	})
}

// update changes values of rows.
func (x *execution) update(ctx context.Context, u *sqlast.Update) (int64, error) {
	r, err := x.target(ctx, policy.Update, u.Table.Name)
	if err != nil {
		return 0, err
	}
	f, err := x.updating(r, u)
	if err != nil {
		return 0, err
	}
	if err := x.confirm(ctx, r); err != nil {
		return 0, err
	}
	if !u.Returning.IsZero() {
		return x.returning(ctx, r, u.Table, u.Returning, lake.Update, f)
	}
	done, err := x.rewrite(ctx, r, lake.Update, f)
	return done.Updated, err
}

// updating finds the rows that UPDATE changes, as they become.
func (x *execution) updating(r *relation, u *sqlast.Update) (finding, error) {
	set, err := x.assigned(r, u.Set)
	if err != nil {
		return finding{}, err
	}
	return x.rowsOf(r, u.Table, set, u.From, u.Where)
}

// rowsOf finds rows of a table with all of their columns, of which some are set.
func (x *execution) rowsOf(r *relation, target sqlast.Target, set map[int]sqlast.Span, from, where sqlast.Span) (finding, error) {
	f := finding{do: policy.Update, stays: "true", joined: !from.IsZero()}
	f.text = x.start().Add("SELECT ", x.position(target.Called()))
	for i, field := range r.table.Schema().Fields {
		f.text.Add(", ")
		if value, found := set[i]; found {
			f.text.Add("CAST(").Part(value).Add("\n AS ", columnType(r, i), ")")
		} else {
			f.text.Add(ident.Quote(target.Called()), ".", ident.Quote(field.Name))
		}
	}
	f.text.Add(" FROM ")
	f.target = table(f.text, target)
	if !from.IsZero() {
		f.text.Add(", ").Part(from)
	}
	if !where.IsZero() {
		f.text.Add(" WHERE (").Part(where).Add("\n)")
	}
	f.fields = func(cols []engine.Column) (string, error) { return x.fields(r, after(2, cols), "") }
	return f, nil
}

// after are the names of the columns behind the first n.
func after(n int, cols []engine.Column) []string {
	return strings.Split(numbered(len(cols)), ", ")[n:]
}

// assigned finds the columns that are set.
func (x *execution) assigned(r *relation, list []sqlast.Assignment) (map[int]sqlast.Span, error) {
	set := map[int]sqlast.Span{}
	for _, a := range list {
		at, err := x.column(r, a.Column)
		if err != nil {
			return nil, err
		}
		if _, twice := set[at]; twice {
			return nil, x.problem("sql", a.Column.Start, "the column %s is set twice", a.Column.Last())
		}
		set[at] = a.Value
	}
	return set, nil
}
