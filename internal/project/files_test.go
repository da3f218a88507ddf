package project

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFilesThatCannotBeReadAreProblems lays out a project on disk in which
// links lead nowhere and folders have the names of files.
func TestFilesThatCannotBeReadAreProblems(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"models/folder.sql", "models/folder.yml", "seeds/folder.csv", "ingest", "analyses"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, File), []byte("name: shop\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := []string{"analyses/x.sql", "ingest/x.yml", "models/x.md", "models/x.sql", "models/x.yml", "seeds/y.csv"}
	for _, name := range broken {
		if err := os.Symlink("nowhere", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, problems := Load(os.DirFS(dir), dir, Options{})
	var got []string
	for _, p := range problems.All() {
		if p.Code != "unreadable" || p.Unwrap() == nil {
			t.Errorf("unexpected: %v", p)
		}
		got = append(got, p.Place.File)
	}
	if diff := cmp.Diff(broken, got); diff != "" {
		t.Error(diff)
	}
}

func TestAProjectFileThatCannotBeReadIsAProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, File), 0o700); err != nil {
		t.Fatal(err)
	}
	p, problems := Load(os.DirFS(dir), dir, Options{})
	if found := problems.All(); len(found) != 1 || found[0].Code != "unreadable" || p == nil {
		t.Errorf("found %v", found)
	}
	if _, problems := Load(brokenDir{}, "", Options{}); problems.Err() == nil {
		t.Error("a folder that cannot be opened is no problem")
	}
}

// brokenDir is a file system on a disk that is gone.
type brokenDir struct{}

func (brokenDir) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: os.ErrPermission}
}
