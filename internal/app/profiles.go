package app

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/project/profile"
)

// profiles reads dbt's profiles.yml from where dbt looks for it: the folder
// that --profiles-dir or DBT_PROFILES_DIR names, the project, the person's own; nothing where
// there is none.
func (a *App) profiles() (text []byte, path string) {
	var folders []string
	if dir := a.options.ProfilesDir; dir != "" {
		folders = append(folders, dir)
	} else if dir, ok := a.options.Env("DBT_PROFILES_DIR"); ok && dir != "" {
		folders = append(folders, dir)
	} else {
		folders = append(folders, a.options.Dir)
		if home, ok := a.options.Env("HOME"); ok && home != "" {
			folders = append(folders, filepath.Join(home, ".dbt"))
		}
	}
	for _, dir := range folders {
		path := filepath.Join(dir, profile.File)
		if text, err := os.ReadFile(path); err == nil { //nolint:gosec // where the person says
			return text, path
		}
	}
	return nil, ""
}

// outside opens a folder beside the project's, for local packages.
func (a *App) outside(dir string) (fs.FS, error) {
	if filepath.IsAbs(dir) {
		return nil, fmt.Errorf("%s is no path relative to the project", dir)
	}
	return os.DirFS(filepath.Join(a.options.Dir, filepath.FromSlash(dir))), nil
}
