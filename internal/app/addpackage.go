package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/project/packagefile"
)

// AddPackage is a package that packages.yml is to ask for.
type AddPackage struct {
	// Source is hub, git or local, Name what follows --add-package.
	Source, Name string
	// DryRun writes nothing.
	DryRun bool
	// Event is told the file, its new text, and the entries that made room.
	Event func(file, text string, removed []string)
}

// addPackage writes the package into packages.yml, or dependencies.yml where
// the project has that alone. undo writes the old text back.
func (a *App) addPackage(add AddPackage) (undo func() error, err error) {
	s, err := packagefile.Parse(add.Source, add.Name)
	if err != nil {
		return nil, err
	}
	name := packagefile.File
	old, err := os.ReadFile(filepath.Join(a.options.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		if old, err = os.ReadFile(filepath.Join(a.options.Dir, packagefile.Dependencies)); err == nil {
			name = packagefile.Dependencies
		}
	}
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, err
	}
	text, removed, err := packagefile.Add(name, old, s)
	if err != nil {
		return nil, err
	}
	if add.Event != nil {
		var gone []string
		for _, r := range removed {
			gone = append(gone, r.String())
		}
		add.Event(name, string(text), gone)
	}
	if add.DryRun {
		return nil, nil
	}
	file := filepath.Join(a.options.Dir, name)
	undo = func() error { return artifact.WriteFile(file, old) }
	if missing {
		undo = func() error { return os.Remove(file) }
	}
	return undo, artifact.WriteFile(file, text)
}
