package pyprocess

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPythonIsFoundWhereSettingsThenEnvironmentsThenPathsSay(t *testing.T) {
	dir := t.TempDir()
	program := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // it is a program
			t.Fatal(err)
		}
		return path
	}
	p := &Python{Dir: dir, Environ: []string{"PATH=" + filepath.Join(dir, "bin")}}
	expect := func(want string) {
		t.Helper()
		got, err := p.Find()
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	expect("")
	plain := program("bin/python")
	expect(plain)
	three := program("bin/python3")
	expect(three)
	own := program(".venv/bin/python")
	expect(own)
	p.Environ = append(p.Environ, "VIRTUAL_ENV="+filepath.Join(dir, "active"))
	expect(own)
	active := program("active/bin/python")
	expect(active)
	p.Command = "tools/py"
	expect("")
	named := program("tools/py")
	expect(named)
	p.Command = "no such thing"
	if _, err := p.Find(); err == nil || !strings.Contains(err.Error(), "no-python: there is no program no such thing, which python.command names") {
		t.Error(err)
	}
}

func TestAboutTellsWhatPythonHas(t *testing.T) {
	p := bare(t.TempDir())
	got, err := p.About(t.Context())
	if err != nil || !strings.HasPrefix(got, p.Command+", 3.") || !strings.HasSuffix(got, "no pyarrow, no duckdb, no pandas, no polars") {
		t.Errorf("%s, %v", got, err)
	}
}
