package process

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
)

// TestAKilledRemovalOfThePastConverges: whatever the moment at which the removal
// of expired files is killed, readers see what they saw, and the next clean
// leaves what one that nobody disturbed leaves.
func TestAKilledRemovalOfThePastConverges(t *testing.T) {
	calm, hit := newProject(t), newProject(t)
	for _, p := range []project{calm, hit} {
		p.write("tarn.yml", "history: {max_snapshot_age: 1ms, min_snapshots_to_keep: 2, remove_after: 0s}\n")
	}
	for n, at := range []string{"", "lake.expired.forgotten", "lake.expired.data-removed", "lake.expired.manifests-removed", "lake.expired.removed"} {
		for _, p := range []project{calm, hit} {
			for i := range 3 {
				p.write(fmt.Sprintf("data/%d-%d.csv", n, i), fmt.Sprintf("id,day,amount\n%d%d,2026-01-0%d,10.00\n", n, i, 1+i))
				p.must("build")
			}
		}
		want := calm.must("query", "--output", "csv", tables)
		calm.must("clean")
		if at != "" {
			if r := hit.run([]string{"TARN_CRASH_AT=" + at}, "clean"); r.code == 0 {
				t.Fatalf("%s: nothing was killed", at)
			}
			if got := hit.must("query", "--output", "csv", tables); got != want {
				t.Errorf("after %s the tables differ:\n%s", at, difference(want, got))
			}
		}
		hit.must("clean")
		if got := hit.must("query", "--output", "csv", tables); got != want {
			t.Errorf("after %s and clean the tables differ:\n%s", at, difference(want, got))
		}
		nothingOrphaned(t, hit)
		if want, got := kinds(t, calm), kinds(t, hit); !slices.Equal(want, got) {
			t.Errorf("after %s there are files %v, want %v", at, got, want)
		}
	}
}

// kinds counts the files of the warehouse by their kind.
func kinds(t *testing.T, p project) (out []string) {
	t.Helper()
	n := map[string]int{}
	err := filepath.WalkDir(filepath.Join(p.dir, ".tarn", "warehouse"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n[filepath.Ext(path)]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, files := range n {
		out = append(out, fmt.Sprintf("%s: %d", kind, files))
	}
	slices.Sort(out)
	return out
}
