//go:build engines

package matrix

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// engine writes tables into a namespace that has its name, and reads tables.
// Both leave a file for each operation or table: how it ended, or its rows.
type engine interface {
	name() string
	write(t *testing.T, folder string)
	read(t *testing.T, tables []string, folder string)
}

// python is an engine that a program in Python drives.
type python struct {
	*lake
	engine string
	plan   string
}

func (p python) name() string { return p.engine }

func (p python) write(t *testing.T, folder string) {
	p.lake.engine(t, p.engine, "write", p.plan, folder)
}

func (p python) read(t *testing.T, tables []string, folder string) {
	p.lake.engine(t, append([]string{p.engine, "read", folder}, tables...)...)
}

// tarn writes with statements and with models, on the lake's files.
type tarn struct{ *lake }

func (tarn) name() string { return "tarn" }

func (e tarn) write(t *testing.T, folder string) {
	for name, statements := range sections(t, filepath.Join("testdata", "tarn.sql")) {
		args, err := json.Marshal(map[string][]string{"statements": statements})
		if err != nil {
			t.Fatal(err)
		}
		e.ends(t, folder, name, "run-operation", "play", "--args", string(args))
	}
	models, err := filepath.Glob(filepath.Join("testdata", "project", "models", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range models {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		for step := 1; step <= 4; step++ {
			e.ends(t, folder, name, "build", "--select", name, "--vars", fmt.Sprintf("{step: %d}", step))
		}
	}
}

// ends writes how a command ended.
func (e tarn) ends(t *testing.T, folder, name, command string, args ...string) {
	t.Helper()
	said := ""
	out, err := exec.CommandContext(t.Context(), lab.Tarn(t), append([]string{command, "--project-dir", e.project}, args...)...).CombinedOutput()
	if err != nil {
		said = "refused: " + strings.Join(strings.Fields(string(out)), " ") + "\n"
	}
	write(t, filepath.Join(folder, name), said)
}

func (e tarn) read(t *testing.T, tables []string, folder string) {
	files := t.TempDir()
	var read []string
	for _, table := range tables {
		cmd := exec.CommandContext(t.Context(), lab.Tarn(t), "query", "--project-dir", e.project, "SELECT * FROM "+table, "--output", "parquet")
		var problem strings.Builder
		cmd.Stderr = &problem
		out, err := cmd.Output()
		if err != nil {
			write(t, filepath.Join(folder, table), "refused: "+problem.String())
			continue
		}
		write(t, filepath.Join(files, table+".parquet"), string(out))
		read = append(read, table)
	}
	here := *e.lake
	here.environment = append(here.environment[:len(here.environment):len(here.environment)], "PARQUET="+files)
	here.engine(t, append([]string{"parquet", "read", folder}, read...)...)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome reads what an engine left; nothing is there if it was not asked.
func outcome(t *testing.T, folder, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
