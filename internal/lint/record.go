package lint

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CrashSteps finds steps of the crash tests that ARCHITECTURE.md does not
// list, and listed ones that the code does not have.
func CrashSteps(t *Tree, table Table) (found []Finding) {
	seen := map[string]bool{}
	for _, f := range t.Go {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			step, ok := hit(n)
			if !ok || f.Test() {
				return true
			}
			seen[step] = true
			if !slices.Contains(table.CrashSteps, step) {
				found = append(found, Finding{f.Path, t.line(n.Pos()), "the crash step " + step + " is not listed in ARCHITECTURE.md"})
			}
			return true
		})
	}
	for _, step := range table.CrashSteps {
		if !seen[step] {
			found = append(found, Finding{Path: "ARCHITECTURE.md", Message: "no code for the crash step " + step})
		}
	}
	return found
}

// hit recognises failpoint.Hit("step").
func hit(n ast.Node) (step string, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Hit" {
		return "", false
	}
	pkg, ok := selector.X.(*ast.Ident)
	literal, isText := call.Args[0].(*ast.BasicLit)
	if !ok || pkg.Name != "failpoint" || !isText || literal.Kind != token.STRING {
		return "", false
	}
	step, err := strconv.Unquote(literal.Value)
	return step, err == nil
}

var createTable = regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)

// StoredTables finds tables of the databases that ARCHITECTURE.md does not
// describe.
func StoredTables(t *Tree, table Table) (found []Finding) {
	for _, text := range t.Texts {
		if !strings.HasPrefix(text.Path, "internal/") || !strings.Contains(text.Path, "/migrations/") {
			continue
		}
		n := 0
		for line := range strings.Lines(text.Content) {
			n++
			if m := createTable.FindStringSubmatch(line); m != nil && !slices.Contains(table.Stored, m[1]) {
				found = append(found, Finding{text.Path, n, "the table " + m[1] + " is not described in ARCHITECTURE.md"})
			}
		}
	}
	return found
}
