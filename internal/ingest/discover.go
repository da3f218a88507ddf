package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// found is a file that a table's path leads to.
type found struct {
	// name is how rows and the ledger call the file: relative to the project
	// where it lies within, else a file URI.
	name string
	path string
	info fs.FileInfo
}

// discover lists the files that pattern leads to, in order of name. A folder
// stands for all files below it. Names that begin with a dot are left out.
func discover(ctx context.Context, project, pattern string, place diag.Place) ([]found, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(project, pattern)
	}
	paths, err := match(ctx, full)
	if err != nil {
		return nil, unreadable(pattern, place, err)
	}
	var files []found
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, unreadable(p, place, err)
		}
		if info.IsDir() {
			return nil, diag.New("not-a-file", place, "%s is a folder, where a file was expected", relative(project, p)).
				WithHint("to read the files in it, write path: %s/*", relative(project, p))
		}
		if !info.Mode().IsRegular() {
			return nil, diag.New("not-a-file", place, "%s is not a regular file (%s)", relative(project, p), info.Mode().Type())
		}
		files = append(files, found{name: relative(project, p), path: p, info: info})
	}
	slices.SortFunc(files, func(a, b found) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// unreadable explains an error of the file system at a place of the project.
func unreadable(name string, place diag.Place, err error) error {
	p := diag.New("unreadable-file", place, "cannot read %s: %v", name, reason(err)).WithCause(err)
	if errors.Is(err, fs.ErrPermission) {
		p.Code, p.Hint = "no-permission", "let the user who runs tarn read it"
	}
	return p
}

// reason is what went wrong, without the path that the message has already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// relative is the name of p for people and for _tarn_file.
func relative(project, p string) string {
	if rel, err := filepath.Rel(project, p); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return "file://" + filepath.ToSlash(p)
}

// match expands a path that may hold the wildcards *, ?, [a-z] within a name
// and ** for any number of folders. A path without wildcards that is a folder
// stands for every file below it.
func match(ctx context.Context, pattern string) ([]string, error) {
	fixed, rest := splitPattern(filepath.ToSlash(pattern))
	info, err := os.Stat(fixed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if rest == "" {
		if !info.IsDir() {
			return []string{fixed}, nil
		}
		rest = "**"
	}
	if _, err := path.Match(strings.ReplaceAll(rest, "**", "*"), ""); err != nil {
		return nil, fmt.Errorf("the pattern %q: %w", pattern, err)
	}
	want := strings.Split(rest, "/")
	var paths []string
	err = filepath.WalkDir(fixed, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if p == fixed {
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		have := strings.Split(filepath.ToSlash(strings.TrimPrefix(p, fixed+string(filepath.Separator))), "/")
		hit := matchParts(want, have)
		if d.IsDir() {
			if hit && want[len(want)-1] != "**" {
				paths = append(paths, p)
			}
			if !slices.Contains(want, "**") && len(have) >= len(want) {
				return fs.SkipDir
			}
			return nil
		}
		if hit {
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
}

// splitPattern parts the leading folders that hold no wildcard from the rest.
func splitPattern(p string) (fixed, rest string) {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "*?[") {
			fixed = strings.Join(parts[:i], "/")
			if fixed == "" {
				fixed = "/"
			}
			return filepath.FromSlash(fixed), strings.Join(parts[i:], "/")
		}
	}
	return filepath.FromSlash(strings.TrimSuffix(p, "/")), ""
}

func matchParts(want, have []string) bool {
	if len(want) == 0 {
		return len(have) == 0
	}
	if want[0] == "**" {
		for i := range len(have) + 1 {
			if matchParts(want[1:], have[i:]) {
				return true
			}
		}
		return false
	}
	if len(have) == 0 {
		return false
	}
	ok, err := path.Match(want[0], have[0])
	return err == nil && ok && matchParts(want[1:], have[1:])
}

// nothingFound says that a path led to no file.
func nothingFound(t ident.Table, pattern string, place diag.Place) error {
	return diag.New("no-files", place, "%s has nothing to load: no file matches %s", t, pattern).
		WithHint("paths are relative to the project's folder; check the spelling, or put the files there first")
}
