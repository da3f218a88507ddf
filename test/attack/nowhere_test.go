//go:build duckdb_arrow

package attack

import (
	"fmt"
	"strings"
	"testing"
)

// alike are statements about a name, NAME, that are answered about what is hidden
// as they are about what is not there, but for the name.
var alike = []struct{ who, sql, hidden, nowhere string }{
	{"bob", "INSERT INTO NAME VALUES (9, 'x')", "secret.plans", "secret.plane"}, {"bob", "UPDATE NAME SET id = 1", "shop.people", "shop.peopla"},
	{"bob", "UPDATE NAME SET nothing = 1", "shop.people", "shop.peopla"}, {"bob", "DELETE FROM NAME WHERE nothing", "shop.people", "shop.peopla"},
	{"bob", "TRUNCATE NAME", "secret.plans", "secret.plane"}, {"bob", "MERGE INTO NAME USING shop.items i ON true WHEN MATCHED THEN DELETE", "secret.plans", "secret.plane"},
	{"bob", "DROP TABLE NAME", "secret.plans", "secret.plane"}, {"bob", "DROP VIEW NAME", "secret.plans", "secret.plane"}, {"bob", "DROP TABLE IF EXISTS NAME", "secret.plans", "secret.plane"},
	{"bob", "ALTER TABLE NAME ADD COLUMN x INT", "shop.people", "shop.peopla"}, {"bob", "ALTER TABLE NAME DROP COLUMN nothing", "shop.people", "shop.peopla"},
	{"bob", "ALTER TABLE NAME RENAME TO other", "shop.people", "shop.peopla"}, {"bob", "ALTER VIEW NAME RENAME TO other", "secret.plans", "secret.plane"},
	{"bob", "COMMENT ON TABLE NAME IS 'x'", "secret.plans", "secret.plane"}, {"bob", "COMMENT ON COLUMN NAME.text IS 'x'", "secret.plans", "secret.plane"},
	{"bob", "CREATE TABLE NAME AS SELECT 1 AS id", "secret.plans", "secret.plane"}, {"bob", "CREATE OR REPLACE TABLE NAME AS SELECT 1 AS id", "shop.people", "shop.peopla"},
	{"bob", "CREATE TABLE IF NOT EXISTS NAME (id INT)", "shop.people", "shop.peopla"}, {"bob", "CREATE VIEW NAME AS SELECT 1 AS id", "secret.plans", "secret.plane"},
	{"bob", "CREATE TABLE NAME.x AS SELECT 1 AS id", "secret", "secreb"}, {"cat", "ALTER TABLE mine.notes RENAME TO NAME", "shop.people", "shop.peopla"},
	{"bob", "CREATE SCHEMA NAME", "secret", "secreb"}, {"bob", "DROP SCHEMA NAME", "secret", "secreb"}, {"bob", "DROP SCHEMA NAME CASCADE", "mine", "mina"},
	{"bob", "EXPLAIN SELECT nothing FROM NAME", "secret.plans", "secret.plane"}, {"bob", "DESCRIBE NAME", "raw.people__quarantine", "raw.people__quarantina"},
	{"cat", "CREATE TABLE mine.x AS SELECT nothing FROM NAME", "secret.plans", "secret.plane"}, {"cat", "CREATE VIEW mine.x AS SELECT nothing FROM NAME", "secret.plans", "secret.plane"},
	{"cat", "ALTER TABLE mine.notes RENAME TO NAME", "secret.plans", "secret.plane"}, {"cat", "MERGE INTO mine.notes USING NAME s ON s.nothing = notes.id WHEN MATCHED THEN DELETE", "secret.plans", "secret.plane"},
	{"cat", "UPDATE mine.notes SET text = s.nothing FROM NAME s", "secret.plans", "secret.plane"}, {"up", "DELETE FROM shop.orders USING NAME p WHERE p.nothing = orders.id", "shop.people", "shop.peopla"},
	{"none", "INSERT INTO NAME VALUES (1)", "shop.items", "shop.itemz"}, {"etl", "DROP TABLE NAME", "shop.items", "shop.itemz"},
}

func TestWhatIsHiddenIsToldOfAsWhatIsNotThere(t *testing.T) {
	g := newTarget(t)
	for _, a := range alike {
		for _, begin := range []string{"", "BEGIN; "} {
			ask := func(name string) string {
				got, err := g.connect(a.who).all(begin + strings.ReplaceAll(a.sql, "NAME", name))
				_, bare, _ := strings.Cut(name, ".")
				return strings.NewReplacer(name, "NAME", bare+" ", "NAME ").Replace(got + "|" + stateOf(err) + "|" + told(err))
			}
			if hidden, nowhere := ask(a.hidden), ask(a.nowhere); hidden != nowhere {
				t.Errorf("%s: %s of %s is told %s\nand of %s %s", a.who, a.sql, a.hidden, hidden, a.nowhere, nowhere)
			}
		}
		over := func(name string) string {
			status, got := g.query(a.who, strings.ReplaceAll(a.sql, "NAME", name))
			return strings.ReplaceAll(got, name, "NAME") + fmt.Sprint(status)
		}
		if hidden, nowhere := over(a.hidden), over(a.nowhere); hidden != nowhere {
			t.Errorf("%s: %s of %s is told over HTTP %s\nand of %s %s", a.who, a.sql, a.hidden, hidden, a.nowhere, nowhere)
		}
	}
	for _, request := range []string{
		`POST /v1/namespaces/shop/tables/NAME {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`,
		"DELETE /v1/namespaces/shop/tables/NAME", "GET /v1/namespaces/shop/tables/NAME", "HEAD /v1/namespaces/shop/tables/NAME", "DELETE /v1/namespaces/shop/views/NAME",
		`POST /v1/tables/rename {"source":{"namespace":["shop"],"name":"NAME"},"destination":{"namespace":["shop"],"name":"x"}}`,
		`POST /v1/namespaces/shop/tables {"name":"NAME","schema":{"type":"struct","fields":[{"id":1,"name":"id","required":false,"type":"long"}]}}`,
		"GET /api/v1/tables/shop/NAME", "GET /api/v1/tables/shop/NAME/sample", "GET /api/v1/tables/shop/NAME/snapshots",
	} {
		over := func(name string) string {
			status, got := g.ask("bob", strings.ReplaceAll(request, "NAME", name))
			return strings.ReplaceAll(got, name, "NAME") + fmt.Sprint(status)
		}
		if hidden, nowhere := over("people"), over("peopla"); hidden != nowhere {
			t.Errorf("%s: of what is hidden bob is told %s\nand of what is not there %s", request, hidden, nowhere)
		}
	}
	// An owner is told of the difference.
	ada := g.connect("ada")
	_, there := ada.all("BEGIN; CREATE TABLE secret.plans AS SELECT 1 AS id")
	_, free := g.connect("ada").all("BEGIN; CREATE TABLE secret.plane AS SELECT 1 AS id")
	if stateOf(there) != "42P07" || free != nil {
		t.Errorf("ada is told %v and %v", there, free)
	}
}
