package locate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// walker expands a path that may hold wildcards.
type walker struct {
	// full is the path with its wildcards, fixed what comes before them.
	full, fixed string
	want        []string
	// paths are what matches; links are those to folders, which are not
	// followed, so that no walk goes in circles.
	paths, links []string
}

// walk finds what matches. A path without wildcards that is a folder stands
// for every file below it.
func (w *walker) walk(ctx context.Context) error {
	fixed, rest := splitPattern(w.full)
	w.fixed = filepath.Clean(filepath.FromSlash(fixed))
	info, err := os.Stat(w.fixed)
	if errors.Is(err, fs.ErrNotExist) {
		return w.dangling(err)
	}
	if err != nil {
		return err
	}
	if rest == "" {
		if !info.IsDir() {
			w.paths = []string{w.fixed}
			return nil
		}
		rest = "**"
	}
	if err := checkPattern(rest); err != nil {
		return fmt.Errorf("the pattern %q: %w", w.full, err)
	}
	w.want = strings.Split(rest, "/")
	root := real(w.fixed) // a walk does not follow a link, even at its root
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if p == root {
			return nil
		}
		return w.visit(filepath.Join(w.fixed, strings.TrimPrefix(p, root)), strings.TrimPrefix(p, root), d)
	})
}

// dangling tells a path that is not there, which may come, from a link to
// nothing.
func (w *walker) dangling(err error) error {
	if _, there := os.Lstat(w.fixed); there == nil {
		return fmt.Errorf("a link to what is not there: %w", err)
	}
	return nil
}

// visit takes the entry at p, below the walk's root by rel, if it matches.
func (w *walker) visit(p, rel string, d fs.DirEntry) error {
	if strings.HasPrefix(d.Name(), ".") {
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	have := strings.Split(strings.TrimPrefix(filepath.ToSlash(rel), "/"), "/")
	hit := matchParts(w.want, have)
	switch {
	case d.IsDir():
		if hit && w.want[len(w.want)-1] != "**" {
			w.paths = append(w.paths, p)
		}
		if !slices.Contains(w.want, "**") && len(have) >= len(w.want) {
			return fs.SkipDir
		}
	case d.Type()&fs.ModeSymlink != 0 && (hit || matchesBelow(w.want, have)) && isLinkToFolder(p):
		w.links = append(w.links, p)
	case hit:
		w.paths = append(w.paths, p)
	}
	return nil
}
