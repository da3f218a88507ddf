// Package write turns rows into a staged change of a table: it is the sole
// author of the COPY statements that make data files.
//
// It promises that every column is written as the type its schema says, with
// its Iceberg field id; that files of a partitioned table hold one partition
// each, by Iceberg's own arithmetic; and that nothing is visible before the
// lake commits what it returns. It leaves to others where rows come from and
// when to publish.
package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// fileSize is the size at which a data file is closed and the next one begun.
const fileSize = 512 << 20

// Writer makes candidates on the engine instance that may write.
type Writer struct {
	lake   *lake.Lake
	engine engine.Engine
}

// New returns a writer for tables of l, working on e, an engine of class
// [engine.Writer].
func New(l *lake.Lake, e engine.Engine) *Writer { return &Writer{lake: l, engine: e} }

// Constant is a column that has the same value in every row of a request.
type Constant struct {
	Name string
	// SQL is a literal of the column's type.
	SQL string
}

// Request says what to write.
type Request struct {
	Stage *lake.Stage
	// Base is the table as it is; nil where it does not exist yet.
	Base *lake.Table
	// Onto is a candidate over Base whose rows the change goes on from, where a
	// stage is built again; nil is Base.
	Onto *lake.Table
	// Op is what happens to the rows that Base has.
	Op lake.Op
	// Rows are the new rows. Their columns have the names of Schema's, but for
	// Constants; their order does not matter, and those they lack are NULL. Nil
	// means no new rows.
	Rows array.RecordReader
	// Line is a column of Rows that is none of Schema and says in which line of
	// its input a row stands. The values are text then, and one that a column does
	// not take is an error that says the line; "" is without.
	Line string
	// Constants are added to each row of Rows.
	Constants []Constant
	// Schema has names and types; field ids are assigned here.
	Schema lake.Schema
	// Partition, OrderBy and Properties belong to the table, not to the rows.
	// Unset are properties that it no longer has.
	Partition  []lake.PartitionField
	OrderBy    []string
	Properties map[string]string
	Unset      []string
	// Keys are those that it is declared to have; nil leaves what is there.
	Keys []lake.Key
	// Remove drops the rows of Base for which this SQL condition holds, by
	// rewriting the data files that have some (only with [lake.Overwrite]).
	Remove string
	// Verb is what the rows of Base meet, as the table's isolation levels have it;
	// "" is a merge.
	Verb lake.Verb
	// Summary goes into the snapshot.
	Summary map[string]string
	Doc     string
}

// change is what r asks for, without files: a table of this schema.
func (r Request) change(op lake.Op, schema lake.Schema) (c lake.Change, err error) {
	c = lake.Change{
		Base: r.Base, Onto: r.Onto, Op: op, Schema: schema, Partition: r.Partition,
		Summary: r.Summary, Properties: r.Properties, Unset: r.Unset, Doc: r.Doc, Keys: r.Keys,
	}
	verb := r.Verb
	if verb == "" {
		verb = lake.Merge
	}
	var have map[string]string
	if r.Base != nil {
		have = r.Base.Properties()
	}
	c.Isolation, err = lake.IsolationOf(verb, have, r.Properties)
	return c, err
}

// Write writes the rows of r as data files of r.Stage and returns the
// candidate that holds them.
func (w *Writer) Write(ctx context.Context, r Request) (*lake.Candidate, error) {
	have := r.Base
	if r.Onto != nil {
		have = r.Onto
	}
	schema := w.lake.AssignIDs(have, r.Schema)
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
	}
	defer s.Close()

	change, err := r.change(r.Op, schema)
	if err != nil {
		return nil, err
	}
	var parts []string
	rows, err := first(r.Rows)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
	}
	if rows != nil {
		r.Rows = groupRows(rows, rowGroup)
		defer r.Rows.Release()
		rows, release, err := s.Register(r.Rows)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
		}
		defer release()
		parts = append(parts, incoming(schema, r, rows))
	}
	if r.Remove != "" && have != nil {
		kept, removed, err := survivors(ctx, s, have, schema, r.Remove)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
		}
		change.Remove = removed
		if kept != "" {
			parts = append(parts, kept)
		}
	}
	if len(parts) > 0 {
		q := strings.Join(parts, "\nUNION ALL\n")
		if change.Files, err = copyOut(ctx, s, q, schema, r); err != nil {
			return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
		}
	}
	candidate, err := r.Stage.Build(ctx, change)
	if err != nil {
		return nil, explain(r.Stage.Table(), err)
	}
	return candidate, nil
}

// unsaid is the value of a column in new rows that do not have it; a default
// that cannot be told fails the statement.
func unsaid(f lake.Field) string {
	value, err := scan.WriteDefault(f)
	if err != nil {
		return "error(" + ident.Literal(err.Error()) + ")"
	}
	return value
}

// incoming selects the request's rows, which the session knows by a name, with
// each column cast to its type, and those that the rows do not have as they are
// without a word: NULL, or what another tool has asked for.
func incoming(schema lake.Schema, r Request, rows string) string {
	constant, has := map[string]string{}, map[string]bool{}
	for _, f := range r.Rows.Schema().Fields() {
		has[ident.Fold(f.Name)] = true
	}
	for _, c := range r.Constants {
		constant[ident.Fold(c.Name)] = c.SQL
	}
	cols := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		from, ok := constant[ident.Fold(f.Name)]
		switch {
		case ok:
		case has[ident.Fold(f.Name)]:
			from = ident.Quote(f.Name)
		default:
			from = unsaid(f)
		}
		if cols[i] = castTo(from, f); r.Line != "" {
			cols[i] = castLine(from, r.Line, f)
		}
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM " + rows
}

// castTo casts expression to the type of f and names it so. The type of a
// schema that was accepted has an engine type: scan holds the one table.
func castTo(expression string, f lake.Field) string {
	t, err := scan.DuckType(f.Type)
	if err != nil {
		return expression + " AS " + ident.Quote(f.Name)
	}
	return fmt.Sprintf("CAST(%s AS %s) AS %s", expression, t, ident.Quote(f.Name))
}

// survivors returns the data files of base that hold rows for which remove
// is true, and a query for the other rows of those files ("" if none).
func survivors(ctx context.Context, s engine.Session, base *lake.Table, schema lake.Schema, remove string) (kept string, removed []string, err error) {
	files, err := base.Files(ctx, lake.At{}, nil)
	if err != nil {
		return "", nil, err
	}
	all, err := scan.PlanRows(ctx, base, files)
	if err != nil {
		return "", nil, err
	}
	hit, err := hitFiles(ctx, s, files, "SELECT DISTINCT "+scan.PathColumn+" FROM "+all.SQL+" WHERE "+remove)
	if err != nil || len(hit) == 0 {
		return "", nil, err
	}
	for _, f := range hit {
		removed = append(removed, f.URI)
	}
	rel, err := scan.PlanFiles(ctx, base, lake.At{}, hit)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE (%s) IS NOT TRUE", columnList(schema, base.Schema()), rel.SQL, remove), removed, nil
}

// columnList selects the columns of schema, NULL for those that a relation with
// the columns of have does not have yet.
func columnList(schema, have lake.Schema) string {
	cols := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		from := "NULL"
		if _, has := column(have, f.Name); has {
			from = ident.Quote(f.Name)
		}
		cols[i] = castTo(from, f)
	}
	return strings.Join(cols, ", ")
}

// count runs a query that returns one number.
func count(ctx context.Context, s engine.Session, sql string) (int64, error) {
	rows, err := s.Query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer rows.Release()
	var n int64
	for rows.Next() {
		if c, ok := rows.RecordBatch().Column(0).(*array.Int64); ok && c.Len() > 0 {
			n = c.Value(0)
		}
	}
	return n, rows.Err()
}
