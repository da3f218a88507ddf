package locate

import (
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/diag"
)

// roots are the folders that links may lead to: the project, and the folder
// that the pattern names itself where it is absolute or leads out of the
// project. A pattern that names one file means that file, wherever it is.
func (f *Finder) roots(pattern, fixed string) []string {
	roots := []string{real(f.Dir)}
	rel, err := filepath.Rel(f.Dir, fixed)
	if filepath.IsAbs(pattern) || err != nil || !filepath.IsLocal(rel) {
		roots = append(roots, real(fixed))
	}
	return roots
}

// within refuses a file that links make lie outside the roots.
func (f *Finder) within(p string, roots []string, place diag.Place) error {
	target := real(p)
	for _, root := range roots {
		if rel, err := filepath.Rel(root, target); err == nil && filepath.IsLocal(rel) {
			return nil
		}
	}
	return diag.New("link-leads-out", place, "%s is, or lies behind, a link that leads out of where files are looked for, to %s", f.name(p), target).
		WithHint("if it belongs here, write where it leads as an absolute path, path: %s", target)
}

// real is p without links; p itself where that cannot be known.
func real(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		p = abs
	}
	if target, err := filepath.EvalSymlinks(p); err == nil {
		return target
	}
	return p
}

// isLinkToFolder reports whether the link at p leads to a folder.
func isLinkToFolder(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}
