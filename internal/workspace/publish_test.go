//go:build duckdb_arrow

package workspace

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/write"
)

func rows(t *testing.T, want string, got []string) {
	t.Helper()
	slices.Sort(got)
	if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
		t.Error(diff)
	}
}

func TestReadersSeeNothingBeforeItIsPublished(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id FROM range(3)")
	s.Append(t, "old", "SELECT 1 AS id")
	w := s.open(t)
	w.do(t, `INSERT INTO orders VALUES (10); DELETE FROM orders WHERE id = 0; UPDATE orders SET id = 20 WHERE id = 10;
		DROP TABLE old; CREATE TABLE fresh AS SELECT 1 AS id; CREATE VIEW seen AS SELECT id + 1 AS id FROM fresh; CREATE SCHEMA empty`)
	rows(t, "1, 2, 20", w.do(t, "SELECT id FROM orders"))
	rows(t, "2", w.do(t, "SELECT id FROM seen"))
	rows(t, "0, 1, 2", s.read(t, "SELECT id FROM orders"))
	rows(t, "old, orders", s.read(t, "SELECT table_name FROM information_schema.tables"))
	before := time.Now()
	s.publish(t, w)
	rows(t, "1, 2, 20", s.read(t, "SELECT id FROM orders"))
	rows(t, "fresh, orders, seen", s.read(t, "SELECT table_name FROM information_schema.tables"))
	rows(t, "empty, information_schema, main, system", s.read(t, "SELECT schema_name FROM information_schema.schemata"))
	// What was dropped is in the lake's history.
	past, err := s.PinAt(t.Context(), before)
	must(t, err)
	if _, err := past.Load(t.Context(), ident.Table{Namespace: "main", Name: "old"}); err != nil {
		t.Error(err)
	}
	if _, found := past.Entry(ident.Table{Namespace: "main", Name: "fresh"}); found {
		t.Error("the new table is in the past")
	}
	now, err := s.PinAt(t.Context(), time.Now())
	must(t, err)
	if _, found := now.Entry(ident.Table{Namespace: "main", Name: "old"}); found {
		t.Error("the dropped table is still there")
	}
}

func TestManyStatementsMakeOneSnapshot(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id, 'x' AS name FROM range(10)")
	s.Append(t, "orders", "SELECT range AS id, 'y' AS name FROM range(10, 20)")
	before := s.Table(t, "orders")
	w := s.open(t)
	w.do(t, `INSERT INTO orders SELECT range, 'new' FROM range(100, 105); INSERT INTO orders VALUES (200, 'two');
		DELETE FROM orders WHERE id IN (1, 101); UPDATE orders SET name = 'late' WHERE id >= 102;
		ALTER TABLE orders ADD COLUMN extra INTEGER; UPDATE orders SET extra = 1 WHERE id = 3; ALTER TABLE orders RENAME COLUMN name TO label`)
	s.publish(t, w)
	after := s.Table(t, "orders")
	if n := len(after.Snapshots()) - len(before.Snapshots()); n != 1 || after.UUID() != before.UUID() {
		t.Errorf("%d snapshots were added", n)
	}
	snapshot := after.Current()
	if snapshot.Operation != "overwrite" || snapshot.ParentID != before.Current().ID || snapshot.Summary["total-records"] != "24" || snapshot.Summary["tarn.run"] != "run" {
		t.Errorf("%+v", snapshot)
	}
	// The file of which no row was touched is the one that was there.
	files := func(table *lake.Table) (uris []string) {
		list, err := table.Files(t.Context(), lake.At{}, nil)
		must(t, err)
		for _, f := range list {
			uris = append(uris, f.URI)
		}
		return uris
	}
	if had := files(before); !slices.Contains(files(after), had[1]) || slices.Contains(files(after), had[0]) {
		t.Errorf("%v became %v", had, files(after))
	}
	rows(t, "0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 3, 4, 5, 6, 7, 8, 9", s.read(t, "SELECT id FROM orders AT (VERSION => "+itoa(before.Current().ID)+")"))
	s.onlyNeeded(t, "orders")
}

// onlyNeeded checks that all data files in the warehouse are those of some
// snapshot, once what nobody needs is swept.
func (s *shop) onlyNeeded(t *testing.T, names ...string) {
	t.Helper()
	_, err := s.Sweep(t.Context(), func(string) bool { return false })
	must(t, err)
	needed := map[string]bool{}
	for _, name := range names {
		table := s.Table(t, name)
		for _, snapshot := range table.Snapshots() {
			list, err := table.Files(t.Context(), lake.At{SnapshotID: snapshot.ID}, nil)
			must(t, err)
			for _, f := range list {
				needed[f.Path] = true
			}
		}
	}
	must(t, filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".parquet") && !needed[path] {
			t.Errorf("%s is left over", path)
		}
		return err
	}))
}

func TestAppendsMoveAlongWithOthers(t *testing.T) {
	s := newShop(t)
	s.Append(t, "audit", "SELECT 'start' AS event")
	first, second := s.open(t), s.over(t, s.scope(t), "other")
	first.do(t, "INSERT INTO audit VALUES ('a'); INSERT INTO audit VALUES ('b')")
	second.do(t, "INSERT INTO audit VALUES ('c'); INSERT INTO audit VALUES ('d')")
	s.publish(t, first)
	s.publish(t, second)
	rows(t, "a, b, c, d, start", s.read(t, "SELECT event FROM audit"))
	s.onlyNeeded(t, "audit")
}

func TestChangesOfMovedTablesConflict(t *testing.T) {
	for _, change := range []string{
		"DELETE FROM audit WHERE event = 'start'", "DROP TABLE audit", "CREATE OR REPLACE TABLE audit AS SELECT 1 AS id",
		"ALTER TABLE audit RENAME TO other", "CREATE TABLE tmp AS SELECT 1 AS id; DROP TABLE audit; ALTER TABLE tmp RENAME TO audit",
	} {
		s := newShop(t)
		s.Append(t, "audit", "SELECT 'start' AS event")
		w := s.open(t)
		w.do(t, change)
		s.Append(t, "audit", "SELECT 'between' AS event")
		if err := s.Publish(t.Context(), w.Changes(), nil); !errors.Is(err, lake.ErrConflict) {
			t.Errorf("%s: %v", change, err)
		}
		rows(t, "between, start", s.read(t, "SELECT event FROM audit"))
		must(t, w.Discard(t.Context()))
	}
}

func TestTablesTakeEachOthersNames(t *testing.T) {
	s := newShop(t)
	s.Append(t, "a", "SELECT 'a' AS v")
	s.Append(t, "b", "SELECT 'b' AS v, 1 AS n")
	w := s.open(t)
	w.do(t, `ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b; INSERT INTO a VALUES ('more', 2); UPDATE b SET v = 'was a'`)
	s.publish(t, w)
	rows(t, "b, more", s.read(t, "SELECT v FROM a"))
	rows(t, "was a", s.read(t, "SELECT v FROM b"))
	rows(t, "a, b", s.read(t, "SELECT table_name FROM information_schema.tables"))
	s.onlyNeeded(t, "a", "b")
	again := s.open(t)
	again.do(t, "DELETE FROM a WHERE v = 'b'; INSERT INTO b VALUES ('last')")
	s.publish(t, again)
	rows(t, "more", s.read(t, "SELECT v FROM a"))
	rows(t, "last, was a", s.read(t, "SELECT v FROM b"))
}

func TestChangesGoOnFromThoseOfEarlierSteps(t *testing.T) {
	for _, held := range []bool{false, true} {
		s := newShop(t)
		s.Append(t, "t", "SELECT 1 AS id")
		first := s.open(t)
		first.do(t, "INSERT INTO t VALUES (2), (3)")
		scope := s.scope(t)
		table, err := first.Scope().Table(t.Context(), ident.Table{Namespace: "main", Name: "t"})
		must(t, err)
		scope.overlay[table.Name().Key()] = table
		second := s.over(t, scope, "second")
		second.do(t, "DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (4); UPDATE t SET id = 10 WHERE id = 1")
		rows(t, "10, 3, 4", second.do(t, "SELECT id FROM t"))
		if held {
			must(t, s.Hold(t.Context(), first.Changes().Candidates, "why"))
			must(t, s.Hold(t.Context(), second.Changes().Candidates, "why"))
			_, err := s.Sweep(t.Context(), func(string) bool { return false })
			must(t, err)
		}
		s.publish(t, first, second)
		rows(t, "10, 3, 4", s.read(t, "SELECT id FROM t"))
		if n := len(s.Table(t, "t").Snapshots()); n != 2 {
			t.Errorf("%d snapshots", n)
		}
	}
}

func TestDiscardLeavesNothing(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id FROM range(3)")
	w := s.open(t)
	w.do(t, `CREATE TABLE a AS SELECT 1 AS id; INSERT INTO orders VALUES (7); CREATE TEMP TABLE b AS SELECT 1 AS id; DROP TABLE a; DROP TABLE orders`)
	must(t, w.Discard(t.Context()))
	if !w.Changes().IsEmpty() {
		t.Error("changes are left")
	}
	rows(t, "0, 1, 2", w.do(t, "SELECT id FROM orders"))
	swept, err := s.Sweep(t.Context(), func(string) bool { return false })
	must(t, err)
	if swept.Stages+swept.Files > 0 {
		t.Errorf("%+v was left", swept)
	}
	s.onlyNeeded(t, "orders")
}

func TestFailedStatementsLeaveWhatWasThere(t *testing.T) {
	s := newShop(t)
	w := s.open(t)
	w.do(t, "CREATE TABLE a (id INTEGER NOT NULL); INSERT INTO a VALUES (1), (2)")
	for _, sql := range []string{
		"INSERT INTO a SELECT 1 UNION ALL SELECT error('boom')", "UPDATE a SET id = NULL", "INSERT INTO a VALUES ('text')",
		"INSERT INTO a SELECT NULL", "DELETE FROM a WHERE error('boom') = 1", "CREATE OR REPLACE TABLE a AS SELECT error('boom') AS x",
		"MERGE INTO a USING (SELECT 1 AS id) AS s USING (id) WHEN MATCHED THEN ERROR 'boom'", "ALTER TABLE a ALTER COLUMN id TYPE DATE",
		"CREATE TABLE b AS SELECT error('boom') AS x", "CREATE TABLE c AS SELECT INTERVAL 1 DAY AS x",
	} {
		if _, _, err := w.run(t, sql); err == nil {
			t.Errorf("%s went well", sql)
		}
		rows(t, "1, 2", w.do(t, "SELECT id FROM a"))
	}
	rows(t, "a", w.do(t, "SELECT table_name FROM information_schema.tables"))
	s.publish(t, w)
	rows(t, "1, 2", s.read(t, "SELECT id FROM a"))
	s.onlyNeeded(t, "a")
}

// What is built natively counts what statements did before, and statements
// after it go on from there.
func TestNativeStatesStandBetweenStatements(t *testing.T) {
	for before, want := range map[string]string{
		"SELECT 1":                   "0, 1, 10, 7",
		"DELETE FROM t WHERE id = 0": "1, 10, 7",
		"DROP TABLE t":               "10, 7",
		"CREATE OR REPLACE TABLE t AS SELECT 5::BIGINT AS id":                 "10, 5, 7",
		"ALTER TABLE t RENAME TO u; CREATE TABLE t AS SELECT 6::BIGINT AS id": "10, 6, 7",
	} {
		s := newShop(t)
		s.Append(t, "t", "SELECT range AS id FROM range(2)")
		w := s.open(t)
		w.do(t, before)
		must(t, w.Native(t.Context(), ident.Table{Namespace: "main", Name: "t"}, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
			r, err := s.gate.Query(t.Context(), gate.Statement{SQL: "SELECT 10::BIGINT AS id", Who: somebody, Scope: w.Scope()})
			must(t, err)
			defer r.Release()
			op := lake.Append
			if base == nil {
				op = lake.Replace
			}
			return s.writer.Write(t.Context(), write.Request{Stage: stage, Base: base, Op: op, Rows: r, Schema: lake.Schema{Fields: []lake.Field{{Name: "id", Type: lake.TypeOf(lake.Long)}}}})
		}))
		w.do(t, "INSERT INTO t VALUES (8); UPDATE t SET id = 7 WHERE id = 8")
		rows(t, want, w.do(t, "SELECT id FROM t"))
		rows(t, "0, 1", s.read(t, "SELECT id FROM t"))
		s.publish(t, w)
		rows(t, want, s.read(t, "SELECT id FROM t"))
		again := s.open(t)
		again.do(t, "DELETE FROM t WHERE id = 7")
		s.publish(t, again)
		rows(t, strings.TrimSuffix(want, ", 7"), s.read(t, "SELECT id FROM t"))
	}
}

// The text of a model runs statements while its own state is being built; on
// its own table it may not.
func TestStatementsRunWhileANativeStateIsBuilt(t *testing.T) {
	for during, want := range map[string]string{
		"CREATE TABLE u AS SELECT 1 AS id": "",
		"DELETE FROM t":                    "conflict",
	} {
		s := newShop(t)
		s.Append(t, "t", "SELECT range AS id FROM range(2)")
		w := s.open(t)
		err := w.Native(t.Context(), ident.Table{Namespace: "main", Name: "t"}, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
			w.do(t, during)
			r, err := s.gate.Query(t.Context(), gate.Statement{SQL: "SELECT 10::BIGINT AS id", Who: somebody, Scope: w.Scope()})
			must(t, err)
			defer r.Release()
			return s.writer.Write(t.Context(), write.Request{Stage: stage, Base: base, Op: lake.Append, Rows: r, Schema: lake.Schema{Fields: []lake.Field{{Name: "id", Type: lake.TypeOf(lake.Long)}}}})
		})
		var p *diag.Problem
		if errors.As(err, &p); (p == nil) != (want == "") || p != nil && p.Code != want {
			t.Errorf("%s: %v, want %q", during, err, want)
		}
		if want == "" {
			rows(t, "0, 1, 10", w.do(t, "SELECT id FROM t"))
			rows(t, "1", w.do(t, "SELECT id FROM u"))
		}
	}
}

func TestCandidatesOfEarlierStepsAreDroppedAndRenamed(t *testing.T) {
	for change, want := range map[string]string{
		"DROP TABLE t; DROP TABLE fresh":                              "",
		"ALTER TABLE t RENAME TO a; ALTER TABLE fresh RENAME TO b":    "a 1, a 2, b 3",
		"ALTER TABLE t RENAME TO a; ALTER TABLE fresh RENAME TO t":    "a 1, a 2, t 3",
		"DROP TABLE t; CREATE TABLE t AS SELECT 9::INTEGER AS id":     "fresh 3, t 9",
		"CREATE OR REPLACE TABLE fresh AS SELECT 8 AS id; TRUNCATE t": "fresh 8",
		"DROP TABLE fresh; ALTER TABLE t RENAME TO fresh":             "fresh 1, fresh 2",
	} {
		s := newShop(t)
		s.Append(t, "t", "SELECT 1 AS id")
		first := s.open(t)
		first.do(t, "INSERT INTO t VALUES (2); CREATE TABLE fresh AS SELECT 3 AS id")
		scope := s.scope(t)
		for _, c := range first.Changes().Candidates {
			table, err := s.LoadAt(t.Context(), c.Name, c.Kind, c.Location)
			must(t, err)
			scope.overlay[table.Name().Key()] = table
		}
		second := s.over(t, scope, "second")
		second.do(t, change)
		s.publish(t, first, second)
		var got []string
		for _, name := range s.read(t, "SELECT table_name FROM information_schema.tables") {
			for _, id := range s.read(t, "SELECT id FROM "+name) {
				got = append(got, name+" "+id)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", change, diff)
		}
	}
}
