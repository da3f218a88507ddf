//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheCatalogTellsOfTheTables(t *testing.T) {
	c := newServer(t).connect(t)
	for sql, want := range map[string]string{
		`SELECT n.nspname, c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r','p','') AND n.nspname !~ '^pg_toast' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1, 2`: "main|orders|r|anna\nshop|prices|r|anna",
		`SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_catalog.pg_attribute a
			WHERE a.attrelid = 'orders'::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`: "id|bigint|f\namount|numeric(9,2)|f\nregion|text|f\nday|date|f",
		`SELECT c.relname FROM pg_class c WHERE c.relname OPERATOR(pg_catalog.~) '^(prices)$' COLLATE pg_catalog.default AND c.oid::pg_catalog.text <> ''`: "prices",
		`SELECT current_database(), current_schema(), pg_catalog.current_setting('server_version'), 'shop.prices'::regclass = 'SHOP.prices'::regclass`:     "shop|main|15.0|f",
		"SELECT typname FROM pg_type WHERE oid = 'x'::text::name::text::int8 OR oid = 1016":                                                                "",
		"SELECT t.typname, e.typname FROM pg_type t JOIN pg_type e ON e.oid = t.typelem WHERE t.oid = 1016":                                                "_int8|int8",
		"SELECT datname FROM pg_database":        "shop",
		"SELECT count(*) FROM pg_index, pg_proc": "0",
	} {
		got, err := rows(t, c, sql)
		if want == "" {
			if code(err) != "22P02" {
				t.Errorf("%s: %q %v", sql, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %v\n%s", sql, err, cmp.Diff(want, got))
		}
	}
	for _, sql := range []string{"SELECT * FROM duckdb_settings()", "SELECT tarn_dialect_version()", "SELECT * FROM pg_catalog.pg_nothing", "SELECT system.main.getenv('HOME')", "SELECT pg_catalog.getenv('HOME')"} {
		if got, err := rows(t, c, sql); err == nil {
			t.Errorf("%s: %q", sql, got)
		}
	}
}
