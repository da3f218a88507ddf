package sqlitefile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/sqlitefile"
	"github.com/tarn-lake/tarn/internal/metadb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// database is a file, and a program that writes to it.
type database struct {
	path   string
	writer *metadb.DB
}

func newDatabase(t *testing.T, statements ...string) *database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop #1?.db")
	db, err := metadb.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &database{path, db}
	d.exec(t, statements...)
	return d
}

func (d *database) exec(t *testing.T, statements ...string) {
	t.Helper()
	err := d.writer.Update(t.Context(), func(tx metadb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *database) open(t *testing.T, req connector.SourceRequest, options ...string) connector.Reading {
	t.Helper()
	r, err := d.tryOpen(t.Context(), req, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (d *database) tryOpen(ctx context.Context, req connector.SourceRequest, options ...string) (connector.Reading, error) {
	req.Options = map[string]connector.Option{"path": {Value: d.path}}
	for i := 0; i < len(options); i += 2 {
		req.Options[options[i]] = connector.Option{Value: options[i+1]}
	}
	return sqlitefile.Source{}.Open(ctx, req)
}

// read reads all parts.
func read(t *testing.T, r connector.Reading) *connectortest.Collected {
	t.Helper()
	got := &connectortest.Collected{}
	var counts connector.Counts
	for i := range r.Parts() {
		c, err := r.Read(t.Context(), i, r.Layout(), got.Sink())
		if err != nil {
			t.Fatal(err)
		}
		counts.Records += c.Records
		counts.Written += c.Written
		counts.Rejected += c.Rejected
	}
	if counts.Records != counts.Written+counts.Rejected || int(counts.Written) != len(got.Rows) || int(counts.Rejected) != len(got.Rejects) {
		t.Errorf("%+v, but %d rows and %d rejects", counts, len(got.Rows), len(got.Rejects))
	}
	return got
}

// rows are the rows as text.
func rows(got *connectortest.Collected) string {
	var lines []string
	for _, row := range got.Rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	return strings.Join(lines, "\n")
}

func types(layout *connector.Layout) string {
	var parts []string
	for _, c := range layout.Columns {
		parts = append(parts, c.Name+" "+c.Type.String())
	}
	return strings.Join(parts, ", ")
}

func TestTypesFollowDeclarationsAndValuesDecide(t *testing.T) {
	d := newDatabase(t,
		`CREATE TABLE t (id INTEGER PRIMARY KEY, small TINYINT, price DECIMAL(9,2), ratio REAL, name VARCHAR(20), day DATE, at DATETIME,
			zoned TIMESTAMPTZ, ok BOOLEAN, raw BLOB, clock TIME, who UUID, n NUMERIC, mixed, whole, nil)`,
		`INSERT INTO t VALUES (1, 2, 1.5, 0.1, 'a', '2024-02-29', '2024-02-29 12:00:00.5', '2024-02-29T12:00:00+02:00', 1, x'00ff', '12:30',
			'6ba7b810-9dad-11d1-80b4-00c04fd430c8', 1, 'x', 9007199254740993, NULL)`,
		`INSERT INTO t VALUES (2, NULL, 2, 3, 'b', NULL, NULL, NULL, 0, NULL, NULL, NULL, 1.5, 5, 1, NULL)`,
		`INSERT INTO t VALUES (3, 'many', 1.234, 'much', x'ff', 5, '2024-02-30', 'now', 7, 'text', '25:00', 'me', 2, 3, 4, NULL)`,
	)
	r := d.open(t, connector.SourceRequest{Table: "T"})
	wantTypes := "id long, small long, price decimal(9,2), ratio double, name string, day date, at timestamp, zoned timestamptz, " +
		"ok boolean, raw binary, clock time, who uuid, n double, mixed string, whole long, nil string"
	if diff := cmp.Diff(wantTypes, types(r.Layout())); diff != "" {
		t.Error(diff)
	}
	got := read(t, r)
	want := "1|2|1.5|0.1|a|2024-02-29|2024-02-29T12:00:00.500000|2024-02-29T10:00:00Z|true|AP8=|12:30:00.000000|6ba7b810-9dad-11d1-80b4-00c04fd430c8|1|x|9007199254740993|NULL\n" +
		"2|NULL|2|3|b|NULL|NULL|NULL|false|NULL|NULL|NULL|1.5|5|1|NULL"
	if diff := cmp.Diff(want, strings.ReplaceAll(rows(got), "12:00:00.5|", "12:00:00.500000|")); diff != "" {
		t.Error(diff)
	}
	if len(got.Rejects) != 1 || got.Rejects[0].Line != 3 {
		t.Fatalf("rejects %+v", got.Rejects)
	}
	var columns []string
	for _, v := range got.Rejects[0].Violations {
		columns = append(columns, v.Column)
	}
	if diff := cmp.Diff("small price ratio name day at zoned ok clock who", strings.Join(columns, " ")); diff != "" {
		t.Error(diff, got.Rejects[0].Raw)
	}
}

func TestViewStaysWhileOthersCommit(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (a INTEGER)`, `INSERT INTO t VALUES (1), (2)`)
	r := d.open(t, connector.SourceRequest{Table: "t", Threads: 3})
	d.exec(t, `DELETE FROM t WHERE a = 1`, `INSERT INTO t VALUES (3)`)
	if got := rows(read(t, r)); got != "1\n2" {
		t.Errorf("the first view now has %s", got)
	}
	if got := rows(read(t, d.open(t, connector.SourceRequest{Table: "t"}))); got != "2\n3" {
		t.Errorf("the second view has %s", got)
	}
}

const manyRows = `INSERT INTO t (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i * 3 - 1000 FROM n`

func TestPartsHaveEveryRowOnce(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (id INTEGER PRIMARY KEY)`, manyRows)
	r := d.open(t, connector.SourceRequest{Table: "t", Threads: 4})
	if len(r.Parts()) != 4 {
		t.Errorf("%d parts", len(r.Parts()))
	}
	seen := map[string]int{}
	for _, row := range read(t, r).Rows {
		seen[row[0]]++
	}
	if len(seen) != 200000 || seen["-997"] != 1 || seen["599000"] != 1 {
		t.Errorf("%d distinct rows", len(seen))
	}
}

func TestQueriesAndViewsAndTablesWithoutRowid(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE w (a TEXT PRIMARY KEY) WITHOUT ROWID`, `INSERT INTO w VALUES ('x'), ('y')`, `CREATE VIEW v AS SELECT a, length(a) AS n FROM w`)
	for name, got := range map[string]*connectortest.Collected{
		"a table": read(t, d.open(t, connector.SourceRequest{Table: "w", Threads: 2}, "query", "SELECT a, 1 AS n FROM w;")),
		"a view":  read(t, d.open(t, connector.SourceRequest{Table: "other", Threads: 2}, "table", "v")),
	} {
		if rows(got) != "x|1\ny|1" {
			t.Errorf("%s: %s", name, rows(got))
		}
	}
}

func TestIncrementalLoadsMissAndRepeatNothing(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (v TEXT, at DATETIME)`, `INSERT INTO t VALUES ('a', '2024-01-01'), ('b', '2024-01-02'), ('b', '2024-01-02'), ('n', NULL)`)
	var state []byte
	step := func(want string) {
		t.Helper()
		r := d.open(t, connector.SourceRequest{Table: "t", Cursor: "AT", State: state})
		if got := strings.ReplaceAll(rows(read(t, r)), "T00:00:00", ""); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		var err error
		if state, err = r.State(); err != nil {
			t.Fatal(err)
		}
	}
	step("a|2024-01-01\nb|2024-01-02\nb|2024-01-02\nn|NULL")
	step("")
	d.exec(t, `INSERT INTO t VALUES ('b', '2024-01-02'), ('c', '2024-01-02'), ('m', NULL), ('d', '2024-01-03'), ('late', '2024-01-01')`)
	step("b|2024-01-02\nc|2024-01-02\nm|NULL\nd|2024-01-03")
	step("")
	d.exec(t, `ALTER TABLE t ADD COLUMN more`, `INSERT INTO t VALUES ('e', '2024-01-03', 1)`)
	step("e|2024-01-03|1")
	step("")
	_, err := d.tryOpen(t.Context(), connector.SourceRequest{Table: "t", Cursor: "v", State: state})
	if code(err) != "changed-cursor" {
		t.Errorf("another cursor: %v", err)
	}
}

// Too many rows at the edge are read again where a key tells them apart, and a
// problem where nothing does.
func TestCrowdedCursors(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)`, manyRows)
	r := d.open(t, connector.SourceRequest{Table: "t", Cursor: "at"})
	state, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.tryOpen(t.Context(), connector.SourceRequest{Table: "t", Cursor: "at", State: state}); code(err) != "crowded-cursor" {
		t.Errorf("without a key: %v", err)
	}
	d.open(t, connector.SourceRequest{Table: "t", Cursor: "at", State: state, PrimaryKey: []string{"id"}})
}

func TestKeysOfAllRows(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (v TEXT, b INTEGER, a INTEGER)`, `INSERT INTO t VALUES ('x', 1, 2), ('y', 3, 4)`)
	r := d.open(t, connector.SourceRequest{Table: "t", PrimaryKey: []string{"a", "B"}})
	got := &connectortest.Collected{}
	if err := r.ReadKeys(t.Context(), got.Sink()); err != nil {
		t.Fatal(err)
	}
	if rows(got) != "2|1\n4|3" || strings.Join(got.Columns, " ") != "a b" {
		t.Errorf("%v: %s", got.Columns, rows(got))
	}
}

func code(err error) string {
	var problem *diag.Problem
	if !errors.As(err, &problem) || problem.Hint == "" {
		return fmt.Sprint(err)
	}
	return problem.Code
}

func TestProblems(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE orders (a INTEGER)`, `CREATE TABLE twice (a, _tarn_x)`)
	text := &database{path: filepath.Join(t.TempDir(), "a.db")}
	if err := os.WriteFile(text.path, []byte(strings.Repeat("no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d       *database
		req     connector.SourceRequest
		options []string
		want    string
	}{
		"no such file":      {d: &database{path: "nowhere.db"}, want: "no-file"},
		"no database":       {d: text, want: "damaged"},
		"no such table":     {d: d, req: connector.SourceRequest{Table: "order"}, want: "unknown-table"},
		"no such column":    {d: d, req: connector.SourceRequest{Table: "orders", Cursor: "at"}, want: "unknown-column"},
		"a bad query":       {d: d, options: []string{"query", "SELEC 1"}, want: "bad-query"},
		"a writing query":   {d: d, options: []string{"query", "DELETE FROM orders"}, want: "bad-query"},
		"a reserved column": {d: d, options: []string{"table", "twice"}, want: "reserved-column"},
		"no such option":    {d: d, options: []string{"tabel", "x"}, want: "unknown-option"},
	} {
		if _, err := c.d.tryOpen(t.Context(), c.req, c.options...); code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFailuresOfSinkAndCancellationComeThrough(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (id INTEGER PRIMARY KEY)`, manyRows)
	r := d.open(t, connector.SourceRequest{Table: "t"})
	errFull := errors.New("the disk is full")
	sink := connectortest.SinkFuncs{OnRows: func(arrow.RecordBatch) error { return errFull }}
	if _, err := r.Read(t.Context(), 0, r.Layout(), sink); !errors.Is(err, errFull) {
		t.Errorf("want the sink's error, got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, 0, r.Layout(), connectortest.SinkFuncs{}); !errors.Is(err, context.Canceled) {
		t.Errorf("want context.Canceled, got %v", err)
	}
}

// A damaged page is found, and nothing panics.
func TestDamagedPages(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)`, `INSERT INTO t (v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT 'value ' || i FROM n`)
	if err := d.writer.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := 4096; at < len(whole); at += 4096 {
		stored := append([]byte(nil), whole...)
		for i := range 64 {
			stored[at+i] ^= 0xA5
		}
		damaged := &database{path: filepath.Join(t.TempDir(), "b.db")}
		if err := os.WriteFile(damaged.path, stored, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := damaged.tryOpen(t.Context(), connector.SourceRequest{Table: "t"})
		if err == nil {
			_, err = r.Read(t.Context(), 0, r.Layout(), connectortest.SinkFuncs{})
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if code(err) == "damaged" {
			found++
		} else {
			t.Errorf("page at %d: %v", at, err)
		}
	}
	if found == 0 {
		t.Error("no damage was found")
	}
}
