package lint

import (
	"fmt"
	"go/ast"
)

// The hard limits, in lines; the aims (CONTRIBUTING.md) are lower. Tests may
// be longer: their tables and transcripts are data.
const (
	maxFile     = 500
	maxTestFile = 1000
	maxFunc     = 80
	maxTestFunc = 150
	maxMain     = 40
)

// Sizes finds files and functions over the limits.
func Sizes(t *Tree) (found []Finding) {
	for _, f := range t.Go {
		file, function := maxFile, maxFunc
		if f.Test() {
			file, function = maxTestFile, maxTestFunc
		}
		if f.Path == "cmd/tarn/main.go" {
			file = maxMain
		}
		if f.Lines > file {
			found = append(found, Finding{Path: f.Path, Message: fmt.Sprintf("%d lines, %d are the limit", f.Lines, file)})
		}
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := t.line(fn.End()) - t.line(fn.Pos()) + 1; n > function {
				found = append(found, Finding{f.Path, t.line(fn.Pos()), fmt.Sprintf("%s has %d lines, %d are the limit", fn.Name.Name, n, function)})
			}
		}
	}
	return found
}
