//go:build duckdb_arrow

package attack

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long something is waited for that does not come.
const patience = time.Minute

// becomes asks until the state is another one than before: what is changed on the
// disk counts after a while.
func (c client) becomes(sql, state string) {
	c.t.Helper()
	ctx, stop := context.WithTimeout(c.t.Context(), patience)
	defer stop()
	for {
		got, err := c.all(sql)
		if stateOf(err) == state {
			return
		}
		if ctx.Err() != nil || stateOf(err) != "" && state != "" {
			c.t.Fatalf("%s: %q, %v; waiting for %q", sql, got, err, state)
		}
	}
}

const closed = `@id("closed") forbid(principal, action, resource in Namespace::"shop") unless { principal in Role::"owner" };`

func TestPoliciesThatChangeCountWithoutARestart(t *testing.T) {
	g := newTarget(t)
	const items = "SELECT text FROM shop.items"
	// What was begun before goes by what counts when it goes on.
	bob, cat, up, rest := g.connect("bob"), g.connect("cat"), g.connect("up"), g.connect("bob")
	if _, err := bob.Prepare(t.Context(), "p", items); err != nil {
		t.Fatal(err)
	}
	for _, begun := range []struct {
		client
		sql string
	}{
		{bob, "DECLARE c CURSOR WITH HOLD FOR " + items}, {rest, "BEGIN; " + items},
		{up, "BEGIN; UPDATE shop.orders SET text = 'changed' WHERE id = 1"}, {cat, "BEGIN; INSERT INTO mine.notes VALUES (2, 'mine')"},
	} {
		if _, err := begun.all(begun.sql); err != nil {
			t.Fatalf("%s: %v", begun.sql, err)
		}
	}
	g.write("policies/house.cedar", house+closed)
	g.connect("bob").becomes(items, "42P01")
	if rows, err := bob.Query(t.Context(), "p"); err == nil {
		rows.Close()
		if state := stateOf(rows.Err()); state != "42P01" {
			t.Errorf("what was prepared gives %v", rows.Err())
		}
	}
	for _, late := range []struct {
		client
		sql, state string
	}{{bob, "FETCH ALL FROM c", "42501"}, {rest, items, "42P01"}, {up, "COMMIT", "42P01"}, {cat, "COMMIT", ""}} {
		if got, err := late.all(late.sql); stateOf(err) != late.state {
			t.Errorf("%s: %q, %v, want %q", late.sql, got, err, late.state)
		}
	}
	if got, err := g.connect("ada").all("SELECT count(*) FROM shop.orders WHERE text = 'changed' UNION ALL SELECT count(*) FROM mine.notes ORDER BY 1"); got != "0|2" {
		t.Errorf("there are %q, %v", got, err)
	}
	if status, got := g.query("bob", items); status != http.StatusUnprocessableEntity || !strings.Contains(got, "there is no table") {
		t.Errorf("HTTP: %d %s", status, got)
	}
	if status, got := g.ask("bob", "GET /v1/namespaces/shop/tables/items"); status != http.StatusNotFound {
		t.Errorf("REST: %d %s", status, got)
	}

	// What cannot be used leaves what was before, and says so.
	g.write("policies/house.cedar", house+"permit(principal, action, resource;")
	g.log.until(t, "cannot be used")
	if _, err := g.connect("bob").all(items); stateOf(err) != "42P01" {
		t.Error("policies that do not compile let somebody read:", err)
	}
	g.write("policies/house.cedar", house)
	g.connect("bob").becomes(items, "")

	// To go without is not what a missing file says.
	if err := os.Rename(filepath.Join(g.dir, "policies"), filepath.Join(g.dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	g.log.until(t, "the policies are gone")
	if _, err := g.connect("rita").all("SELECT * FROM shop.people"); stateOf(err) != "42P01" {
		t.Error("without policies a reader reads what was forbidden:", err)
	}
	if err := os.Rename(filepath.Join(g.dir, "elsewhere"), filepath.Join(g.dir, "policies")); err != nil {
		t.Fatal(err)
	}
	g.write("policies/more.cedar", closed)
	g.connect("bob").becomes(items, "42P01")
}

func TestTagsOfTheProjectCountWithoutARestart(t *testing.T) {
	g := newTarget(t)
	bob := g.connect("bob")
	g.write("seeds/shop/cards.csv", "id,text\n1,plan-b\n")
	g.must("", "build", "--quiet", "--select", "cards")
	bob.becomes("SELECT count(*) FROM shop.items", "")
	g.write("seeds/properties.yml", tagged+"  - {name: cards, config: {tags: [pii]}}\n  - {name: keys, config: {tags: [pii]}}\n")
	g.write("seeds/shop/keys.csv", "id,text\n1,plan-b\n")
	bob.becomes("SELECT text FROM shop.cards", "42P01")
	g.must("", "build", "--quiet", "--select", "keys")
	if got, err := bob.all("SELECT text FROM shop.keys"); stateOf(err) != "42P01" {
		t.Errorf("a table that was made with a tag gives %q, %v", got, err)
	}
	if got, err := g.connect("ada").all("SELECT text FROM shop.keys"); err != nil || got != "plan-b" {
		t.Errorf("its owner reads %q, %v", got, err)
	}
	// A project that does not load leaves what was before.
	g.write("seeds/properties.yml", "seeds: [\n")
	g.log.until(t, "cannot be used")
	if _, err := bob.all("SELECT text FROM shop.cards"); stateOf(err) != "42P01" {
		t.Error("a project that does not load lets somebody read:", err)
	}
	g.write("seeds/properties.yml", tagged)
	bob.becomes("SELECT text FROM shop.cards", "")
}

// Who is kept out is kept out at once, whatever they hold.
func TestWhoIsKeptOutIsKeptOutAtOnce(t *testing.T) {
	g := newTarget(t)
	c := g.connect("cat")
	if _, err := c.all("BEGIN; INSERT INTO mine.notes VALUES (2, 'mine')"); err != nil {
		t.Fatal(err)
	}
	if status, got := g.query("cat", "SELECT text FROM mine.notes"); status != http.StatusOK {
		t.Fatal(status, got)
	}
	g.must("", "user", "disable", "cat")
	if _, err := c.all("COMMIT"); stateOf(err) != "28000" {
		t.Error("COMMIT says", err)
	}
	if status, got := g.ask("cat", `POST /api/v1/queries {"sql":"SELECT text FROM mine.notes"}`); status != http.StatusUnauthorized {
		t.Errorf("HTTP: %d %s", status, got)
	}
	if status, got := g.ask("cat", "GET /v1/namespaces"); status != http.StatusUnauthorized {
		t.Errorf("REST: %d %s", status, got)
	}
	if got, err := g.connect("ada").all("SELECT count(*) FROM mine.notes"); got != "1" {
		t.Errorf("there are %s, %v", got, err)
	}
}
