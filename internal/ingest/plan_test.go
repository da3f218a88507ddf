package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// folder is a project's data with a ledger of what was loaded from it.
type folder struct {
	t      *testing.T
	dir    string
	known  map[string]fileState
	loaded time.Time
}

func newFolder(t *testing.T) *folder {
	return &folder{t: t, dir: t.TempDir(), known: map[string]fileState{}, loaded: time.Now().UTC()}
}

// write puts a file there, as it was an hour ago.
func (f *folder) write(name, content string) {
	f.t.Helper()
	f.writeAt(name, content, f.loaded.Add(-time.Hour))
}

func (f *folder) writeAt(name, content string, at time.Time) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		f.t.Fatal(err)
	}
}

// load writes into the ledger what is there now.
func (f *folder) load(name string) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	content, err := os.ReadFile(path)
	if err != nil {
		f.t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		f.t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	f.known[name] = fileState{
		path: name, size: info.Size(), modifiedNS: info.ModTime().UnixNano(),
		sha256: hex.EncodeToString(sum[:]), canGrow: true, loadedAt: f.loaded,
	}
}

// plans returns what a load would do, by name.
func (f *folder) plans(changed ...string) map[string]string {
	f.t.Helper()
	finder := locate.Finder{Dir: f.dir}
	found, err := finder.Find(context.Background(), locate.Query{Paths: []string{"*.csv"}})
	if err != nil {
		f.t.Fatal(err)
	}
	set := map[string]bool{}
	for _, c := range changed {
		set[c] = true
	}
	list, err := plan(context.Background(), found.Files, f.known, set)
	if err != nil {
		f.t.Fatal(err)
	}
	words := map[action]string{keep: "keep", whole: "whole", tail: "tail", renew: "renew", duplicate: "duplicate"}
	got := map[string]string{}
	for _, p := range list {
		got[p.Name] = words[p.do]
		if p.do == duplicate {
			got[p.Name] += " of " + p.of
		}
	}
	return got
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(f *folder)
		want map[string]string
	}{
		{"a new file is read whole", func(f *folder) {
			f.write("a.csv", "id\n1\n")
		}, map[string]string{"a.csv": "whole"}},
		{"an unchanged file is kept", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
		}, map[string]string{"a.csv": "keep"}},
		{"a file that was only touched is kept", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.writeAt("a.csv", "id\n1\n", f.loaded.Add(time.Minute))
		}, map[string]string{"a.csv": "keep"}},
		{"a change within the precision of the clock is seen", func(f *folder) {
			f.writeAt("a.csv", "id\n1\n", f.loaded)
			f.load("a.csv")
			f.writeAt("a.csv", "id\n2\n", f.loaded)
		}, map[string]string{"a.csv": "renew"}},
		{"a file that grew has a tail", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.write("a.csv", "id\n1\n2\n")
		}, map[string]string{"a.csv": "tail"}},
		{"a file that shrank is renewed", func(f *folder) {
			f.write("a.csv", "id\n1\n2\n")
			f.load("a.csv")
			f.write("a.csv", "id\n1\n")
		}, map[string]string{"a.csv": "renew"}},
		{"known content under another path is a duplicate", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.write("b.csv", "id\n1\n")
		}, map[string]string{"a.csv": "keep", "b.csv": "duplicate of a.csv"}},
		{"of two new files with the same content one is read", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.write("b.csv", "id\n1\n")
		}, map[string]string{"a.csv": "whole", "b.csv": "duplicate of a.csv"}},
		{"empty files are no duplicates of each other", func(f *folder) {
			f.write("a.csv", "")
			f.write("b.csv", "")
		}, map[string]string{"a.csv": "whole", "b.csv": "whole"}},
		{"a vanished file changes nothing", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.known["gone.csv"] = fileState{path: "gone.csv", size: 9, sha256: "x"}
		}, map[string]string{"a.csv": "keep"}},
		{"a moved file is a duplicate of what it was", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			_ = os.Rename(filepath.Join(f.dir, "a.csv"), filepath.Join(f.dir, "b.csv"))
		}, map[string]string{"b.csv": "duplicate of a.csv"}},
		{"what stood under a path that now has other content is read itself", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.write("b.csv", "id\n1\n")
			f.load("b.csv")
			b := f.known["b.csv"]
			b.sameAs = "a.csv"
			f.known["b.csv"] = b
			f.writeAt("a.csv", "id\n9\n", f.loaded)
		}, map[string]string{"a.csv": "renew", "b.csv": "whole"}},
		{"a new file with the new content of a changed one is a duplicate of it", func(f *folder) {
			f.write("a.csv", "id\n1\n")
			f.load("a.csv")
			f.writeAt("a.csv", "id\n9\n", f.loaded)
			f.write("b.csv", "id\n9\n")
		}, map[string]string{"a.csv": "renew", "b.csv": "duplicate of a.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			c.do(f)
			if diff := cmp.Diff(c.want, f.plans()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileThatDidNotGrowButChangedIsRenewed(t *testing.T) {
	f := newFolder(t)
	f.write("a.csv", "id\n1\n")
	f.load("a.csv")
	f.write("a.csv", "id\n7\n8\n")
	if diff := cmp.Diff(map[string]string{"a.csv": "tail"}, f.plans()); diff != "" {
		t.Errorf("before it is read: %s", diff)
	}
	if diff := cmp.Diff(map[string]string{"a.csv": "renew"}, f.plans("a.csv")); diff != "" {
		t.Errorf("after reading told: %s", diff)
	}
}
