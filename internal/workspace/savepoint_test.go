//go:build duckdb_arrow

package workspace

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// temporary are statements over tables that only the transaction has.
var temporary = []string{
	"CREATE OR REPLACE TEMP TABLE kept AS SELECT id, g, name FROM a WHERE id > 20",
	"CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT id, g, name FROM b; UPDATE kept SET g = g + 1; DELETE FROM kept WHERE id % 2 = 0; INSERT INTO b (id, g, name) SELECT id, g, name FROM kept",
	"DROP TABLE IF EXISTS kept",
}

// play runs statements with savepoints between them, chosen by chance, and
// returns those that were not taken back.
func play(t *testing.T, r *rand.Rand, w *Workspace, list []string) (stayed []string) {
	t.Helper()
	x := &Transaction{work: w}
	type point struct {
		at     *Savepoint
		stayed int
	}
	points := []point{{}} // the beginning
	for _, sql := range list {
		w.do(t, sql)
		stayed = append(stayed, sql)
		switch at := r.IntN(len(points)); r.IntN(6) {
		case 0, 1, 2:
			points = append(points, point{x.Save(), len(stayed)})
		case 3, 4:
			must(t, x.Back(t.Context(), points[at].at))
			stayed, points = stayed[:points[at].stayed], points[:at+1]
		case 5:
			if at > 0 {
				x.Release(points[at].at)
				points = points[:at]
			}
		}
	}
	return stayed
}

// What was taken back is as if it had not been: a transaction that only ran the
// rest leaves the same tables.
func TestWhatASavepointTakesBackWasNot(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 6))
		list := strings.Split(randomScript(r), ";\n")
		for i := 4; i < len(list); i += 4 {
			list[i] += ";\n" + temporary[r.IntN(len(temporary))]
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			going, straight := newShop(t), newShop(t)
			for _, s := range []*shop{going, straight} {
				w := s.open(t)
				w.do(t, strings.Join(list[:2], ";"))
				s.publish(t, w)
			}
			w := going.open(t)
			stayed := play(t, r, w, list[2:])
			going.publish(t, w)
			other := straight.open(t)
			if len(stayed) > 0 {
				other.do(t, strings.Join(stayed, ";\n"))
			}
			straight.publish(t, other)
			for _, sql := range []string{"SELECT * FROM a ORDER BY ALL", "SELECT * FROM b ORDER BY ALL", "SELECT table_name, table_type FROM information_schema.tables ORDER BY ALL"} {
				if diff := cmp.Diff(straight.read(t, sql), going.read(t, sql)); diff != "" {
					t.Errorf("%s:\n%s\n%s", sql, diff, strings.Join(list, ";\n"))
				}
			}
		})
	}
}

// Between savepoints a table gets one snapshot, and what was taken back leaves no
// file, nor does a transaction that is given up.
func TestSavepointsLeaveNothingBehind(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id FROM range(3)")
	before := len(s.Table(t, "orders").Snapshots())
	w := s.open(t)
	x := &Transaction{work: w}
	w.do(t, "INSERT INTO orders VALUES (10); INSERT INTO orders VALUES (11); CREATE TABLE fresh AS SELECT 1 AS id; CREATE TEMP TABLE mine AS SELECT 1 AS id")
	first := x.Save()
	w.do(t, "INSERT INTO mine VALUES (2); DROP TABLE fresh; DELETE FROM orders WHERE id < 3; ALTER TABLE orders RENAME TO other; CREATE SCHEMA more")
	must(t, x.Back(t.Context(), first))
	rows(t, "0, 1, 10, 11, 2", w.do(t, "SELECT id FROM orders"))
	rows(t, "1", w.do(t, "SELECT f.id FROM fresh f JOIN mine m USING (id)"))
	w.do(t, "UPDATE orders SET id = 20 WHERE id = 10; INSERT INTO fresh VALUES (2)")
	second := x.Save()
	w.do(t, "INSERT INTO orders VALUES (30)")
	x.Release(second)
	w.do(t, "INSERT INTO orders VALUES (31); DELETE FROM orders WHERE id = 30")
	s.publish(t, w)
	rows(t, "0, 1, 11, 2, 20, 31", s.read(t, "SELECT id FROM orders"))
	rows(t, "1, 2", s.read(t, "SELECT id FROM fresh"))
	rows(t, "information_schema, main, system", s.read(t, "SELECT schema_name FROM information_schema.schemata"))
	if n := len(s.Table(t, "orders").Snapshots()) - before; n != 3 {
		t.Errorf("%d snapshots were added", n)
	}
	s.onlyNeeded(t, "orders", "fresh")
	w = s.open(t)
	x = &Transaction{work: w}
	for range 3 {
		w.do(t, "INSERT INTO orders VALUES (40); CREATE OR REPLACE TABLE fresh AS SELECT 9 AS id")
		x.Save()
	}
	must(t, w.Discard(t.Context()))
	s.onlyNeeded(t, "orders", "fresh")
}
