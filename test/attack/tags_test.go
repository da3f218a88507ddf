//go:build duckdb_arrow

package attack

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checkout is another folder of the project, over the same lake: what is built
// from it the server knows from the lake alone, however long it runs.
func (g *target) checkout() *target {
	g.t.Helper()
	other := &target{t: g.t, dir: g.t.TempDir()}
	copied := maps.Clone(files)
	copied["tarn.yml"] += "lake: {path: '" + filepath.Join(g.dir, ".tarn") + "'}\n"
	for name, text := range copied {
		other.write(name, text)
	}
	return other
}

const tagged = "seeds:\n  - {name: people, config: {tags: [pii]}}\n  - {name: hoard, config: {tags: [pii]}}\n"

const bills = "source: till\ntables:\n  bills: {from: file, path: 'bills/*.csv', tags: [pii], columns: {id: long, due: date}}\n"

// taggedNow is asked of what was built with a tag, by bob, who may not see it,
// over PostgreSQL's protocol and over HTTP. ada finds something.
var taggedNow = []string{
	"SELECT text FROM shop.cards",
	"SELECT 'plan-' || text FROM shop.items",
	"SELECT 'plan-' || table_name FROM information_schema.tables WHERE table_name IN ('cards', 'items')",
	"SELECT 'plan-' || column_name FROM information_schema.columns WHERE table_name IN ('cards', 'items')",
	"SELECT 'plan-' || table_name FROM system.tables WHERE table_name IN ('cards', 'items')",
	"SELECT 'plan-' || read FROM system.loads WHERE table_name = 'bills'",
	"SELECT decode(raw) FROM till.bills__quarantine",
	"SELECT 'plan-' || text FROM shop.items AT (TIMESTAMP => '2200-01-01')",
}

// meanwhile runs a build, and asks for what is new of it until it has ended.
func (g *target) meanwhile(build *exec.Cmd) {
	g.t.Helper()
	ended := make(chan error, 1)
	go func() {
		out, err := build.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		ended <- err
	}()
	bob := g.connect("bob")
	for {
		for _, sql := range taggedNow {
			if strings.Contains(sql, "items") {
				continue // of which bob may know before
			}
			if got, err := bob.all(sql); strings.Contains(got+told(err), secret) {
				g.t.Errorf("while it is built, %s tells %q, %s", sql, got, told(err))
			}
		}
		for _, request := range []string{"GET /v1/namespaces/shop/tables", "GET /v1/namespaces/shop/tables/cards", "GET /v1/namespaces/till/tables"} {
			if status, got := g.ask("bob", request); strings.Contains(got, `"name":"cards"`) || strings.Contains(got, "metadata-location") || strings.Contains(got, "bills") {
				g.t.Errorf("while it is built, %s: %d %s", request, status, got)
			}
		}
		select {
		case err := <-ended:
			if err != nil {
				g.t.Fatal(err)
			}
			return
		default:
		}
	}
}

// A table has the tags with which it was published from that moment on, whatever
// the server has read of the project's files.
func TestATagCountsFromThePublicationOn(t *testing.T) {
	g := newTarget(t)
	other, bob := g.checkout(), g.connect("bob")
	if got, err := bob.all("SELECT count(*) FROM shop.items"); got != "3" {
		t.Fatal(got, err)
	}
	if _, err := bob.Prepare(t.Context(), "p", "SELECT text FROM shop.items"); err != nil {
		t.Fatal(err)
	}
	other.write("seeds/properties.yml", tagged+"  - {name: cards, config: {tags: [pii]}}\n  - {name: items, config: {tags: [pii]}}\n")
	other.write("seeds/shop/cards.csv", "id,text\n1,plan-b\n")
	other.write("ingest/bills.yml", bills)
	other.write("bills/first.csv", "id,due\n1,2000-01-01\n2,plan-b\n")
	// What is known to be as it was when it was loaded is not looked at again.
	if err := os.Chtimes(filepath.Join(other.dir, "bills", "first.csv"), time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	g.meanwhile(other.command(t.Context(), "", "build", "--quiet", "--select", "cards", "items", "source:till.bills"))
	for _, sql := range taggedNow {
		if got, err := bob.all(sql); strings.Contains(got+told(err), secret) {
			t.Errorf("%s: PostgreSQL's protocol tells %q, %s", sql, got, told(err))
		}
		if status, got := g.query("bob", sql); strings.Contains(got, secret) || status != http.StatusOK && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: HTTP tells %d %s", sql, status, got)
		}
		if got, err := g.connect("ada").all(sql); err != nil || !strings.Contains(got, secret) {
			t.Errorf("%s would tell nothing where it is allowed: %q, %v", sql, got, err)
		}
	}
	rows, err := bob.Query(t.Context(), "p")
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	if stateOf(err) != "42P01" {
		t.Errorf("what was prepared gives %v", err)
	}
	for request, shows := range map[string]string{
		"GET /v1/namespaces/shop/tables":              "cards",
		"GET /v1/namespaces/till/tables":              "bills",
		"GET /v1/namespaces/shop/tables/cards":        "metadata-location",
		"GET /v1/namespaces/shop/tables/items":        "metadata-location",
		"GET /api/v1/tables?namespace=shop":           `"table_name":"cards"`,
		"GET /api/v1/tables/shop/cards":               `"columns"`,
		"GET /api/v1/tables/shop/items/sample":        `"item"`,
		"GET /api/v1/loads":                           `"table_name":"bills"`,
		"GET /v1/namespaces/till/tables/bills":        "metadata-location",
		"GET /api/v1/tables/till/bills__quarantine":   `"columns"`,
		"GET /api/v1/tables/shop/cards/snapshots":     `"snapshot_id"`,
		"GET /v1/namespaces/shop/tables?pageSize=100": "items",
	} {
		if status, got := g.ask("bob", request); strings.Contains(got, shows) {
			t.Errorf("%s: %d %s", request, status, got)
		}
		if status, got := g.ask("ada", request); status != http.StatusOK || !strings.Contains(got, shows) {
			t.Errorf("%s would show nothing where it is allowed: %d %s", request, status, got)
		}
	}

	// A tag that is taken away counts until the table is built without it.
	other.write("seeds/properties.yml", tagged)
	if got, err := bob.all("SELECT text FROM shop.cards"); stateOf(err) != "42P01" {
		t.Errorf("before it was built again it gives %q, %v", got, err)
	}
	other.must("", "build", "--quiet", "--full-refresh", "--select", "cards")
	if got, err := bob.all("SELECT text FROM shop.cards"); got != "plan-b" {
		t.Errorf("built without the tag it gives %q, %v", got, err)
	}
	if got, err := bob.all("SELECT text FROM shop.items"); stateOf(err) != "42P01" {
		t.Errorf("what was not built again gives %q, %v", got, err)
	}
	// So it does where there is nothing new to load.
	other.write("ingest/bills.yml", strings.Replace(bills, "tags: [pii], ", "", 1))
	other.must("", "build", "--quiet", "--select", "source:till.bills")
	if got, err := bob.all("SELECT count(*) FROM till.bills"); got != "1" {
		t.Errorf("loaded without the tag it gives %q, %v", got, err)
	}
	other.write("ingest/bills.yml", bills)
	other.must("", "build", "--quiet", "--select", "source:till.bills")
	if got, err := bob.all("SELECT count(*) FROM till.bills"); stateOf(err) != "42P01" {
		t.Errorf("loaded with the tag it gives %q, %v", got, err)
	}
}
