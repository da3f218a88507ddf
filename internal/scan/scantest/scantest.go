//go:build duckdb_arrow

// Package scantest makes small real lakes for tests: tables on a temporary
// disk, written by the embedded engine.
//
// It promises real files and commits, no stand-ins. It leaves what is written
// into production tables, and how, to package write.
package scantest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Lake is a lake with an engine that writes.
type Lake struct {
	*lake.Lake
	// Dir holds the warehouse.
	Dir    string
	db     *metadb.DB
	writer engine.Session
	files  int
	// foreign are the metadata files that were not written by the lake.
	foreign []string
}

// DB is the lake's database.
func (l *Lake) DB() *metadb.DB { return l.db }

// New makes an empty lake that ends with the test.
func New(t testing.TB) *Lake {
	t.Helper()
	dir := t.TempDir()
	db, err := metadb.Open(t.Context(), metadbtest.Place(t, dir, "catalog.db"))
	must(t, err)
	store, err := local.New(filepath.Join(dir, "warehouse"))
	must(t, err)
	l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: store})
	must(t, err)
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2})
	must(t, err)
	w, err := e.Session(t.Context())
	must(t, err)
	t.Cleanup(func() {
		must(t, w.Close())
		must(t, e.Close())
		must(t, db.Close())
	})
	return &Lake{Lake: l, Dir: filepath.Join(dir, "warehouse"), db: db, writer: w}
}

// Append commits the result of query as new rows of a table, which it creates
// where there is none. The columns that the table has and the query lacks are
// NULL; new ones are added.
func (l *Lake) Append(t testing.TB, name, query string, partition ...string) {
	t.Helper()
	ctx := t.Context()
	table, base := l.find(t, name)
	cols, err := l.writer.Describe(ctx, query)
	must(t, err)
	p, err := scan.Project(cols)
	must(t, err)
	schema, op := p.Schema, lake.Replace
	if base != nil {
		schema, op = lake.Schema{Fields: evolve(base.Schema().Fields, p.Schema.Fields)}, lake.Append
	}
	l.commit(t, table, base, op, schema, p.Select, query, partition)
}

// Redefine gives a table another schema, with the field ids as they are, and
// takes its files away: rows of other names and types than now, as other
// engines leave behind that rename columns.
func (l *Lake) Redefine(t testing.TB, name string, schema lake.Schema) {
	t.Helper()
	_, base := l.find(t, name)
	stage, err := l.NewStage(t.Context(), "run", "step", base.Name())
	must(t, err)
	c, err := stage.Build(t.Context(), lake.Change{Base: base, Op: lake.Replace, Schema: schema})
	must(t, err)
	must(t, l.Commit(t.Context(), []*lake.Candidate{c}, nil))
}

// Declare gives a table the keys that its project declares.
func (l *Lake) Declare(t testing.TB, name string, keys ...lake.Key) {
	t.Helper()
	_, base := l.find(t, name)
	stage, err := l.NewStage(t.Context(), "run", "step", base.Name())
	must(t, err)
	c, err := stage.Build(t.Context(), lake.Change{Base: base, Op: lake.Append, Keys: keys})
	must(t, err)
	must(t, l.Commit(t.Context(), []*lake.Candidate{c}, nil))
}

// View commits a view as somebody would that is not the project.
func (l *Lake) View(t testing.TB, name, sql string, columns ...string) {
	t.Helper()
	l.view(t, name, sql, false, columns)
}

// ProjectView commits a view as a run of the project does.
func (l *Lake) ProjectView(t testing.TB, name, sql string, columns ...string) {
	t.Helper()
	l.view(t, name, sql, true, columns)
}

func (l *Lake) view(t testing.TB, name, sql string, ofProject bool, columns []string) {
	t.Helper()
	table, base := l.find(t, name)
	var schema lake.Schema
	for _, c := range columns {
		schema.Fields = append(schema.Fields, lake.Field{Name: c, Type: lake.TypeOf(lake.String)})
	}
	stage, err := l.NewStage(t.Context(), "run", "step", table)
	must(t, err)
	c, err := stage.BuildView(t.Context(), lake.ViewChange{Base: base, SQL: sql, Schema: schema, OfProject: ofProject})
	must(t, err)
	must(t, l.Commit(t.Context(), []*lake.Candidate{c}, nil))
}

// Table returns the current state of a table.
func (l *Lake) Table(t testing.TB, name string) *lake.Table {
	t.Helper()
	_, found := l.find(t, name)
	if found == nil {
		t.Fatalf("no table %s", name)
	}
	return found
}

// Rows runs a query and returns its rows as text, values separated by " | ".
func (l *Lake) Rows(t testing.TB, sql string) []string {
	t.Helper()
	r, err := l.writer.Query(t.Context(), sql)
	must(t, err)
	defer r.Release()
	var rows []string
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			values := make([]string, b.NumCols())
			for c := range values {
				values[c] = b.Column(c).ValueStr(i)
			}
			rows = append(rows, strings.Clone(strings.Join(values, " | ")))
		}
	}
	must(t, r.Err())
	return rows
}

func (l *Lake) find(t testing.TB, name string) (ident.Table, *lake.Table) {
	t.Helper()
	table, err := ident.ParseTable(name)
	must(t, err)
	view, err := l.Pin(t.Context())
	must(t, err)
	if _, exists := view.Entry(table); !exists {
		return table, nil
	}
	found, err := view.Load(t.Context(), table)
	must(t, err)
	return table, found
}

func (l *Lake) commit(t testing.TB, table ident.Table, base *lake.Table, op lake.Op, schema lake.Schema, list, query string, partition []string) {
	t.Helper()
	ctx := t.Context()
	schema = l.AssignIDs(base, schema)
	stage, err := l.NewStage(ctx, "run", "step", table)
	must(t, err)
	change := lake.Change{Base: base, Op: op, Schema: schema}
	for _, p := range partition {
		transform, column, err := project.ParsePartition(p)
		must(t, err)
		change.Partition = append(change.Partition, lake.PartitionField{Column: column, Transform: transform})
	}
	if n := l.count(ctx, t, query); n > 0 {
		l.files++
		path := filepath.Join(stage.DataDir(), fmt.Sprintf("part-%d.parquet", l.files))
		_, err := l.writer.Exec(ctx, fmt.Sprintf("COPY (SELECT %s FROM (SELECT %s FROM (%s))) TO %s (FORMAT parquet, ROW_GROUP_SIZE 4096, FIELD_IDS %s)",
			casts(t, schema, query, l), list, query, ident.Literal(path), fieldIDs(schema.Fields)))
		must(t, err)
		change.Files = []lake.NewFile{{Path: path}}
	}
	c, err := stage.Build(ctx, change)
	must(t, err)
	must(t, l.Commit(ctx, []*lake.Candidate{c}, nil))
}

func (l *Lake) count(ctx context.Context, t testing.TB, query string) int {
	t.Helper()
	r, err := l.writer.Query(ctx, "FROM ("+query+")")
	must(t, err)
	defer r.Release()
	n := 0
	for r.Next() {
		n += int(r.RecordBatch().NumRows())
	}
	must(t, r.Err())
	return n
}

// casts selects the columns of schema, NULL for those that the query lacks.
func casts(t testing.TB, schema lake.Schema, query string, l *Lake) string {
	t.Helper()
	cols, err := l.writer.Describe(t.Context(), query)
	must(t, err)
	has := map[string]bool{}
	for _, c := range cols {
		has[ident.Fold(c.Name)] = true
	}
	list := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		typ, err := scan.DuckType(f.Type)
		must(t, err)
		value := "NULL"
		if has[ident.Fold(f.Name)] {
			value = ident.Quote(f.Name)
		}
		list[i] = "CAST(" + value + " AS " + typ + ") AS " + ident.Quote(f.Name)
	}
	return strings.Join(list, ", ")
}

func fieldIDs(fields []lake.Field) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = ident.Quote(f.Name) + ": " + fieldID(f)
	}
	return "{" + strings.Join(list, ", ") + "}"
}

func fieldID(f lake.Field) string {
	var parts []lake.Field
	switch f.Type.Kind {
	case lake.Struct:
		parts = f.Type.Fields
	case lake.List:
		parts = []lake.Field{*f.Type.Elem}
	case lake.Map:
		parts = []lake.Field{*f.Type.Key, *f.Type.Value}
	default:
		return fmt.Sprint(f.ID)
	}
	return fmt.Sprintf("{__duckdb_field_id: %d, %s", f.ID, strings.TrimPrefix(fieldIDs(parts), "{"))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
