package app

import (
	"fmt"
	"os"
	"path/filepath"
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
