package app

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/secret/awssm"
	"github.com/tarn-lake/tarn/internal/secret/vault"
)

// scratch is the folder for temporary files of loads.
func (a *App) scratch() string { return filepath.Join(a.config.SpillDir(), "load") }

// clearScratch removes what runs that died left there. Only who has the lake to
// itself may do so.
func (a *App) clearScratch() error {
	if err := os.RemoveAll(a.scratch()); err != nil {
		return fmt.Errorf("remove temporary files that an earlier run left: %w", err)
	}
	if err := os.MkdirAll(a.scratch(), 0o700); err != nil {
		return fmt.Errorf("make a folder for temporary files: %w", err)
	}
	return nil
}

// secrets resolves the references that a project may hold.
func (a *App) secrets() *secret.Resolver {
	return secret.NewResolver(map[string]secret.Store{
		"env":    secret.Environment{Get: a.options.Env},
		"file":   secret.Files{Dir: a.options.Dir},
		"vault":  vault.Store{Get: a.options.Env},
		"aws-sm": &awssm.Store{},
	})
}

// finder finds the files that paths of the project mean.
func (a *App) finder() *locate.Finder { return &locate.Finder{Dir: a.options.Dir} }
