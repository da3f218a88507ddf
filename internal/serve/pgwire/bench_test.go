//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// BenchmarkShortTransaction is a transaction of one short statement, with what is
// about the session on record and without.
func BenchmarkShortTransaction(b *testing.B) {
	for name, more := range map[string]func(*pgwire.Options){
		"all on record": func(*pgwire.Options) {}, "the query on record": func(o *pgwire.Options) { o.Brief = nil },
	} {
		b.Run(name, func(b *testing.B) {
			r := newRecorder(b)
			c := newServer(b, r.on, more).connect(b)
			for b.Loop() {
				for _, sql := range []string{"BEGIN", "SELECT 1", "COMMIT"} {
					if _, err := rows(b, c, sql); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
