// Package lint is for the tests that hold the architecture: who may import
// whom, which package is the one door to a heavy dependency, how large a file
// or a function may become, and what must not stand in the repository.
//
// It promises that the package table of ARCHITECTURE.md is what the code does:
// the table is read, not repeated here. Each rule is a function from a tree of
// sources to findings, and each is tested with sources that break it. It
// leaves style inside a file to gofmt, vet and golangci-lint.
package lint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// Module is the path of our own module.
const Module = "github.com/tarn-lake/tarn"

// Tree is a repository as the rules see it.
type Tree struct {
	Go    []*GoFile
	Texts []Text // every file that is text, Go files too
	fset  *token.FileSet
}

// GoFile is one parsed Go file.
type GoFile struct {
	Path  string // from the root of the repository
	Lines int
	AST   *ast.File
}

// Text is one file that is text.
type Text struct {
	Path    string
	Content string
}

// Finding is one place that breaks a rule.
type Finding struct {
	Path    string
	Line    int // 0: the whole file or folder
	Message string
}

// String returns path:line: message.
func (f Finding) String() string {
	if f.Line == 0 {
		return f.Path + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Message)
}

// Package returns the folder of the file, without "internal/".
func (f *GoFile) Package() string { return strings.TrimPrefix(path.Dir(f.Path), "internal/") }

// Test reports whether the file is compiled into tests only: it is a test, or
// belongs to a package for tests, whose name ends in "test".
func (f *GoFile) Test() bool {
	return strings.HasSuffix(f.Path, "_test.go") || forTests(path.Dir(f.Path))
}

func forTests(folder string) bool { return strings.HasSuffix(folder, "test") }

// Load reads the files of a repository; names are those to read.
func Load(fsys fs.FS, names []string) (*Tree, error) {
	t := &Tree{fset: token.NewFileSet()}
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 {
			continue // not text
		}
		t.Texts = append(t.Texts, Text{Path: name, Content: string(content)})
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			continue
		}
		file, err := parser.ParseFile(t.fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		t.Go = append(t.Go, &GoFile{Path: name, Lines: bytes.Count(content, []byte("\n")), AST: file})
	}
	return t, nil
}

// packages returns the files of each package, tests included.
func (t *Tree) packages() map[string][]*GoFile {
	all := map[string][]*GoFile{}
	for _, f := range t.Go {
		all[f.Package()] = append(all[f.Package()], f)
	}
	return all
}

func (t *Tree) line(p token.Pos) int { return t.fset.Position(p).Line }
