//go:build duckdb_arrow

package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open starts an engine with one session; both end with the test.
func open(t testing.TB, o engine.Options) engine.Session {
	t.Helper()
	e, err := duckdb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// rows returns a result as text, a line for each row.
func rows(t testing.TB, s engine.Session, sql string) ([]string, error) {
	t.Helper()
	r, err := s.Query(t.Context(), sql)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	return text(r), r.Err()
}

func text(r array.RecordReader) []string {
	var lines []string
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			values := make([]string, b.NumCols())
			for c := range values {
				values[c] = strings.Clone(b.Column(c).ValueStr(i)) // outlives the batch
			}
			lines = append(lines, strings.Join(values, " "))
		}
	}
	return lines
}

func exec(t testing.TB, s engine.Session, sql string) int64 {
	t.Helper()
	n, err := s.Exec(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func TestExecRunsSeveralStatementsAndCountsRows(t *testing.T) {
	s := open(t, engine.Options{Class: engine.Writer})
	n := exec(t, s, "CREATE TABLE t(a INT); INSERT INTO t FROM range(10); DELETE FROM t WHERE a > 6;")
	if n != 13 {
		t.Errorf("%d rows changed, want 10 + 3", n)
	}
	if _, err := s.Exec(t.Context(), "INSERT INTO t VALUES (1); INSERT INTO nowhere VALUES (1); INSERT INTO t VALUES (2)"); err == nil {
		t.Error("an unknown table was accepted")
	}
	got, err := rows(t, s, "SELECT count(*) FROM t")
	if diff := cmp.Diff([]string{"8"}, got); diff != "" || err != nil {
		t.Errorf("what ran before the failing statement: %v %s", err, diff)
	}
}

func TestQueryTakesOneStatement(t *testing.T) {
	s := open(t, engine.Options{})
	for sql, want := range map[string]string{
		"SELECT 1; SELECT 2":   "expected one statement, got 2",
		"":                     "the statement is empty",
		"  -- nothing":         "the statement is empty",
		"SELECT 1\x00; SELECT": "NUL",
	} {
		if _, err := s.Query(t.Context(), sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Query(%q) = %v, want %s", sql, err, want)
		}
	}
}

func TestErrorsPointIntoTheStatement(t *testing.T) {
	s := open(t, engine.Options{})
	for _, c := range []struct{ sql, kind, at string }{
		{"SELEC 1", "Parser", "SELEC"},
		{"SELECT 'ä', 'ö' FROM x WHERE ,", "Parser", ","},
		{"SELECT 'ä', foo FROM range(3)", "Binder", "foo"},
		{"SELECT 'ä', nothing(1)", "Catalog", "nothing"},
		{"SELECT * FROM nowhere", "Catalog", "nowhere"},
		{"SELECT 'ä', CAST('x' AS INT)", "Conversion", "CAST"},
		{"SELECT error('mine')", "Invalid Input", ""},
	} {
		_, err := rows(t, s, c.sql)
		var e *engine.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v is not an engine error", c.sql, err)
			continue
		}
		at := ""
		if e.Offset >= 0 {
			at = c.sql[e.Offset:]
		}
		if e.Kind != c.kind || !strings.HasPrefix(at, c.at) || (at == "") != (c.at == "") {
			t.Errorf("%s: kind %s at %q, want %s at %s", c.sql, e.Kind, at, c.kind, c.at)
		}
		if strings.ContainsAny(e.Message, "{^") {
			t.Errorf("%s: message %q is not plain", c.sql, e.Message)
		}
	}
}

func TestDescribeSpellsTypesAsTheEngineDoes(t *testing.T) {
	s := open(t, engine.Options{})
	var list []string
	for i, e := range []string{
		"1", "1::TINYINT", "1::UBIGINT", "1::HUGEINT", "1::UHUGEINT", "1.5", "1.5::FLOAT", "1e0", "'x'", "'x'::BLOB", "true",
		"DATE '2020-01-01'", "TIME '01:00'", "now()", "TIMESTAMP '2020-01-01'", "'2020-01-01'::TIMESTAMP_S",
		"'2020-01-01'::TIMESTAMP_MS", "'2020-01-01'::TIMESTAMP_NS", "'12:00'::TIMETZ", "'101'::BIT", "INTERVAL 1 DAY", "uuid()",
		"'1'::JSON", "[1]", "[[1.5]]", "[1, 2]::INT[2]", "MAP {1: 'a'}", "{'a': 1, 'B c': [2], 'select': 3, 'X': 1, 'über': {'z': 2}}",
		"'a'::ENUM('x', 'a', 'it''s')", "union_value(a := 1)", "[{'values': MAP {'a': 1.25}}]", "1::BIGNUM",
	} {
		list = append(list, fmt.Sprintf("%s AS c%d", e, i))
	}
	got, err := s.Describe(t.Context(), "SELECT "+strings.Join(list, ", "))
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "SELECT "+strings.Join(list, ", "))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, r.Columns()); diff != "" {
		t.Errorf("the result's columns: %s", diff)
	}
	r.Release()
	for _, c := range got {
		want, err := rows(t, s, fmt.Sprintf("SELECT typeof(%s) FROM (SELECT %s)", c.Name, strings.Join(list, ", ")))
		if diff := cmp.Diff(want, []string{c.Type}); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.Name, err, diff)
		}
	}
}

func TestDescribeDoesNotRun(t *testing.T) {
	s := open(t, engine.Options{Class: engine.Writer})
	if _, err := s.Describe(t.Context(), "CREATE TABLE t(a INT)"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Describe(t.Context(), "SELECT * FROM t"); err == nil {
		t.Error("describing a statement ran it")
	}
}

func TestInstancesWorkInUTC(t *testing.T) {
	t.Setenv("TZ", "America/New_York")
	for _, class := range []engine.Class{engine.Reader, engine.Writer} {
		s := open(t, engine.Options{Class: class})
		got, err := rows(t, s, "SELECT CAST(TIMESTAMP '2020-06-01 12:00:00' AS TIMESTAMPTZ)::VARCHAR")
		if diff := cmp.Diff([]string{"2020-06-01 12:00:00+00"}, got); diff != "" || err != nil {
			t.Errorf("class %d: %v %s", class, err, diff)
		}
	}
}

func TestClosedEngineAndSessionSaySo(t *testing.T) {
	e, err := duckdb.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "FROM range(1000000)")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Close(), e.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if r.Next() || !errors.Is(r.Err(), engine.ErrClosed) {
		t.Errorf("a result outlived its engine: %v", r.Err())
	}
	r.Release()
	if _, err := e.Session(t.Context()); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Session on a closed engine: %v", err)
	}
	if _, err := s.Exec(context.Background(), "SELECT 1"); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Exec on a closed session: %v", err)
	}
}

// A server reads files for weeks, most of which are replaced and removed.
func TestNothingIsKeptOfFilesThatWereRead(t *testing.T) {
	s := open(t, engine.Options{Class: engine.Writer})
	file := ident.Literal(filepath.Join(t.TempDir(), "numbers.parquet"))
	exec(t, s, "COPY (FROM range(100000)) TO "+file)
	if got, err := rows(t, s, "SELECT sum(range) FROM read_parquet("+file+")"); err != nil || got[0] != "4999950000" {
		t.Fatalf("the sum is %v, %v", got, err)
	}
	got, err := rows(t, s, "SELECT count(*) FROM duckdb_external_file_cache()")
	if err != nil || got[0] != "0" {
		t.Errorf("of files the engine keeps %v pieces, %v", got, err)
	}
}
