//go:build duckdb_arrow

package pgwire_test

import "testing"

func TestNamesAreLookedForAlongThePath(t *testing.T) {
	s := newServer(t)
	s.Append(t, "shop.orders", "SELECT 7 AS id")
	s.View(t, "shop.seen", "SELECT count(*) AS n FROM orders", "n")
	c := s.connect(t, "options=-c%20search_path%3Dshop,public")
	for _, step := range []struct{ sql, want, code string }{
		{"SHOW search_path; SELECT current_schema(), current_schemas(true)", "shop,public\nshop|{pg_catalog,shop,main}", ""},
		{"SELECT id FROM orders; SELECT count(*) FROM prices; SELECT count(*) FROM main.orders; SELECT relname FROM pg_class WHERE relname = 'prices'", "7\n1\n40\nprices", ""},
		{"SELECT n FROM seen", "40", ""}, // a view means what it meant
		{"INSERT INTO orders VALUES (8) RETURNING id; UPDATE orders SET id = 9 WHERE id = 8; SELECT sum(id) FROM orders; SELECT count(*) FROM main.orders", "8\n16\n40", ""},
		{"CREATE TABLE fresh AS SELECT 1 AS id; CREATE TEMP TABLE mine AS SELECT id FROM orders; SELECT table_schema FROM information_schema.tables WHERE table_name = 'fresh'; SELECT max(id) FROM mine", "shop\n9", ""},
		{"DROP TABLE fresh; SELECT * FROM fresh", "", "42P01"}, {"CREATE VIEW late AS SELECT * FROM prices", "", "42P01"},
		{"BEGIN; SET LOCAL search_path TO nowhere, main; SELECT count(*) FROM orders; CREATE TABLE new AS SELECT 1 AS a; SELECT a FROM main.new; ROLLBACK; SELECT count(*) FROM orders", "40\n1\n2", ""},
		{"SET search_path = \"$user\", public; SELECT count(*) FROM orders; SELECT current_schema()", "40\nmain", ""},
		{"SET search_path = ''; SELECT count(*) FROM orders", "40", ""}, {"SET search_path TO nowhere; SELECT count(*) FROM orders", "", "42P01"},
	} {
		got, err := rows(t, c, step.sql)
		if err != nil && code(err) != step.code || err == nil && step.code != "" || step.code == "" && got != step.want {
			t.Errorf("%s: %q, %v", step.sql, got, err)
		}
	}
}

// What is hidden stands before nothing.
func TestThePathPassesOverWhatIsHidden(t *testing.T) {
	g := newGoverned(t)
	g.Append(t, "plans", "SELECT 5 AS id, 'public' AS text")
	g.bind(t, house+`@id("plans") permit(principal == User::"bob", action == Action::"select", resource == Table::"main.plans");`)
	for who, want := range map[string]string{"bob": "public", "ada": "plan-b"} {
		got, err := rows(t, g.connect(t, who), "SET search_path TO secret, shop, main; SELECT min(text) FROM plans")
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", who, got, err)
		}
	}
	if got, err := rows(t, g.connect(t, "bob"), "SET search_path TO secret; SELECT min(text) FROM plans"); code(err) != "42P01" {
		t.Error(got, err)
	}
}
