//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"
)

// Comments are told of by pg_description and the functions that read it, of
// tables, views and columns, as the transaction has them.
func TestCommentsAreShown(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for _, sql := range []string{
		"COMMENT ON TABLE orders IS 'what people''ve bought'", "COMMENT ON COLUMN orders.region IS 'where to'", "CREATE VIEW big AS SELECT * FROM orders WHERE id > 30",
		"COMMENT ON VIEW big IS 'the last ones'", "COMMENT ON COLUMN shop.prices.price IS 'in euros'",
	} {
		if _, err := rows(t, c, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for sql, want := range map[string]string{
		`SELECT c.relname, objsubid, description, classoid = 'pg_class'::regclass FROM pg_description JOIN pg_class c ON c.oid = objoid ORDER BY 1, 2`: "big|0|the last ones|t\norders|0|what people've bought|t\norders|3|where to|t\nprices|1|in euros|t",
		`SELECT obj_description('orders'::regclass), pg_catalog.obj_description('orders'::regclass, 'pg_class'), obj_description('orders'::regclass, 'pg_proc'),
			obj_description('shop.prices'::regclass), shobj_description(1, 'pg_database')`: "what people've bought|what people've bought|NULL|NULL|NULL",
		`SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_attribute a WHERE a.attrelid = 'orders'::regclass ORDER BY a.attnum LIMIT 3`: "id|NULL\namount|NULL\nregion|where to",
		// The argument means what it means outside, whatever the catalog's columns are called.
		`SELECT upper(obj_description(objoid)) FROM (SELECT 'orders'::regclass::oid AS objoid, 'no' AS description)`:      "WHAT PEOPLE'VE BOUGHT",
		`SELECT col_description(attrelid, attnum) || '!' FROM pg_attribute WHERE attname = 'price'`:                       "in euros!",
		`SELECT count(*) FROM pg_class c WHERE obj_description(c.oid) LIKE '%last%'`:                                      "1",
		`SELECT d FROM (SELECT obj_description(c.oid, 'pg_class') AS d FROM pg_class c) x WHERE d IS NOT NULL ORDER BY 1`: "the last ones\nwhat people've bought",
	} {
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
	}
	const mine = "SELECT obj_description('orders'::regclass)"
	got, err := rows(t, c, "BEGIN; COMMENT ON TABLE orders IS 'mine'; "+mine)
	if err != nil || got != "mine" {
		t.Error(got, err)
	}
	if got, err := rows(t, s.connect(t), mine); err != nil || got != "what people've bought" {
		t.Error(got, err)
	}
	if got, err := rows(t, c, "ROLLBACK; COMMENT ON TABLE orders IS NULL; "+mine); err != nil || got != "NULL" {
		t.Error(got, err)
	}
	result, err := c.Query(t.Context(), "SELECT col_description(1, 1), obj_description(1) AS other")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range result.FieldDescriptions() {
		names = append(names, f.Name)
	}
	result.Close()
	if got := strings.Join(names, " "); got != "col_description other" {
		t.Error(got)
	}
}

// Nobody is told the comments of what they may not see, by any road.
func TestCommentsOfHiddenTablesAreHidden(t *testing.T) {
	g := newGoverned(t)
	for _, sql := range []string{"COMMENT ON TABLE secret.plans IS 'plan-comment'", "COMMENT ON COLUMN secret.plans.text IS 'plan-column'"} {
		if _, err := rows(t, g.connect(t, "ada"), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, sql := range []string{
		"SELECT description FROM pg_description", "SELECT obj_description('secret.plans'::regclass), col_description('secret.plans'::regclass, 2)",
		"SELECT obj_description(o::UINTEGER, 'pg_class') FROM (SELECT 'secret.plans'::regclass AS o)",
		"SELECT (SELECT col_description('secret.plans'::regclass, n) FROM range(1, 3) r(n) ORDER BY 1 NULLS LAST LIMIT 1)",
	} {
		if got, err := rows(t, g.connect(t, "ada"), sql); err != nil || !strings.Contains(got, hidden) {
			t.Errorf("%s: an owner is told %q: %v", sql, got, err)
		}
		for _, who := range []string{"bob", "cat", "etl", "none", "priv"} {
			if got, err := rows(t, g.connect(t, who), sql); err != nil && (code(err) != "42P01" || !strings.Contains(sql, "regclass")) || strings.Contains(got+told(err), hidden) {
				t.Errorf("%s: %s is told %q: %v", sql, who, got, err)
			}
		}
	}
}
