package pgwire

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

// typeWords are types that are words of the engine's grammar, before which no
// schema can stand.
var typeWords = []string{"TEXT", "BIT", "CHAR", "DEC", "INT", "REAL", "TIME", "FLOAT", "BIGINT", "CHARACTER", "DECIMAL", "BOOLEAN", "INTEGER", "NUMERIC",
	"VARCHAR", "SMALLINT", "INTERVAL", "TIMESTAMP"}

// plainWords writes OPERATOR(pg_catalog.~) as ~ and pg_catalog.text as text,
// with blanks that keep everything in its place. The engine's parser takes oid
// for another word for bigint: xid, which is the same kind of number and as
// long, it leaves to others.
func plainWords(sql string) string {
	if lower := strings.ToLower(sql); !strings.Contains(lower, pgCatalog) && !strings.Contains(lower, "oid") {
		return sql
	}
	out := []byte(sql)
	for _, part := range sqlast.Split(sql) {
		for i, t := range part.Tokens {
			w := &words{sql, part.Tokens[i:]}
			if w.accept(":", ":", "OID") {
				copy(out[part.Tokens[i+2].Start:], "xid")
				continue
			}
			if w.accept("PG_CATALOG", ".") && slices.Contains(typeWords, w.peek()) {
				copy(out[t.Start:], strings.Repeat(" ", w.tokens[0].Start-t.Start))
				continue
			}
			if t.Word != "OPERATOR" || !w.accept("OPERATOR", "(", "PG_CATALOG", ".") {
				continue
			}
			operator := ""
			for !w.ended() && w.peek() != ")" {
				operator += w.next()
			}
			if w.ended() {
				break
			}
			end := w.tokens[0].End
			copy(out[t.Start:end], operator+strings.Repeat(" ", end-t.Start-len(operator)))
		}
	}
	return string(out)
}
