package artifact

import (
	"bytes"
	_ "embed" // for the page
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed page.html
var page []byte

// The names of the page, and of the one with the data in it.
const (
	PageFile       = "index.html"
	StaticPageFile = "static_index.html"
)

// dataMark is where the data stands in the page.
var dataMark = []byte("/*data*/null")

// WritePage writes a page that shows a manifest and a catalog beside it, and
// where static is set another one that holds both.
func WritePage(dir string, m *Manifest, c *Catalog, static bool) error {
	if err := os.WriteFile(filepath.Join(dir, PageFile), page, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", PageFile, err)
	}
	if !static {
		return nil
	}
	// encoding/json escapes <, > and &, so that no text ends the script.
	data, err := json.Marshal(map[string]any{"manifest": m, "catalog": c})
	if err != nil {
		return fmt.Errorf("write %s: %w", StaticPageFile, err)
	}
	if err := os.WriteFile(filepath.Join(dir, StaticPageFile), bytes.Replace(page, dataMark, data, 1), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", StaticPageFile, err)
	}
	return nil
}
