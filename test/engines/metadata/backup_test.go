//go:build engines

package metadata

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const answers = "select (select count(*) from daily_orders) as days, (select sum(amount) from daily_orders) as amount, (select count(*) from system.loads) as loads, (select count(*) from system.runs) as runs, (select count(*) from system.snapshots) as snapshots"

// TestALakeIsBackedUpAndRestoredBetweenServersAndFiles: a backup is files
// whatever it was made of, and becomes what the project asks for.
func TestALakeIsBackedUpAndRestoredBetweenServersAndFiles(t *testing.T) {
	lake, copies := t.TempDir(), filepath.Join(t.TempDir(), "copies")
	d := newDesk(t, lake, fresh(t), fresh(t))
	d.says(t, "2 published", "build")
	d.write(t, "models/daily_orders.sql", "select ordered_on, count(*) as orders, 2 * sum(amount) as amount from {{ source('raw', 'orders') }} group by ordered_on\n")
	d.says(t, "published", "build")
	before := lab.Run(t, d.tarn, "query", answers, "--output", "csv", "--project-dir", d.dir)
	d.says(t, "", "backup", copies, "--with-data")

	// The folder is lost, and the server.
	if err := os.RemoveAll(lake); err != nil {
		t.Fatal(err)
	}
	catalog, state := fresh(t), fresh(t)
	d.write(t, "tarn.yml", fmt.Sprintf("lake: {path: %s}\ncatalog: {uri: '%s'}\nstate: {uri: '%s'}\n", lake, catalog, state))
	d.says(t, "", "restore", copies)
	d.same(t, "another server", before)
	d.says(t, "published", "build", "--full-refresh")
	after := lab.Run(t, d.tarn, "query", answers, "--output", "csv", "--project-dir", d.dir)

	// What is there is kept.
	if out, err := d.run(t, "restore", copies); err == nil || !strings.Contains(out, "lake-there") {
		t.Errorf("a lake was replaced: %v\n%s", err, out)
	}
	d.same(t, "nothing", after)
	d.says(t, "", "restore", copies, "--force")
	d.same(t, "--force", before)
	for _, name := range []string{"catalog.db.before-*", "state.db.before-*"} {
		if kept, err := filepath.Glob(filepath.Join(lake, name)); err != nil || len(kept) != 1 {
			t.Errorf("kept are %q, %v", kept, err)
		}
	}

	// From the server to files, and back to a server.
	files := t.TempDir()
	d.write(t, "tarn.yml", fmt.Sprintf("lake: {path: %s}\n", files))
	d.says(t, "", "restore", copies)
	d.same(t, "files", before)
	d.says(t, "published", "build", "--full-refresh")
	grown := lab.Run(t, d.tarn, "query", answers, "--output", "csv", "--project-dir", d.dir)
	d.says(t, "", "backup", copies, "--with-data")
	d.write(t, "tarn.yml", fmt.Sprintf("lake: {path: %s}\ncatalog: {uri: '%s'}\nstate: {uri: '%s'}\n", t.TempDir(), fresh(t), fresh(t)))
	d.says(t, "", "restore", copies)
	d.same(t, "a server from files", grown)
	d.says(t, "published", "build", "--full-refresh")
	d.says(t, "removed", "clean")
	d.says(t, "published", "build", "--full-refresh")
}

// same compares the answers of a lake that was restored from something.
func (d desk) same(t *testing.T, from, want string) {
	t.Helper()
	if got := lab.Run(t, d.tarn, "query", answers, "--output", "csv", "--project-dir", d.dir); got != want {
		t.Errorf("restored from %s:\n%swant\n%s", from, got, want)
	}
}
