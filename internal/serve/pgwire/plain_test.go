package pgwire

import (
	"strings"
	"testing"
)

func TestPlainWordsKeepEverythingInItsPlace(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 'a' OPERATOR(pg_catalog.~) 'b', 1": "SELECT 'a' ~                      'b', 1",
		"SELECT 'a' OPERATOR(pg_catalog. !~ ) 'b'": "SELECT 'a' !~                        'b'",
		`SELECT '\x00ff'::pg_catalog.bytea, 1`:     `SELECT unhex('00ff')             , 1`,
		"SELECT relname::pg_catalog.text, 7::oid":  "SELECT relname::           text, 7::xid",
		"SELECT 1 OPERATOR(pg_catalog.":            "SELECT 1 OPERATOR(pg_catalog.", "SELECT 1 OPERATOR(pg_catalog.)": "SELECT 1 OPERATOR(pg_catalog.)",
	} {
		if got := plainWords(sql); got != want || len(got) != len(sql) {
			t.Errorf("%q\nis   %q\nwant %q", sql, got, want)
		}
	}
	// Some letters have more bytes when they are small.
	long := "SELECT 1 OPERATOR(pg_catalog." + strings.Repeat("Ⱥ", 100) + ") 2"
	if got := plainWords(long); len(got) != len(long) {
		t.Errorf("%q", got)
	}
}
