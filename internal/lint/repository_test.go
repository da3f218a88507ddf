package lint

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const root = "../.."

// repository loads what git has or would add: what is ignored is not ours.
func repository(t *testing.T) *Tree {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("list the files of the repository:", err)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(root + "/" + name); err == nil { // not one that is deleted but not yet committed
			names = append(names, name)
		}
	}
	tree, err := Load(os.DirFS(root), names)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTheRepositoryKeepsTheRules(t *testing.T) {
	tree := repository(t)
	architecture, err := os.ReadFile(root + "/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := ReadTable(string(architecture))
	if err != nil {
		t.Fatal("read ARCHITECTURE.md:", err)
	}
	for name, findings := range map[string][]Finding{
		"imports": Imports(tree, table),
		"doors":   Doors(tree, table),
		"steps":   CrashSteps(tree, table),
		"tables":  StoredTables(tree, table),
		"docs":    Docs(tree),
		"names":   Names(tree),
		"sizes":   Sizes(tree),
		"calls":   Calls(tree),
		"words":   Words(withoutOthers(tree)),
	} {
		t.Run(name, func(t *testing.T) {
			if found := list(findings); found != "" {
				t.Errorf("%d findings:\n%s", len(findings), found)
			}
		})
	}
}

// withoutOthers leaves out what we ship but did not write, and the rules' own
// examples.
func withoutOthers(t *Tree) *Tree {
	ours := &Tree{Go: t.Go, fset: t.fset}
	for _, text := range t.Texts {
		if strings.Contains(text.Path, "/data/") || text.Path == "NOTICE" || strings.HasPrefix(text.Path, "internal/lint/testdata/") {
			continue
		}
		ours.Texts = append(ours.Texts, text)
	}
	return ours
}
