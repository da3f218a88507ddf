//go:build dbtprojects

package dbtprojects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// project is a dbt project to build, and the commands that do it.
type project struct {
	name, folder string
	steps        []string
}

// find lists the projects in a folder, in the order of their names.
func find(folder string) ([]project, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "dbt_project.yml"))
	if err != nil {
		return nil, err
	}
	out := make([]project, 0, len(files))
	for _, file := range files {
		p := project{folder: filepath.Dir(file), steps: []string{"build"}}
		p.name = filepath.Base(p.folder)
		steps, err := os.ReadFile(p.folder + ".steps")
		if err == nil {
			p.steps = strings.Split(strings.TrimSpace(string(steps)), "\n")
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// copyTo makes a copy of the project to build in, without what was built there.
func (p project) copyTo(t *testing.T, folder string) {
	t.Helper()
	if err := os.CopyFS(folder, os.DirFS(p.folder)); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{"target", "logs", ".tarn"} {
		if err := os.RemoveAll(filepath.Join(folder, left)); err != nil {
			t.Fatal(err)
		}
	}
}
