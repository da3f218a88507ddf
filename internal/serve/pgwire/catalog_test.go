//go:build duckdb_arrow

package pgwire_test

import (
	"os"
	"strconv"
	"strings"
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
		`SELECT current_database(), current_schema(), pg_catalog.current_setting('server_version'), 'shop.prices'::regclass = 'SHOP.prices'::regclass`:     "shop|main|15.0|t",
		"SELECT typname FROM pg_type WHERE oid = 'x'::text::name::text::int8 OR oid = 1016":                                                                "",
		"SELECT t.typname, e.typname FROM pg_type t JOIN pg_type e ON e.oid = t.typelem WHERE t.oid = 1016":                                                "_int8|int8",
		"SELECT datname FROM pg_database": "shop",
		// A table is found by its number, and the catalog's own have PostgreSQL's.
		`SELECT c.relname, c.tableoid = 'pg_class'::regclass FROM pg_class c WHERE c.oid = 'shop.prices'::regclass::oid`:    "prices|t",
		"SELECT 1009::regtype::text, 'bigint[]'::regtype::oid, to_regtype('hstore')":                                        "text[]|1016|NULL",
		`SELECT octet_length('\x00ff'::bytea), octet_length('\x00ff'::blob), '\x00FF'::pg_catalog.bytea = '\x00\xFF'::blob`: "2|3|t",
		// The standard's relations have PostgreSQL's words for types.
		"SELECT table_catalog, column_name, data_type, udt_name, numeric_precision, numeric_scale FROM information_schema.columns WHERE table_name = 'orders' ORDER BY ordinal_position LIMIT 3": "shop|id|bigint|int8|64|0\nshop|amount|numeric|numeric|9|2\nshop|region|text|text|NULL|NULL",
		"SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'shop'":                                                                                               "prices|BASE TABLE",
		"SELECT count(*) FROM information_schema.table_constraints JOIN information_schema.key_column_usage USING (constraint_name)":                                                             "0",
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

// Every relation of PostgreSQL's catalog can be read, with all of its columns.
func TestEveryRelationOfTheCatalogCanBeRead(t *testing.T) {
	c := newServer(t).connect(t)
	text, err := os.ReadFile("pgcatalog/catalog.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		name, _, _ := strings.Cut(fields[0], "=")
		columns := make([]string, len(fields)-1)
		for i, f := range fields[1:] {
			column, _, _ := strings.Cut(f, ":")
			columns[i] = strconv.Quote(column)
		}
		if _, err := rows(t, c, "SELECT "+strings.Join(columns, ", ")+" FROM "+name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Numbers of objects come as PostgreSQL's own type of them, by which clients
// that read in binary know what they have.
func TestNumbersOfObjectsAreOfTheirType(t *testing.T) {
	c := newServer(t).connect(t)
	d, err := c.Prepare(t.Context(), "asked", "SELECT oid, array_agg(typelem), typname FROM pg_type WHERE oid = any($1::oid[]) GROUP BY oid, typname ORDER BY oid")
	if err != nil {
		t.Fatal(err)
	}
	got := []uint32{d.Fields[0].DataTypeOID, d.Fields[1].DataTypeOID, d.Fields[2].DataTypeOID, d.ParamOIDs[0]}
	if diff := cmp.Diff([]uint32{26, 1028, 25, 1028}, got); diff != "" {
		t.Error(diff)
	}
	var oid uint32
	if err := c.QueryRow(t.Context(), "asked", []uint32{1007}).Scan(&oid, nil, nil); err != nil || oid != 1007 {
		t.Error(oid, err)
	}
}

func TestColumnsOfFunctionsAreCalledAsTheyAre(t *testing.T) {
	c := newServer(t).connect(t)
	result, err := c.Query(t.Context(), "SELECT current_schema(), pg_catalog.version(), (SELECT current_database()) AS here, to_regclass('orders'), count(*) FROM orders")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var names []string
	for _, f := range result.FieldDescriptions() {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "current_schema version here to_regclass count_star()" {
		t.Error(got)
	}
}
