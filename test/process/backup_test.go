package process

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAKilledBackupIsNoneAndAKilledRestoreIsDoneByTheNext: wherever a backup is
// killed, what can be restored is the one before; wherever a restore is killed,
// the lake is refused until the next has made it whole.
func TestAKilledBackupIsNoneAndAKilledRestoreIsDoneByTheNext(t *testing.T) {
	p := newProject(t)
	copies := filepath.Join(t.TempDir(), "copies")
	p.write("data/0001.csv", "id,day,amount\n1,2026-01-01,10.00\n2,2026-01-01,20.50\n3,not a day,1.00\n")
	p.must("build")
	p.must("backup", copies, "--with-data")
	before := p.must("query", "--output", "csv", tables)
	p.write("data/0002.csv", "id,day,amount\n4,2026-01-02,1.00\n")
	p.must("build")
	after := p.must("query", "--output", "csv", tables)
	for _, at := range []string{"backup.databases-copied", "backup.file-copied", "backup.file-copied:3", "backup.files-copied"} {
		if r := p.run([]string{"TARN_CRASH_AT=" + at}, "backup", copies, "--with-data"); r.code == 0 {
			// Files that a killed backup has copied are not copied again.
			if at != "backup.file-copied" && at != "backup.file-copied:3" {
				t.Fatalf("%s: nothing was killed", at)
			}
			continue
		}
		elsewhere := p.copyOf(t)
		elsewhere.must("restore", copies)
		if got := elsewhere.must("query", "--output", "csv", tables); got != before {
			t.Errorf("after %s another backup is restored:\n%s", at, difference(before, got))
		}
	}
	p.must("backup", copies, "--with-data")
	for _, at := range []string{"backup.file-copied", "restore.files-copied", "restore.database-placed", "restore.databases-placed", "lake.relocate.before-swap", "lake.relocate.after-commit", "restore.relocated"} {
		elsewhere := p.copyOf(t)
		if r := elsewhere.run([]string{"TARN_CRASH_AT=" + at}, "restore", copies); r.code == 0 {
			t.Fatalf("%s: nothing was killed", at)
		}
		if r := elsewhere.run(nil, "tables"); r.code == 0 {
			t.Errorf("%s: half a restore is a lake", at)
		}
		elsewhere.must("restore", copies)
		if got := elsewhere.must("query", "--output", "csv", tables); got != after {
			t.Errorf("after %s the tables differ:\n%s", at, difference(after, got))
		}
		elsewhere.must("clean")
		elsewhere.must("build")
	}
}

// copyOf is the project without its lake, somewhere else.
func (p project) copyOf(t *testing.T) project {
	t.Helper()
	to := project{t: t, dir: t.TempDir()}
	if err := os.CopyFS(to.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(to.dir, ".tarn")); err != nil {
		t.Fatal(err)
	}
	return to
}
