//go:build duckdb_arrow

package attack

import (
	"strings"
	"testing"
)

// Rows that are copied in come in where one may insert, and nowhere else.
func TestRowsAreCopiedToNothingThatIsClosed(t *testing.T) {
	g := newTarget(t)
	const lines = "7\tplan-z\n"
	for _, a := range []struct{ who, table, state string }{
		{"bob", "shop.items", "42501"}, {"bob", "shop.people", "42P01"}, {"bob", "secret.plans", "42P01"}, {"bob", "shop.people (id, text)", "42P01"},
		{"bob", `"SECRET"."plans"`, "42P01"}, {"none", "shop.orders", "42P01"}, {"up", "shop.orders", "42501"}, {"cat", "shop.people", "42501"},
		{"bob", "main.part", "42501"}, {"etl", "shop.items", "42P01"}, {"bob", "raw.people__quarantine", "42P01"}, {"bob", "system.queries", "42501"},
	} {
		for _, before := range []string{"", "BEGIN"} {
			c := g.connect(a.who)
			if _, err := c.all(before); err != nil {
				t.Fatal(err)
			}
			tag, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(lines), "COPY "+a.table+" FROM STDIN")
			if stateOf(err) != a.state {
				t.Errorf("%s %s: %s %v, want %s", a.who, a.table, tag, err, a.state)
			}
		}
		if name, _, _ := strings.Cut(a.table, "."); name == "main" || name == "raw" || name == "system" { // nobody does
			continue
		}
		c := g.connect("ada")
		if _, err := c.all("BEGIN"); err != nil {
			t.Fatal(err)
		}
		table, _, _ := strings.Cut(a.table, " ")
		if _, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(lines), "COPY "+a.table+" FROM STDIN"); err != nil {
			t.Errorf("it would not be copied to %s where it is allowed: %v", a.table, err)
		}
		if got, err := c.all("SELECT text FROM " + table + " WHERE id = 7"); got != "plan-z" {
			t.Errorf("%s has %q, %v", a.table, got, err)
		}
	}
}
