package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Imports finds imports that the table does not allow, packages without a row
// and rows without a package. Tests may import what they like of ours, because
// what they need (a memory store, another reader as an oracle) is not what the
// code needs; only they may import packages for tests.
func Imports(t *Tree, table Table) (found []Finding) {
	used := map[string]bool{}
	for pkg, files := range t.packages() {
		if !strings.HasPrefix(files[0].Path, "internal/") || forTests(pkg) {
			continue
		}
		allowed, name, ok := table.rowOf(pkg)
		if !ok {
			found = append(found, Finding{Path: "internal/" + pkg, Message: "the package has no row in ARCHITECTURE.md"})
			continue
		}
		used[name] = true
		for _, f := range files {
			found = append(found, importsOf(t, f, pkg, allowed)...)
		}
	}
	for name := range table.Imports {
		if !used[name] {
			found = append(found, Finding{Path: "ARCHITECTURE.md", Message: "no package for the row " + name})
		}
	}
	return found
}

func importsOf(t *Tree, f *GoFile, pkg string, allowed []string) (found []Finding) {
	if f.Test() {
		return nil
	}
	for imported, line := range imports(t, f) {
		ours, ok := strings.CutPrefix(imported, Module+"/internal/")
		if ok && ours != pkg && (!allows(allowed, ours) || forTests(ours)) {
			found = append(found, Finding{f.Path, line, fmt.Sprintf("%s may not import %s", pkg, ours)})
		}
	}
	return found
}

// Doors finds heavy dependencies that are imported elsewhere than at their door.
func Doors(t *Tree, table Table) (found []Finding) {
	for _, f := range t.Go {
		if f.Test() {
			continue
		}
		for imported, line := range imports(t, f) {
			for dependency, doors := range table.Doors {
				if strings.HasPrefix(imported+"/", dependency+"/") && !allows(doors, f.Package()) {
					found = append(found, Finding{f.Path, line,
						fmt.Sprintf("%s is imported outside its door, %s", imported, strings.Join(doors, " and "))})
				}
			}
		}
	}
	return found
}

func imports(t *Tree, f *GoFile) map[string]int {
	all := map[string]int{}
	for _, spec := range f.AST.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			all[name] = t.line(spec.Pos())
		}
	}
	return all
}

// Docs finds packages that do not say what they are for, what they promise and
// what they leave to others: three sentences at least, one for a program.
// Folders of tests alone need none.
func Docs(t *Tree) (found []Finding) {
	for _, files := range t.packages() {
		code := slices.DeleteFunc(slices.Clone(files), func(f *GoFile) bool { return strings.HasSuffix(f.Path, "_test.go") })
		if len(code) == 0 {
			continue
		}
		sentences, least := 0, 3
		if code[0].AST.Name.Name == "main" {
			least = 1
		}
		for _, f := range code {
			if f.AST.Doc != nil {
				sentences += count(f.AST.Doc.Text())
			}
		}
		if sentences < least {
			found = append(found, Finding{Path: path.Dir(code[0].Path), Message: fmt.Sprintf(
				"the package comment has %d sentences, %d are the least: what it is for, what it promises, what it leaves to others", sentences, least)})
		}
	}
	return found
}

// count counts sentences: what ends in a full stop before a space or the end.
func count(text string) int {
	return strings.Count(strings.Join(strings.Fields(text), " ")+" ", ". ")
}
