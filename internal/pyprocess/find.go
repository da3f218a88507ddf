package pyprocess

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Find returns the interpreter: that of the settings, else of the virtual
// environment that is active or of the project's .venv, else python3.
func (p *Python) Find() (string, error) {
	if p.Command != "" {
		command := p.Command
		if strings.ContainsRune(command, filepath.Separator) && !filepath.IsAbs(command) {
			command = filepath.Join(p.Dir, command)
		}
		path, err := exec.LookPath(command)
		if err != nil {
			return "", noPython("there is no program %s, which python.command names", p.Command).WithCause(err)
		}
		return path, nil
	}
	var places []string
	if active := p.variable("VIRTUAL_ENV"); active != "" {
		places = append(places, filepath.Join(active, "bin", "python"))
	}
	places = append(places, filepath.Join(p.Dir, ".venv", "bin", "python"))
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	for _, name := range []string{"python3", "python"} {
		if path := p.lookPath(name); path != "" {
			return path, nil
		}
	}
	return "", noPython("Python models need Python, and there is none")
}

func noPython(format string, args ...any) *diag.Problem {
	return diag.New("no-python", diag.Place{}, format, args...).
		WithHint("install Python 3, make a virtual environment .venv in the project, or write python: {command: /path/to/python} in tarn.yml")
}

// lookPath finds a program by the PATH of the process's environment.
func (p *Python) lookPath(name string) string {
	for _, dir := range filepath.SplitList(p.variable("PATH")) {
		if !filepath.IsAbs(dir) {
			continue // what lies in the current folder is nobody's Python
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

// variable is the last value that the environment has for a name.
func (p *Python) variable(name string) string {
	value := ""
	for _, line := range p.Environ {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			value = v
		}
	}
	return value
}

// secretPrefix begins the names of variables whose values dbt never shows.
const secretPrefix = "DBT_ENV_SECRET"

// environment is what the process gets of the environment.
func (p *Python) environment() []string {
	var kept []string
	for _, line := range p.Environ {
		if !strings.HasPrefix(line, secretPrefix) {
			kept = append(kept, line)
		}
	}
	return kept
}

//go:embed about.py
var about string

// About says in a line which Python there is, with which packages.
func (p *Python) About(ctx context.Context) (string, error) {
	path, err := p.Find()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, path, "-c", about) //nolint:gosec // the interpreter that the person chose
	cmd.Env, cmd.Dir = p.environment(), p.Dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", path, err)
	}
	return path + ", " + strings.TrimSpace(string(out)), nil
}

// notStarted says why a process did not begin.
func notStarted(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, os.ErrInvalid) {
		return noPython("%s cannot be run: %v", path, err).WithCause(err)
	}
	return fmt.Errorf("run %s: %w", path, err)
}
