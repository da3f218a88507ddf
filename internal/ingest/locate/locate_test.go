package locate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
)

// find finds files that need no closing.
func find(t *testing.T, dir string, place diag.Place, paths ...string) ([]File, error) {
	t.Helper()
	f := Finder{Dir: dir}
	found, err := f.Find(t.Context(), Query{Paths: paths, Place: place})
	if err != nil {
		return nil, err
	}
	return found.Files, found.Close()
}

func TestFilesAreFoundByPattern(t *testing.T) {
	dir := t.TempDir()
	for _, p := range []string{"in/a.csv", "in/b.csv.gz", "in/.hidden.csv", "in/deep/c.csv", "in/deep/er/d.csv", "other/e.csv"} {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		pattern string
		want    []string
	}{
		{"in/a.csv", []string{"in/a.csv"}},
		{"in/*.csv*", []string{"in/a.csv", "in/b.csv.gz"}},
		{"in", []string{"in/a.csv", "in/b.csv.gz", "in/deep/c.csv", "in/deep/er/d.csv"}},
		{"in/", []string{"in/a.csv", "in/b.csv.gz", "in/deep/c.csv", "in/deep/er/d.csv"}},
		{"**/*.csv", []string{"in/a.csv", "in/deep/c.csv", "in/deep/er/d.csv", "other/e.csv"}},
		{"in/**/c.csv", []string{"in/deep/c.csv"}},
		{"[io]*/?.csv", []string{"in/a.csv", "other/e.csv"}},
		{"nothing/*.csv", nil},
		{filepath.Join(dir, "other/*.csv"), []string{"other/e.csv"}},
	} {
		files, err := find(t, dir, diag.Place{}, c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.pattern, diff)
		}
	}
}

func TestAFolderWhereAFileWasExpectedIsAProblem(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "in", "x.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := find(t, dir, diag.Place{File: "ingest/a.yml", Line: 3}, "in/*.csv")
	want := "ingest/a.yml:3: not-a-file: in/x.csv is a folder, where a file was expected\n  hint: to read the files in it, write path: in/x.csv/*"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAFileOutsideTheProjectIsNamedByURI(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "a.csv"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := find(t, t.TempDir(), diag.Place{}, outside+"/*.csv")
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if want := fmt.Sprintf("file://%s/a.csv", filepath.ToSlash(outside)); files[0].Name != want {
		t.Errorf("named %s, want %s", files[0].Name, want)
	}
}

func names(found *Found) string {
	var list []string
	for _, f := range found.Files {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
}

func TestAFileThatSeveralPathsLeadToIsFoundOnce(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f := Finder{Dir: dir}
	found, err := f.Find(t.Context(), Query{Paths: []string{"c.txt", "*.csv", "a.*"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(found); got != "a.csv b.csv c.txt" {
		t.Errorf("found %s", got)
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		name, path string
		do         func(dir, outside string) error
		// want is what is found; "!" begins a problem, "+" the notes.
		want string
	}{
		{"to a file within is followed", "in/*.csv", func(dir, _ string) error {
			return os.Symlink(filepath.Join(dir, "data", "x.csv"), filepath.Join(dir, "in", "l.csv"))
		}, "in/l.csv"},
		{"that leads out is refused", "in/*.csv", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "o.csv"), filepath.Join(dir, "in", "l.csv"))
		}, "!p.yml:7: link-leads-out: in/l.csv is, or lies behind, a link that leads out of where files are looked for, to OUT/o.csv\n  hint: if it belongs here, write where it leads as an absolute path, path: OUT/o.csv"},
		{"that leads out by a folder on the way is refused", "in/f/*.csv", func(dir, outside string) error {
			return os.Symlink(outside, filepath.Join(dir, "in", "f"))
		}, "!p.yml:7: link-leads-out: in/f/o.csv is, or lies behind, a link that leads out of where files are looked for, to OUT/o.csv\n  hint: if it belongs here, write where it leads as an absolute path, path: OUT/o.csv"},
		{"that an absolute path names is followed", "DIR/in/l.csv", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "o.csv"), filepath.Join(dir, "in", "l.csv"))
		}, "in/l.csv"},
		{"to a folder is not followed, and that is said", "in", func(dir, _ string) error {
			return os.Symlink(filepath.Join(dir, "data"), filepath.Join(dir, "in", "more"))
		}, "+in/more is a link to a folder, which is not followed: name the folder in path: if it belongs here"},
		{"to a folder can be where files are looked for", "in/more", func(dir, _ string) error {
			return os.Symlink(filepath.Join(dir, "data"), filepath.Join(dir, "in", "more"))
		}, "in/more/x.csv"},
		{"in circles end", "**/*.csv", func(dir, _ string) error {
			return os.Symlink(dir, filepath.Join(dir, "data", "up"))
		}, "data/x.csv+data/up is a link to a folder, which is not followed: name the folder in path: if it belongs here"},
		{"to itself is a problem", "in/*.csv", func(dir, _ string) error {
			return os.Symlink(filepath.Join(dir, "in", "l.csv"), filepath.Join(dir, "in", "l.csv"))
		}, "!p.yml:7: unreadable-file: cannot read in/l.csv: too many levels of symbolic links"},
		{"to nothing is a problem", "in/*.csv", func(dir, _ string) error {
			return os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "in", "l.csv"))
		}, "!p.yml:7: unreadable-file: cannot read in/l.csv: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, outside := real(t.TempDir()), real(t.TempDir())
			for _, p := range []string{filepath.Join(dir, "data", "x.csv"), filepath.Join(dir, "in", ".keep"), filepath.Join(outside, "o.csv")} {
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.do(dir, outside); err != nil {
				t.Fatal(err)
			}
			f := Finder{Dir: dir}
			found, err := f.Find(t.Context(), Query{Paths: []string{strings.ReplaceAll(c.path, "DIR", dir)}, Place: diag.Place{File: "p.yml", Line: 7}})
			var got string
			if err != nil {
				got = "!" + strings.ReplaceAll(err.Error(), outside, "OUT")
			} else {
				got = names(found)
				for _, n := range found.Notes {
					got += "+" + n
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
