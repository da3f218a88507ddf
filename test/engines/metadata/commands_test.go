//go:build engines

package metadata

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// desk is a machine with a copy of a project.
type desk struct{ tarn, dir string }

// newDesk makes a project over a lake and two databases.
func newDesk(t *testing.T, lake, catalog, state string) desk {
	t.Helper()
	d := desk{lab.Tarn(t), filepath.Join(t.TempDir(), "shop")}
	lab.Run(t, d.tarn, "init", d.dir)
	d.write(t, "tarn.yml", fmt.Sprintf("lake: {path: %s}\ncatalog: {uri: '%s'}\nstate: {uri: '%s'}\n", lake, catalog, state))
	return d
}

func (d desk) write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command and returns what it says, whether it succeeds or not.
func (d desk) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), d.tarn, append(args, "--project-dir", d.dir)...).CombinedOutput()
	return string(out), err
}

// says runs a command that succeeds and says something.
func (d desk) says(t *testing.T, want string, args ...string) {
	t.Helper()
	out, err := d.run(t, args...)
	if err != nil || !strings.Contains(out, want) {
		t.Errorf("tarn %s: %v\n%s\nwant %q", strings.Join(args, " "), err, out, want)
	}
}

const turnover = "select sum(orders) as orders, sum(amount) as amount from daily_orders"

func TestTheCommandsWorkOverAServer(t *testing.T) {
	catalog, state, lake := fresh(t), fresh(t), t.TempDir()
	d := newDesk(t, lake, strings.Replace(catalog, "tarn@", "tarn:hidden@", 1), state)
	d.says(t, "2 published", "build")
	d.says(t, "67.40", "query", turnover)
	d.says(t, "main.daily_orders", "tables")
	d.says(t, "daily_orders is PUBLISHED", "why", "daily_orders")
	d.says(t, "0 files", "clean")
	d.says(t, "catalog at  "+" "+catalog, "debug")
	for _, left := range []string{"catalog.db", "state.db"} {
		if _, err := os.Stat(filepath.Join(lake, left)); err == nil {
			t.Errorf("%s was made beside the server's", left)
		}
	}
	d.write(t, "models/daily_orders.sql", "select ordered_on, count(*) as orders, sum(amount) as amount, nothing from {{ source('raw', 'orders') }} group by ordered_on\n")
	if out, err := d.run(t, "build"); err == nil || !strings.Contains(out, "nothing") {
		t.Errorf("a model that is wrong: %v\n%s", err, out)
	}
	// Another machine goes on with it.
	other := newDesk(t, lake, catalog, state)
	other.write(t, "models/daily_orders.sql", "select ordered_on, count(*) as orders, 2 * sum(amount) as amount from {{ source('raw', 'orders') }} group by ordered_on\n")
	other.says(t, "1 published", "retry")
	d.says(t, "134.80", "query", turnover)
}

func TestBuildsOfTwoMachinesComeOneAfterTheOther(t *testing.T) {
	catalog, state, lake := fresh(t), fresh(t), t.TempDir()
	desks := []desk{newDesk(t, lake, catalog, state), newDesk(t, lake, catalog, state)}
	var wg sync.WaitGroup
	for _, d := range desks {
		wg.Go(func() {
			for range 3 {
				if out, err := d.run(t, "build", "--full-refresh"); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			}
		})
	}
	wg.Wait()
	desks[0].says(t, "67.40", "query", turnover)
	runs, err := shared.SQL(t.Context(), state[strings.LastIndex(state, "/")+1:], "SELECT state, count(*) FROM run GROUP BY state")
	if err != nil || runs != "success|6" {
		t.Errorf("the runs: %s, %v", runs, err)
	}
	// Whoever had the lake has given it back.
	held, err := shared.SQL(t.Context(), catalog[strings.LastIndex(catalog, "/")+1:], "SELECT epoch, run FROM tarn_lease")
	if err != nil || held != "6|" {
		t.Errorf("the writer's lease: %s, %v", held, err)
	}
}

func TestAServerThatIsAwayIsSaidSo(t *testing.T) {
	relay := newRelay(t, true)
	address := relay.address(fresh(t))
	relay.Close()
	d := newDesk(t, t.TempDir(), address, address)
	out, err := d.run(t, "tables")
	if err == nil || !strings.Contains(out, "database-unreachable") || !strings.Contains(out, relay.Addr().String()) {
		t.Errorf("%v\n%s", err, out)
	}
}

// pyiceberg reads the tables of a catalog and appends to one.
const pyiceberg = `
import sys
from pyiceberg.catalog.sql import SqlCatalog
catalog = SqlCatalog("tarn", uri=sys.argv[1], init_catalog_tables="false")
print(sorted(".".join(t) for n in catalog.list_namespaces() for t in catalog.list_tables(n)))
table = catalog.load_table("main.daily_orders")
rows = table.scan().to_arrow()
print(sum(rows["amount"].to_pylist()))
table.append(rows.slice(0, 1))
`

func TestPyIcebergReadsAndWritesTheCatalogOfAServer(t *testing.T) {
	catalog := fresh(t)
	d := newDesk(t, t.TempDir(), catalog, fresh(t))
	d.says(t, "2 published", "build")
	python := lab.Python(t, "pyiceberg[sql-postgres,pyarrow,pyiceberg-core]==0.12.0\n")
	out := lab.Run(t, python, "-c", pyiceberg, strings.Replace(catalog, "postgres:", "postgresql+psycopg2:", 1))
	if want := "['main.daily_orders', 'raw.orders', 'raw.orders__quarantine']\n67.40\n"; out != want {
		t.Errorf("PyIceberg says\n%swant\n%s", out, want)
	}
	d.says(t, "3", "query", "select count(*) as n from daily_orders")
	d.says(t, "daily_orders", "build")
	d.says(t, "67.40", "query", turnover)
}
