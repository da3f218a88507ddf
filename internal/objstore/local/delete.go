package local

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// Delete implements [objstore.Store].
func (s *Store) Delete(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := errors.Join(ctx.Err(), objstore.CheckName(name)); err != nil {
			return err
		}
		path := s.path(name)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		s.removeEmpty(filepath.Dir(path))
	}
	return nil
}

// DeletePrefix implements [objstore.Store].
func (s *Store) DeletePrefix(ctx context.Context, prefix string) error {
	if err := errors.Join(ctx.Err(), objstore.CheckName(prefix)); err != nil {
		return err
	}
	path := s.path(prefix)
	s.mu.Lock()
	s.forget(path)
	s.mu.Unlock()
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	s.removeEmpty(filepath.Dir(path))
	return nil
}

// removeEmpty removes the folder and those above it for as long as they are
// empty; the file system refuses to remove one that is not.
func (s *Store) removeEmpty(folder string) {
	for folder != s.root && strings.HasPrefix(folder, s.root) {
		s.mu.Lock()
		s.setDurable(folder, false)
		s.mu.Unlock()
		if os.Remove(folder) != nil {
			return
		}
		s.mu.Lock()
		s.forget(folder)
		s.mu.Unlock()
		folder = filepath.Dir(folder)
	}
}

// List implements [objstore.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[objstore.Info, error] {
	return func(yield func(objstore.Info, error) bool) {
		if err := objstore.CheckPrefix(prefix); err != nil {
			yield(objstore.Info{}, err)
			return
		}
		err := s.walk(ctx, s.path(prefix), prefix, func(info objstore.Info) bool { return yield(info, nil) })
		if err != nil && !errors.Is(err, fs.SkipAll) {
			yield(objstore.Info{}, err)
		}
	}
}

// walk visits the files below a folder in order of name, which differs from
// the order of folders first where a name continues with a byte before "/".
func (s *Store) walk(ctx context.Context, path, name string, visit func(objstore.Info) bool) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since, or never there
	}
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	sortAsNames(entries)
	for _, e := range entries {
		child, childPath := joinName(name, e.Name()), filepath.Join(path, e.Name())
		if e.IsDir() {
			if err := s.walk(ctx, childPath, child, visit); err != nil {
				return err
			}
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || strings.HasPrefix(e.Name(), partial) {
			continue
		}
		if err != nil {
			return err
		}
		if !visit(objstore.Info{Name: child, Size: info.Size(), ModTime: info.ModTime()}) {
			return fs.SkipAll
		}
	}
	return nil
}
