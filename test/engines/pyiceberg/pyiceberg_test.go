//go:build engines

package pyiceberg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

// lab has the binary, a Python with PyIceberg, and a project that is built.
type lab struct {
	tarn, python, project string
}

func newLab(t *testing.T, example string) *lab {
	t.Helper()
	tarn, err := filepath.Abs(filepath.Join(root, "bin", "tarn"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tarn); err != nil {
		t.Fatal("make build first:", err)
	}
	l := &lab{tarn: tarn, python: python(t), project: filepath.Join(t.TempDir(), example)}
	if err := os.CopyFS(l.project, os.DirFS(filepath.Join(root, "examples", example))); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{".tarn", "target"} { // what somebody has built there
		if err := os.RemoveAll(filepath.Join(l.project, left)); err != nil {
			t.Fatal(err)
		}
	}
	run(t, l.tarn, "build", "--project-dir", l.project)
	return l
}

// python returns the interpreter of a virtual environment with the
// requirements, which is kept for the next time. The mark is written last.
func python(t *testing.T) string {
	t.Helper()
	venv, err := filepath.Abs(filepath.Join("..", "work", "pyiceberg"))
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	interpreter, mark := filepath.Join(venv, "bin", "python"), filepath.Join(venv, "complete")
	if have, err := os.ReadFile(mark); err == nil && string(have) == string(wanted) {
		return interpreter
	}
	if err := os.RemoveAll(venv); err != nil {
		t.Fatal(err)
	}
	run(t, "python3", "-m", "venv", venv)
	run(t, interpreter, "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
	if err := os.WriteFile(mark, wanted, 0o644); err != nil {
		t.Fatal(err)
	}
	return interpreter
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (l *lab) query(t *testing.T, sql string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), l.tarn, append([]string{"query", "--project-dir", l.project, sql}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return string(out)
}

// export writes every table as Tarn reads it.
func (l *lab) export(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	list := l.query(t, "SELECT namespace || '.' || table_name AS name FROM system.tables WHERE kind = 'table'", "--output", "csv")
	names := strings.Fields(list)[1:]
	if len(names) == 0 {
		t.Fatal("the lake has no tables")
	}
	for _, name := range names {
		content := l.query(t, "SELECT * FROM "+name, "--output", "parquet")
		if err := os.WriteFile(filepath.Join(folder, name+".parquet"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func (l *lab) catalog() string { return filepath.Join(l.project, ".tarn", "catalog.db") }

func TestPyIcebergReadsTheRowsThatTarnReads(t *testing.T) {
	l := newLab(t, "weblog")
	t.Log(run(t, l.python, "check.py", "compare", l.catalog(), l.export(t)))
}

func TestTarnReadsWhatPyIcebergAppends(t *testing.T) {
	l := newLab(t, "weblog")
	const count = "SELECT count(*) FROM web.access_log"
	before := l.query(t, count, "--output", "csv")
	run(t, l.python, "check.py", "append", l.catalog(), "web.access_log")
	after := l.query(t, count, "--output", "csv")
	if strings.Fields(before)[1] != "9999" || strings.Fields(after)[1] != "10000" {
		t.Errorf("%s, then %s", before, after)
	}
	t.Log(run(t, l.python, "check.py", "compare", l.catalog(), l.export(t)))
}
