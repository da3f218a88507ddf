package lint

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the tests find into their expectations")

// Each archive in testdata is a small repository that breaks rules; its last
// file, "findings", has what the rules say.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			got := find(t, &txtar.Archive{Files: archive.Files[:last]})
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func find(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	fsys := fstest.MapFS{}
	var names []string
	for _, f := range archive.Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		names = append(names, f.Name)
	}
	tree, err := Load(fsys, names)
	if err != nil {
		t.Fatal(err)
	}
	findings := slices.Concat(Docs(tree), Names(tree), Sizes(tree), Calls(tree), Words(tree))
	if architecture, err := fs.ReadFile(fsys, "ARCHITECTURE.md"); err == nil {
		table, err := ReadTable(string(architecture))
		if err != nil {
			t.Fatal(err)
		}
		findings = append(findings, slices.Concat(
			Imports(tree, table), Doors(tree, table), CrashSteps(tree, table), StoredTables(tree, table))...)
	}
	return list(findings)
}

// list returns the findings in order, one a line.
func list(findings []Finding) string {
	var b strings.Builder
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		b.WriteString(l + "\n")
	}
	return b.String()
}
