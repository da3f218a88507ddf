//go:build duckdb_arrow

package pgwire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
)

func TestWhatPoliciesPermitIsThere(t *testing.T) {
	g := newGoverned(t)
	for _, c := range []struct{ who, sql, want string }{
		{"bob", "SELECT count(*) FROM shop.items", "5"}, {"rita", "SELECT count(*) FROM secret.plans", "3"}, {"priv", "SELECT count(*) FROM shop.people", "3"},
		{"bob", "SELECT text FROM shop.part", "public"}, {"bob", "SELECT p.text FROM shop.items JOIN shop.part p USING (id)", "public"},
		{"bob", "SELECT id FROM shop.runs", "1"}, {"cat", "SELECT text FROM mine.notes", "note"}, {"none", "SELECT 1", "1"},
		{"bob", "SELECT string_agg(schema_name, ' ' ORDER BY schema_name) FROM information_schema.schemata", "information_schema main shop system"},
		{"cat", "SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.tables", "grab notes over people"},
		{"etl", "SELECT string_agg(table_name, ' ') FROM information_schema.tables", "orders"}, {"rita", "SELECT count(*) FROM system.notes WHERE note = 'secret.plans'", "1"},
		{"bob", "SELECT string_agg(note, ' ' ORDER BY note) FROM system.notes WHERE note LIKE '%m%'", "shop.items shop.names"},
	} {
		if got, err := rows(t, g.connect(t, c.who), c.sql); err != nil || got != c.want {
			t.Errorf("%s %s: %q, %v", c.who, c.sql, got, err)
		}
	}
	for sql, want := range map[string]string{
		"SELECT * FROM shop.people": `42501|user:cat may not select shop.people: forbidden by policy "no pii"`,
		"FROM mine.over":            "42P01|in the view mine.over: there is no table shop.part",
	} {
		if _, err := rows(t, g.connect(t, "cat"), sql); !strings.HasPrefix(told(err), want) {
			t.Errorf("%s: %s", sql, told(err))
		}
	}
}

// An answer about what is hidden is the one about what is not there, but for the
// name.
func TestWhatIsHiddenIsToldOfAsWhatIsNotThere(t *testing.T) {
	g := newGoverned(t)
	for _, c := range []struct{ who, sql, hidden, nowhere string }{
		{"bob", "SELECT * FROM %", "secret.plans", "secret.plane"}, {"bob", "SELECT * FROM %", "shop.people", "shop.peopla"}, {"bob", "SELECT * FROM %", "people", "peopla"},
		{"bob", "SELECT nothing FROM %", "secret.plans", "secret.plane"}, {"bob", "SELECT * FROM % AT (VERSION => 1)", "secret.plans", "secret.plane"},
		{"bob", "SELECT * FROM % AT (TIMESTAMP => 'x')", "secret.plans", "secret.plane"}, {"bob", "SELECT * FROM % AT (TIMESTAMP => '1999-01-01')", "secret.plans", "secret.plane"},
		{"bob", "DESCRIBE %", "secret.plans", "secret.plane"}, {"bob", "SELECT %.id FROM shop.items", "secret.plans", "secret.plane"}, {"none", "FROM %", "shop.part", "shop.pary"},
		{"bob", "SELECT * FROM %", "system.runs", "system.rums"}, {"bob", "SELECT '%'::regclass > 0", "secret.plans", "secret.plane"},
		{"bob", "SELECT has_table_privilege('%', 'select')", "secret.plans", "secret.plane"},
	} {
		client := g.connect(t, c.who)
		ask := func(name string) string {
			got, err := rows(t, client, strings.ReplaceAll(c.sql, "%", name))
			return strings.ReplaceAll(got+"|"+told(err), name, "%")
		}
		if a, b := ask(c.hidden), ask(c.nowhere); a != b {
			t.Errorf("%s tells of %s: %s\nand of %s: %s", c.sql, c.hidden, a, c.nowhere, b)
		}
	}
	if got := told(second(rows(t, g.connect(t, "ada"), "FROM secret.plane"))); !strings.Contains(got, "secret.plans") {
		t.Error("nobody gets hints:", got)
	}
}

func second(_ string, err error) error { return err }

// Conditions on a view of the project see its rows alone: one that fails would
// tell of others.
func TestConditionsStayBeforeViewsOfTheProject(t *testing.T) {
	g := newGoverned(t)
	g.ProjectView(t, "shop.listed", "SELECT id, text FROM secret.plans WHERE id IN (SELECT id FROM shop.items WHERE text <> '' AND id % 2 = 0 AND id > 0)", "id", "text")
	for _, sql := range []string{
		"SELECT count(*) FROM shop.listed WHERE CAST(text AS INTEGER) = 1",
		"SELECT count(*) FROM shop.listed u WHERE error('it is ' || text) IS NULL",
		"WITH u AS (FROM shop.listed) SELECT count(*) FROM u WHERE CAST(text AS INTEGER) = 1",
	} {
		if _, err := rows(t, g.connect(t, "bob"), sql); strings.Contains(told(err), hidden) {
			t.Errorf("%s: %s", sql, told(err))
		}
	}
}

func TestErrorsBehindViewsOfTheProjectNameNothing(t *testing.T) {
	g := newGoverned(t)
	for _, name := range []string{"shop.broken", "shop.wrong"} {
		_, err := rows(t, g.connect(t, "bob"), "SELECT * FROM "+name)
		if got := told(err); strings.Contains(got, "secret") || strings.Contains(got, "plan") || err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestPlansTellNothingOfWhatIsBehindViewsOfTheProject(t *testing.T) {
	g := newGoverned(t)
	for who, hides := range map[string]bool{"bob": true, "ada": false} {
		got, err := rows(t, g.connect(t, who), "EXPLAIN SELECT * FROM shop.part")
		if err != nil || strings.Contains(got, "secret.plans") == hides {
			t.Errorf("%s: %s %v", who, got, err)
		}
	}
	if got, err := rows(t, g.connect(t, "bob"), "EXPLAIN SELECT * FROM secret.plans"); code(err) != "42P01" {
		t.Error(got, err)
	}
}

func TestRequestsCannotMakeAViewTheProjects(t *testing.T) {
	g := newGoverned(t)
	mark := g.Table(t, "shop.part").Properties()["tarn.rights"]
	if mark == "" || !g.Table(t, "shop.part").OfProject() {
		t.Fatal("the view is not the project's")
	}
	w := g.Writer(lake.Writer{Run: "rest"})
	const columns = `{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","type":"string","required":false}]}`
	const version = `{"version-id":1,"schema-id":0,"timestamp-ms":1,"default-namespace":["shop"],"summary":{},"representations":[{"type":"sql","sql":"SELECT id, text FROM secret.plans WHERE id = 2","dialect":"duckdb"}]}`
	made := lake.NewView{Name: ident.Table{Namespace: "shop", Name: "forged"}, Schema: json.RawMessage(columns), Version: json.RawMessage(version)}
	made.Properties = map[string]string{"tarn.rights": mark}
	if _, err := w.CreateView(t.Context(), made, nil); err == nil {
		t.Error("a view was made with the project's mark")
	}
	made.Properties = nil
	if v, err := w.CreateView(t.Context(), made, nil); err != nil || v.OfProject() {
		t.Error(err, "a view with a statement of the project's is the project's")
	}
	for name, refused := range map[string]bool{"forged": true, "changed": true, "grab": true, "part": false} {
		_, err := w.AlterView(t.Context(), lake.TableUpdate{Name: ident.Table{Namespace: "shop", Name: name},
			Updates: json.RawMessage(`[{"action":"set-properties","updates":{"a":"b","tarn.rights":"` + mark + `"}}]`)}, nil)
		if name == "changed" { // has the mark, of a statement that is gone
			refused = g.Table(t, "shop.changed").Properties()["tarn.rights"] != mark
		}
		if (err != nil) != refused || name != "part" && g.Table(t, "shop."+name).OfProject() {
			t.Errorf("%s: %v, %v", name, err, g.Table(t, "shop."+name).Properties())
		}
	}
}

// What somebody may do is looked at again whenever they come back.
func TestWhatIsTakenAwayIsGoneWithTheNextStatement(t *testing.T) {
	for name, take := range map[string]func(*testing.T, *governed){
		"role":      func(_ *testing.T, g *governed) { g.change("bob", &policy.Who{}) },
		"principal": func(_ *testing.T, g *governed) { g.change("bob", nil) },
		"policy": func(t *testing.T, g *governed) {
			g.bind(t, house+`@id("closed") forbid(principal, action, resource in Namespace::"shop") unless { principal in Role::"owner" };`)
		},
	} {
		for how, begin := range map[string]func(t *testing.T, c *pgx.Conn) string{
			"prepared by protocol": func(t *testing.T, c *pgx.Conn) string {
				if _, err := c.Prepare(t.Context(), "p", "SELECT text FROM shop.items"); err != nil {
					t.Fatal(err)
				}
				return "p"
			},
			"again": func(t *testing.T, c *pgx.Conn) string {
				must(t, c, "SELECT text FROM shop.items")
				return "SELECT text FROM shop.items"
			},
			"cursor": func(t *testing.T, c *pgx.Conn) string {
				must(t, c, "BEGIN; DECLARE c CURSOR FOR SELECT text FROM shop.items")
				return "FETCH ALL FROM c"
			},
			"cursor that was read": func(t *testing.T, c *pgx.Conn) string {
				must(t, c, "BEGIN; DECLARE c CURSOR FOR SELECT text FROM shop.items; FETCH 1 FROM c")
				return "FETCH ALL FROM c"
			},
			"cursor that is held": func(t *testing.T, c *pgx.Conn) string {
				must(t, c, "DECLARE c CURSOR WITH HOLD FOR SELECT text FROM shop.items")
				return "FETCH ALL FROM c"
			},
			"transaction's snapshot": func(t *testing.T, c *pgx.Conn) string {
				must(t, c, "BEGIN; SELECT * FROM shop.items")
				return "SELECT text FROM shop.items"
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				g := newGoverned(t)
				c := g.connect(t, "bob")
				sql := begin(t, c)
				if name != "principal" {
					other := g.connect(t, "priv") // keeps what it has
					defer func() { must(t, other, "SELECT 1") }()
				}
				take(t, g)
				var got string
				var err error
				if sql == "p" {
					err = c.QueryRow(t.Context(), "p").Scan(&got)
				} else {
					got, err = rows(t, c, sql)
				}
				if state := code(err); strings.Contains(got, "item") || state != "42501" && state != "42P01" && state != "28000" {
					t.Errorf("%q %v", got, err)
				}
			})
		}
	}
}

func must(t *testing.T, c *pgx.Conn, sql string) {
	t.Helper()
	if _, err := rows(t, c, sql); err != nil {
		t.Fatal(err)
	}
}
