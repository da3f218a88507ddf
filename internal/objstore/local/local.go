// Package local is for objects on the local file system, where the engine
// reads and writes them directly.
//
// It promises what objstore promises: a sync is of the objects and of every
// folder whose entry leads to them. Folders that become empty are removed. It
// leaves network file systems alone: their locks and syncs promise less.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const (
	scheme = "file://"
	// partial starts the file name of an object that was not committed.
	partial = ".partial-"
	// syncers is how many files are synced at a time: the file system shares
	// one journal commit between them.
	syncers = 8
)

// Store keeps objects below a folder.
type Store struct {
	root string
	// whole is for syncing the file system; nil where that cannot be.
	whole *os.File

	mu sync.Mutex
	// places knows which folders are durable.
	places place
	// folders are those that are being synced.
	folders map[string]*folder
}

// New returns the store below root, which is created when it is missing.
func New(root string) (*Store, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", root, err)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &Store{root: abs, whole: openWhole(abs), folders: map[string]*folder{}}, nil
}

// URI implements [objstore.Store].
func (s *Store) URI(name string) string {
	return strings.TrimSuffix(scheme+filepath.ToSlash(s.root)+"/"+name, "/")
}

// Name implements [objstore.Store]; it takes absolute paths as well.
func (s *Store) Name(uri string) (string, bool) {
	path := strings.TrimPrefix(uri, scheme)
	if path == uri {
		// file:/path is what some writers make of file:///path.
		path = strings.TrimPrefix(uri, "file:")
	}
	name, found := strings.CutPrefix(path, filepath.ToSlash(s.root)+"/")
	return name, found && objstore.CheckName(name) == nil
}

// LocalPath implements [objstore.Store].
func (s *Store) LocalPath(name string) (string, bool) { return s.path(name), true }

func (s *Store) path(name string) string {
	return filepath.Join(s.root, filepath.FromSlash(name))
}

// Open implements [objstore.Store].
func (s *Store) Open(_ context.Context, name string) (objstore.File, error) {
	if err := objstore.CheckName(name); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("open %s: is a folder: %w", name, fs.ErrNotExist)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return file{f, info.Size()}, nil
}

type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

// Stat implements [objstore.Store].
func (s *Store) Stat(_ context.Context, name string) (objstore.Info, error) {
	if err := objstore.CheckName(name); err != nil {
		return objstore.Info{}, err
	}
	info, err := os.Stat(s.path(name))
	if err != nil {
		return objstore.Info{}, err
	}
	if info.IsDir() {
		return objstore.Info{}, fmt.Errorf("stat %s: is a folder: %w", name, fs.ErrNotExist)
	}
	return objstore.Info{Name: name, Size: info.Size(), ModTime: info.ModTime()}, nil
}

// Sync implements [objstore.Store]. The objects come first, then the folders
// that have their entries, and those above.
func (s *Store) Sync(ctx context.Context, names ...string) error {
	var paths []string
	folders := map[string]bool{}
	for _, name := range names {
		if err := objstore.CheckName(name); err != nil {
			return err
		}
		paths = append(paths, s.path(name))
		folders[filepath.Dir(s.path(name))] = true
	}
	above := s.notDurable(folders)
	for _, folder := range above {
		folders[filepath.Dir(folder)] = true
	}
	err := s.syncMany(ctx, slices.Concat(paths, slices.Collect(maps.Keys(folders))))
	if errors.Is(err, errApart) {
		err = s.syncEach(ctx, paths, slices.Collect(maps.Keys(folders)))
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, folder := range above {
		s.setDurable(folder, true)
	}
	return nil
}

// syncEach syncs files, and then the folders that have their entries.
func (s *Store) syncEach(ctx context.Context, paths, folders []string) error {
	if err := each(ctx, paths, syncPath); err != nil {
		return err
	}
	return each(ctx, folders, s.syncEntries)
}

// each does something to several paths at once.
func each(ctx context.Context, paths []string, do func(string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(syncers)
	for _, path := range paths {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(path)
		})
	}
	return group.Wait()
}

// notDurable returns those of the folders, and of the folders above them,
// whose own entries this process has not synced.
func (s *Store) notDurable(folders map[string]bool) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[string]bool{}
	for folder := range folders {
		for ; folder != s.root && !seen[folder]; folder = filepath.Dir(folder) {
			seen[folder] = true
			if !s.isDurable(folder) {
				all = append(all, folder)
			}
		}
	}
	return all
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
