package pgwire

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// typeWords are types that are words of the engine's grammar, before which no
// schema can stand.
var typeWords = []string{"TEXT", "BIT", "CHAR", "DEC", "INT", "REAL", "TIME", "FLOAT", "BIGINT", "CHARACTER", "DECIMAL", "BOOLEAN", "INTEGER", "NUMERIC",
	"VARCHAR", "SMALLINT", "INTERVAL", "TIMESTAMP"}

// plainWords writes what the engine's parser would take for something else, in
// ways that keep everything in its place: OPERATOR(pg_catalog.~) as ~,
// pg_catalog.text as text, and '\x00ff'::bytea as unhex('00ff'). It takes oid for
// another word for bigint: xid, which is the same kind of number and as long, it
// leaves to others.
func plainWords(sql string) string {
	lower := strings.ToLower(sql)
	if !slices.ContainsFunc([]string{pgcatalog.Namespace, "oid", "bytea"}, func(word string) bool { return strings.Contains(lower, word) }) {
		return sql
	}
	out := []byte(sql)
	for _, part := range sqlast.Split(sql) {
		for i, t := range part.Tokens {
			w := &words{sql, part.Tokens[i:]}
			switch {
			case t.Text:
				plainBytes(out, w, t)
			case w.accept(":", ":", "OID"):
				copy(out[part.Tokens[i+2].Start:], "xid")
			case w.accept("PG_CATALOG", ".") && slices.Contains(typeWords, w.peek()):
				copy(out[t.Start:], strings.Repeat(" ", w.tokens[0].Start-t.Start))
			case t.Word == "OPERATOR" && w.accept("OPERATOR", "(", "PG_CATALOG", "."):
				plainOperator(out, w, t)
			}
		}
	}
	return string(out)
}

// plainOperator writes an operator whose schema was read.
func plainOperator(out []byte, w *words, t sqlast.Token) {
	signs := w.tokens
	for !w.ended() && w.peek() != ")" {
		w.next()
	}
	if taken := len(signs) - len(w.tokens); taken > 0 && !w.ended() {
		operator, end := w.sql[signs[0].Start:signs[taken-1].End], w.tokens[0].End
		copy(out[t.Start:end], operator+strings.Repeat(" ", end-t.Start-len(operator)))
	}
}

// plainBytes writes bytes that are digits of base 16.
func plainBytes(out []byte, w *words, t sqlast.Token) {
	text := w.next()
	digits, isHex := strings.CutPrefix(text, `\x`)
	if _, err := hex.DecodeString(digits); err != nil || !isHex || !w.accept(":", ":") {
		return
	}
	if w.accept("PG_CATALOG", "."); w.peek() != "BYTEA" {
		return
	}
	end := w.tokens[0].End
	call := "unhex('" + digits + "')"
	copy(out[t.Start:end], call+strings.Repeat(" ", end-t.Start-len(call)))
}
