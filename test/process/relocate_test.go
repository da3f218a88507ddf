package process

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAKilledRelocationConverges: a lake that was moved is refused or read where
// it is, wherever its relocation was killed, and the next one ends it.
func TestAKilledRelocationConverges(t *testing.T) {
	p := newProject(t)
	p.write("data/0001.csv", "id,day,amount\n1,2026-01-01,10.00\n2,2026-01-01,20.50\n3,not a day,1.00\n")
	p.must("build")
	p.write("data/0002.csv", "id,day,amount\n4,2026-01-02,1.00\n")
	p.must("build")
	want := p.must("query", "--output", "csv", tables)
	for _, at := range []string{"lake.relocate.before-swap", "lake.relocate.after-commit"} {
		moved := project{t: t, dir: filepath.Join(t.TempDir(), "elsewhere")}
		if err := os.Rename(p.dir, moved.dir); err != nil {
			t.Fatal(err)
		}
		p = moved
		if r := p.run([]string{"TARN_CRASH_AT=" + at}, "debug", "--relocate"); r.code == 0 {
			t.Fatalf("%s: nothing was killed", at)
		}
		if r := p.run(nil, "tables"); (r.code == 0) != (at == "lake.relocate.after-commit") {
			t.Errorf("after %s: exit code %d\n%s", at, r.code, r.err)
		}
		p.must("debug", "--relocate")
		if got := p.must("query", "--output", "csv", tables); got != want {
			t.Errorf("after %s the tables differ:\n%s", at, difference(want, got))
		}
		p.must("clean")
		nothingOrphaned(t, p)
	}
	p.must("build")
}
