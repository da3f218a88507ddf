//go:build dbtprojects

package dbtprojects

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// writeExpected keeps what dbt made of a project as text: the status of every
// node of every step, then the columns and sorted rows of every relation. It
// returns how many relations there are.
func (p project) writeExpected(t *testing.T, python string, first, second built) int {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# What dbt-duckdb makes of %s: see docs/dbt-projects.md.\n\n", p.name)
	for i, line := range p.steps {
		fmt.Fprintf(&b, "== %s\n", line)
		for _, key := range slices.Sorted(maps.Keys(first.Statuses)) {
			if status := first.Statuses[key]; second.Statuses[key] != status {
				t.Fatalf("%s: %s, then %s", key, status, second.Statuses[key])
			}
			if id, of := strings.CutPrefix(key, strconv.Itoa(i+1)+" "+strings.Fields(line)[0]+" "); of {
				fmt.Fprintf(&b, "%s %s\n", first.Statuses[key], id)
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(lab.Run(t, python, "compare.py", "tell", first.Rows, second.Rows))
	if err := os.WriteFile(p.folder+".expected", []byte(strings.TrimRight(b.String(), "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return len(first.Names)
}
