package metamorphic

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/cli"
)

// lake is a project in a folder.
type lake struct {
	t   tester
	dir string
}

// tester is a test, or a case that rapid draws.
type tester interface {
	Context() context.Context
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// emptyLake is a project without files.
func emptyLake(t tester, root string) *lake {
	dir, err := os.MkdirTemp(root, "lake-")
	if err != nil {
		t.Fatal(err)
	}
	return &lake{t, dir}
}

func newLake(t tester, root string, f format, declared string) *lake {
	l := emptyLake(t, root)
	l.write("dbt_project.yml", []byte("name: m\n"))
	l.write("ingest/raw.yml", []byte("source: raw\ntables:\n  t:\n    from: file\n    path: in/*\n    format: "+f.name+"\n"+f.options+declared))
	return l
}

func (l *lake) write(name string, content []byte) {
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// tarn runs the program in the project and returns what it prints.
func (l *lake) tarn(args ...string) string {
	out, err, code := l.try(args...)
	if code != 0 {
		l.t.Fatalf("tarn %s: exit %d\n%s", strings.Join(args, " "), code, err)
	}
	return out
}

// try runs the program, whatever comes of it.
func (l *lake) try(args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	code = cli.Main(l.t.Context(), cli.Program{
		Args: append(args, "--project-dir", l.dir), In: strings.NewReader(""), Out: &out, Err: &err,
		Env: func(string) (string, bool) { return "", false }, Version: "test",
	})
	return out.String(), err.String(), code
}
