// Package mem is for objects in memory: the store of tests.
//
// It promises what objstore promises, as long as the process lives. It leaves
// durability to the other members.
package mem

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const scheme = "mem:///"

// Store keeps objects in memory. The zero value is an empty store.
type Store struct {
	mu      sync.RWMutex
	objects map[string]object
}

type object struct {
	data []byte
	time time.Time
}

// New returns an empty store.
func New() *Store { return &Store{} }

// URI implements [objstore.Store].
func (s *Store) URI(name string) string { return scheme + name }

// Name implements [objstore.Store].
func (s *Store) Name(uri string) (string, bool) {
	name, found := strings.CutPrefix(uri, scheme)
	return name, found && objstore.CheckName(name) == nil
}

// Open implements [objstore.Store].
func (s *Store) Open(_ context.Context, name string) (objstore.File, error) {
	o, err := s.object("open", name)
	if err != nil {
		return nil, err
	}
	return file{bytes.NewReader(o.data)}, nil
}

// Stat implements [objstore.Store].
func (s *Store) Stat(_ context.Context, name string) (objstore.Info, error) {
	o, err := s.object("stat", name)
	if err != nil {
		return objstore.Info{}, err
	}
	return objstore.Info{Name: name, Size: int64(len(o.data)), ModTime: o.time}, nil
}

func (s *Store) object(op, name string) (object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, found := s.objects[name]
	if !found {
		return object{}, fmt.Errorf("%s %s: %w", op, name, fs.ErrNotExist)
	}
	return o, nil
}

// Create implements [objstore.Store].
func (s *Store) Create(_ context.Context, name string) (objstore.Writer, error) {
	if err := objstore.CheckName(name); err != nil {
		return nil, err
	}
	if _, err := s.object("create", name); err == nil {
		return nil, fmt.Errorf("create %s: %w", name, fs.ErrExist)
	}
	return &writer{store: s, name: name}, nil
}

// Sync implements [objstore.Store].
func (s *Store) Sync(_ context.Context, names ...string) error {
	for _, name := range names {
		if _, err := s.object("sync", name); err != nil {
			return err
		}
	}
	return nil
}

// Delete implements [objstore.Store].
func (s *Store) Delete(_ context.Context, names ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		delete(s.objects, name)
	}
	return nil
}

// DeletePrefix implements [objstore.Store].
func (s *Store) DeletePrefix(ctx context.Context, prefix string) error {
	if err := objstore.CheckName(prefix); err != nil {
		return err
	}
	return s.Delete(ctx, s.below(prefix)...)
}

// List implements [objstore.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[objstore.Info, error] {
	return func(yield func(objstore.Info, error) bool) {
		if err := objstore.CheckPrefix(prefix); err != nil {
			yield(objstore.Info{}, err)
			return
		}
		for _, name := range s.below(prefix) {
			info, err := s.Stat(ctx, name)
			if err != nil {
				continue // deleted since
			}
			if !yield(info, nil) {
				return
			}
		}
	}
}

func (s *Store) below(prefix string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for name := range s.objects {
		if prefix == "" || strings.HasPrefix(name, prefix+"/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// LocalPath implements [objstore.Store]: there is none.
func (s *Store) LocalPath(string) (string, bool) { return "", false }

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

type writer struct {
	bytes.Buffer
	store *Store
	name  string
	done  bool
}

func (w *writer) Commit() error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if _, found := w.store.objects[w.name]; found {
		return fmt.Errorf("create %s: %w", w.name, fs.ErrExist)
	}
	if w.done {
		return fmt.Errorf("commit %s: %w", w.name, fs.ErrClosed)
	}
	w.done = true
	if w.store.objects == nil {
		w.store.objects = map[string]object{}
	}
	w.store.objects[w.name] = object{data: w.Bytes(), time: time.Now()}
	return nil
}

func (w *writer) Abort() error {
	w.done = true
	return nil
}
