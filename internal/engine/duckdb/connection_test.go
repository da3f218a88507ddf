//go:build duckdb_arrow

package duckdb_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
)

// Sessions take over each other's connections, but nothing that was left there.
func TestNothingOfASessionIsLeftForTheNext(t *testing.T) {
	in, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for _, c := range []struct{ leave, look string }{
		{"CREATE TEMP TABLE left_behind AS SELECT 1 AS a", "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'left_behind'"},
		{"SET schema = 'information_schema'", "SELECT count(*) FROM range(1) WHERE current_schema() = 'information_schema'"},
		{"SET VARIABLE left_behind = 1", "SELECT count(*) FROM range(1) WHERE getvariable('left_behind') IS NOT NULL"},
		{"PREPARE left_behind AS SELECT 1", "SELECT count(*) FROM duckdb_prepared_statements() WHERE name = 'left_behind'"},
	} {
		for _, run := range []func(engine.Session) error{
			func(s engine.Session) error { _, err := s.Exec(t.Context(), c.leave); return err },
			func(s engine.Session) error {
				r, err := s.Query(t.Context(), c.leave)
				if err == nil {
					r.Release()
				}
				return err
			},
		} {
			s, err := in.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := run(s); err != nil {
				t.Fatalf("%s: %v", c.leave, err)
			}
			s.Close()
			next, err := in.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := rows(t, next, c.look); err != nil || got[0] != "0" {
				t.Errorf("after %s: %v %v", c.leave, got, err)
			}
			next.Close()
		}
	}
}

// A session that was interrupted in the middle leaves a connection that works.
func TestAnInterruptedSessionLeavesAConnectionThatWorks(t *testing.T) {
	in, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Reader, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for range 20 {
		s, err := in.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rows(t, s, "SELECT 1"); err != nil || got[0] != "1" {
			t.Fatal(got, err)
		}
		r, err := s.Query(t.Context(), "SELECT a.range FROM range(1000000000) a, range(1000) b")
		if err != nil {
			t.Fatal(err)
		}
		r.Next()
		s.Close()
		r.Release()
	}
}

func TestTextIsAskedWithTexts(t *testing.T) {
	s := open(t, engine.Options{Threads: 1})
	long := strings.Repeat("ab'c\"ä", 1000)
	for _, word := range []string{"", "x", "it's", long} {
		for range 2 {
			got, err := s.Text(t.Context(), "SELECT ?::VARCHAR || '!'", word)
			if err != nil || got != word+"!" {
				t.Errorf("%.20q: %.20q %v", word, got, err)
			}
		}
	}
	for query, want := range map[string]string{
		"SELECT 1":                      "something else",
		"SELECT NULL::VARCHAR":          "NULL",
		"SELECT 'a' WHERE false":        "no text",
		"SELECT 'a' FROM range(2)":      "something else",
		"SELECT 'a', 'b'":               "something else",
		"SELECT error('oh no')":         "oh no",
		"SELECT upper(?::VARCHAR) FROM": "syntax error",
	} {
		if got, err := s.Text(t.Context(), query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q %v", query, got, err)
		}
	}
	if _, err := s.Text(t.Context(), "SELECT ?::VARCHAR", "a\x00b"); err == nil {
		t.Error("a text was cut at NUL")
	}
	if got, err := s.Text(t.Context(), "SELECT ?::VARCHAR", "still"); err != nil || got != "still" {
		t.Error(got, err)
	}
}

// What was described and is run next is prepared once, and still means what it
// means when it runs.
func TestADescribedStatementRunsOnWhatIsThere(t *testing.T) {
	in, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	session := func() engine.Session {
		s, err := in.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, other := session(), session()
	exec(t, s, "CREATE TABLE t AS SELECT 1 AS a")
	for _, change := range []string{"", "INSERT INTO t VALUES (2)", "CREATE OR REPLACE TABLE t AS SELECT 'x' AS b, 'y' AS c"} {
		if _, err := s.Describe(t.Context(), "FROM t"); err != nil {
			t.Fatal(err)
		}
		if change != "" {
			exec(t, other, change)
		}
		want, err := rows(t, other, "FROM t")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := rows(t, s, "FROM t"); err != nil || !slices.Equal(got, want) {
				t.Errorf("after %q: got %v, want %v; %v", change, got, want, err)
			}
		}
	}
	if err := errors.Join(s.Close(), other.Close()); err != nil {
		t.Error(err)
	}
}
