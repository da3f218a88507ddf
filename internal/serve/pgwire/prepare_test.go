//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

func TestSQLsOwnPreparedStatements(t *testing.T) {
	c := newServer(t).connect(t)
	for _, step := range [][2]string{
		{"PREPARE a (int, text) AS SELECT id, $2 AS w FROM orders WHERE id >= $1 ORDER BY id", ""},
		{"EXECUTE a (38, 'it''s')", "38|it's\n39|it's"}, {"EXECUTE a (-1 + 40, NULL)", "42P02"}, {"EXECUTE a ( 39 , NULL )", "39|NULL"},
		{"PREPARE a AS SELECT 1", "42P05"}, {"PREPARE b (nothing) AS SELECT $1", "42704"}, {"PREPARE b AS", "42601"}, {"PREPARE b AS SELECT $1 FROM nothing", "42P01"},
		{"PREPARE b AS SELECT $1::numeric, $2", ""}, {"EXECUTE b (123456789012.25, DATE '2020-01-02')", "123456789012.250|2020-01-02"},
		{"EXECUTE a (1)", "42601"}, {"EXECUTE a", "42601"}, {"EXECUTE c", "26000"}, {"EXECUTE a (1, 'x'), (2)", "42601"},
		{"EXECUTE a ((SELECT 1), 'x')", "42P02"}, {"EXECUTE a ('x', 'y')", "22P02"},
		{"PREPARE d AS INSERT INTO shop.prices VALUES ($1)", ""}, {"EXECUTE d (2.5)", ""}, {"SELECT sum(price) FROM shop.prices", "4"},
		{"DEALLOCATE a", ""}, {"EXECUTE a (1, 'x')", "26000"}, {"DEALLOCATE ALL", ""}, {"EXECUTE b (1, 2)", "26000"},
	} {
		got, err := rows(t, c, step[0])
		if err != nil {
			got = code(err)
		}
		if got != step[1] {
			t.Errorf("%s: %q, not %q: %v", step[0], got, step[1], err)
		}
	}
}

func TestAStatementThatExecutesItself(t *testing.T) {
	_, f := newServer(t).dial(t)
	parse := &pgproto3.Parse{Name: "a", Query: "EXECUTE a"}
	if got := talk(t, f, parse, &pgproto3.Bind{PreparedStatement: "a"}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "1E(0A000)Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Parse{Name: "b", Query: "SELECT $1::int AS n"}, &pgproto3.Parse{Query: "EXECUTE b (7)"}, &pgproto3.Describe{ObjectType: 'S'},
		&pgproto3.Bind{}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "11t[]T2TDC(SELECT 1)Z" {
		t.Error(got)
	}
}

// A plan tells of tables and how much of them is read, and of no file.
func TestAPlanTellsOfTables(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for sql, want := range map[string]string{
		"EXPLAIN SELECT * FROM orders WHERE id = 1":                      "Scan on main.orders  (rows=40 of 1 file, ",
		"EXPLAIN SELECT * FROM orders WHERE id = 1000":                   "Scan on main.orders  (rows=0 of 0 files, 0 bytes)",
		"EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM orders, shop.prices": "->  Scan on shop.prices  (rows=1 of 1 file, ",
		"EXPLAIN SELECT 1": "Result  (no tables)",
		"EXPLAIN (FORMAT JSON) SELECT price FROM shop.prices": `"Schema": "shop", "Relation Name": "prices", "Plan Rows": 1, "Files": 1`,
	} {
		got, err := rows(t, c, sql)
		if err != nil || !strings.Contains(got, want) || strings.Contains(got, s.Dir) || strings.Contains(got, ".parquet") {
			t.Errorf("%s: %q %v", sql, got, err)
		}
	}
	for sql, want := range map[string]string{
		"EXPLAIN SELECT * FROM nothing": "42P01", "EXPLAIN ANALYZE DELETE FROM orders": "0A000", "EXPLAIN (ANALYZE) SELECT error('no')": "42000", "EXPLAIN DELETE FROM orders": "0A000",
		"EXPLAIN": "42601", "EXPLAIN (FORMAT XML) SELECT 1": "0A000", "EXPLAIN SELECT getenv('HOME')": "42883",
	} {
		if _, err := rows(t, c, sql); code(err) != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
