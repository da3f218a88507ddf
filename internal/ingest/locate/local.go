package locate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// local finds files of this machine. A folder stands for all files below it.
// Names that begin with a dot are left out.
func (s *search) local(ctx context.Context, pattern string) ([]File, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(s.Dir, pattern)
	}
	w := walker{full: filepath.ToSlash(full)}
	if err := w.walk(ctx); err != nil {
		return nil, Unreadable(pattern, s.Place, err)
	}
	allowed := s.roots(pattern, w.fixed)
	var files []File
	for _, p := range w.paths {
		file, err := s.localFile(p, s.Place)
		if err != nil {
			return nil, err
		}
		if err := s.within(p, allowed, s.Place); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	for _, p := range w.links {
		s.note("%s is a link to a folder, which is not followed: name the folder in path: if it belongs here", s.name(p))
	}
	return files, nil
}

// File describes one file of the project, at a path relative to it.
func (f *Finder) File(path string, place diag.Place) (File, error) {
	return f.localFile(filepath.Join(f.Dir, filepath.FromSlash(path)), place)
}

// localFile describes the file at p.
func (f *Finder) localFile(p string, place diag.Place) (File, error) {
	name := f.name(p)
	info, err := os.Stat(p)
	if err != nil {
		return File{}, Unreadable(name, place, err)
	}
	if info.IsDir() {
		return File{}, diag.New("not-a-file", place, "%s is a folder, where a file was expected", name).
			WithHint("to read the files in it, write path: %s/*", name)
	}
	if !info.Mode().IsRegular() {
		return File{}, diag.New("not-a-file", place, "%s is not a regular file (%s)", name, info.Mode().Type())
	}
	return File{
		Name: name, Size: info.Size(), Modified: info.ModTime(),
		identity: identityOf(info),
		Open:     func(context.Context) (io.ReadCloser, error) { return openWatched(p, name) },
		At:       func(context.Context) (connector.ReaderAtCloser, error) { return openWatched(p, name) },
	}, nil
}

// settled is how old a modification must be for size and time alone to tell
// that nothing changed: file systems stamp with limited precision.
const settled = 2 * time.Second

// identityOf is what tells that an archive is what it was; "" where its time
// does not tell yet.
func identityOf(info fs.FileInfo) string {
	if time.Since(info.ModTime()) < settled {
		return ""
	}
	return fmt.Sprintf("%d@%d", info.Size(), info.ModTime().UnixNano())
}

// name is what p is called: relative to the project where it lies within.
func (f *Finder) name(p string) string {
	if rel, err := filepath.Rel(f.Dir, p); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return "file://" + filepath.ToSlash(p)
}

// Unreadable explains an error of the file system at a place of the project.
func Unreadable(name string, place diag.Place, err error) error {
	if problem := (*diag.Problem)(nil); errors.As(err, &problem) {
		return err // explained already
	}
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
