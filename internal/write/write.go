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
	// Op is what happens to the rows that Base has.
	Op lake.Op
	// Rows are the new rows. Their columns have the names of Schema's, but for
	// Constants; their order does not matter, and those they lack are NULL. Nil
	// means no new rows.
	Rows array.RecordReader
	// Constants are added to each row of Rows.
	Constants []Constant
	// Schema has names and types; field ids are assigned here.
	Schema lake.Schema
	// Partition, OrderBy and Properties belong to the table, not to the rows.
	Partition  []lake.PartitionField
	OrderBy    []string
	Properties map[string]string
	// Remove drops the rows of Base for which this SQL condition holds, by
	// rewriting the data files that have some (only with [lake.Overwrite]).
	Remove string
	// Summary goes into the snapshot.
	Summary map[string]string
	Doc     string
}

// Write writes the rows of r as data files of r.Stage and returns the
// candidate that holds them.
func (w *Writer) Write(ctx context.Context, r Request) (*lake.Candidate, error) {
	schema := w.lake.AssignIDs(r.Base, r.Schema)
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
	}
	defer s.Close()

	change := lake.Change{
		Base: r.Base, Op: r.Op, Schema: schema, Partition: r.Partition,
		Summary: r.Summary, Properties: r.Properties, Doc: r.Doc,
	}
	var parts []string
	if r.Rows != nil {
		release, err := s.Register(rowsName, r.Rows)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
		}
		defer release()
		parts = append(parts, incoming(schema, r))
	}
	if r.Remove != "" && r.Base != nil {
		kept, removed, err := survivors(ctx, s, r.Base, schema, r.Remove)
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

// rowsName is what a request's rows are called inside the writing session.
const rowsName = "tarn_rows"

// incoming selects the request's rows with each column cast to its type.
func incoming(schema lake.Schema, r Request) string {
	constant := map[string]string{}
	for _, c := range r.Constants {
		constant[ident.Fold(c.Name)] = c.SQL
	}
	cols := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		from, ok := constant[ident.Fold(f.Name)]
		switch {
		case ok:
		case r.Rows.Schema().HasField(f.Name):
			from = ident.Quote(f.Name)
		default:
			from = "NULL"
		}
		cols[i] = castTo(from, f)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM " + rowsName
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
	var hit []lake.DataFile
	for _, f := range files {
		rel, err := scan.PlanFiles(ctx, base, lake.At{}, []lake.DataFile{f})
		if err != nil {
			return "", nil, err
		}
		n, err := count(ctx, s, "SELECT count(*) FROM "+rel.SQL+" WHERE "+remove)
		if err != nil {
			return "", nil, err
		}
		if n > 0 {
			hit = append(hit, f)
			removed = append(removed, f.URI)
		}
	}
	if len(hit) == 0 {
		return "", nil, nil
	}
	rel, err := scan.PlanFiles(ctx, base, lake.At{}, hit)
	if err != nil {
		return "", nil, err
	}
	return keepQuery(rel, schema, remove), removed, nil
}

// keepQuery selects the columns of schema from rel, NULL for those that rel
// does not have yet, leaving out the rows for which remove is true.
func keepQuery(rel scan.Relation, schema lake.Schema, remove string) string {
	have := map[string]bool{}
	for _, c := range rel.Columns {
		have[ident.Fold(c.Name)] = true
	}
	cols := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		from := "NULL"
		if have[ident.Fold(f.Name)] {
			from = ident.Quote(f.Name)
		}
		cols[i] = castTo(from, f)
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE (%s) IS NOT TRUE", strings.Join(cols, ", "), rel.SQL, remove)
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
