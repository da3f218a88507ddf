//go:build duckdb_arrow

package workspace

import (
	"strconv"
	"testing"
)

// What a statement costs over the work itself: on small tables it is all cost.
func BenchmarkStatement(b *testing.B) {
	for name, sql := range map[string]string{
		"select": "SELECT 1", "insert": "INSERT INTO t VALUES (1, 'x')", "create": "CREATE OR REPLACE TABLE n AS SELECT 1 AS id",
		"update": "UPDATE t SET name = 'y' WHERE id = 1", "view": "CREATE OR REPLACE VIEW v AS SELECT * FROM t", "missing": "DROP TABLE IF EXISTS nothing",
	} {
		b.Run(name, func(b *testing.B) {
			s := newShop(b)
			s.Append(b, "t", "SELECT range AS id, 'n' AS name FROM range(10)")
			w := s.open(b)
			b.ResetTimer()
			for range b.N {
				w.do(b, sql)
			}
			b.StopTimer()
			if rows := w.do(b, "SELECT count(*) FROM t"); name != "insert" && rows[0] != strconv.Itoa(10) {
				b.Errorf("%v rows", rows)
			}
		})
	}
}
