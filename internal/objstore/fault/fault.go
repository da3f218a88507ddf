// Package fault is for failure: a store that fails when, where and how a rule
// says, around a store that works.
//
// It promises that operations no rule matches behave as in the store below,
// and that after a crash nothing reaches that store any more. It leaves the
// contract to the store below.
package fault

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// ErrCrashed is what every operation returns after a rule said crash: for its
// user the store behaves as if the process had been killed there.
var ErrCrashed = errors.New("the store has crashed")

// Store fails by rules. It is safe for concurrent use.
type Store struct {
	below objstore.Store

	mu      sync.Mutex
	rules   []*rule
	crashed bool
	trace   []string
}

// New wraps a store; rules are as [Store.Set] takes them.
func New(below objstore.Store, rules ...string) (*Store, error) {
	s := &Store{below: below}
	return s, s.Set(rules...)
}

// Set replaces the rules, starts counting and tracing anew, and ends a crash.
// A rule is
//
//	<operation> <pattern> [<n>th[+]] -> <error>
//
// The operation is one of open, read, create, write, commit, sync, stat,
// delete, list, or * for all of them. The pattern is a regular expression that
// must match somewhere in the object's name. With 3rd, only the third match
// fails; with 3rd+ that and every later one; without, all. The error is
// ENOSPC, EIO, EACCES or ENOENT, or crash, which fails everything from there
// on with [ErrCrashed]. Of several rules the first that matches decides.
func (s *Store) Set(rules ...string) error {
	parsed := make([]*rule, len(rules))
	for i, text := range rules {
		r, err := parseRule(text)
		if err != nil {
			return err
		}
		parsed[i] = r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules, s.crashed, s.trace = parsed, false, nil
	return nil
}

// Trace returns the operations so far, each as "operation name".
func (s *Store) Trace() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.trace...)
}

// check counts an operation and returns the error that a rule has for it.
func (s *Store) check(op, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trace = append(s.trace, op+" "+name)
	if s.crashed {
		return fmt.Errorf("%s %s: %w", op, name, ErrCrashed)
	}
	for _, r := range s.rules {
		if err := r.apply(op, name); err != nil {
			s.crashed = errors.Is(err, ErrCrashed)
			return fmt.Errorf("%s %s: %w", op, name, err)
		}
	}
	return nil
}

// URI implements [objstore.Store].
func (s *Store) URI(name string) string { return s.below.URI(name) }

// Name implements [objstore.Store].
func (s *Store) Name(uri string) (string, bool) { return s.below.Name(uri) }

// LocalPath implements [objstore.Store].
func (s *Store) LocalPath(name string) (string, bool) { return s.below.LocalPath(name) }

// Open implements [objstore.Store].
func (s *Store) Open(ctx context.Context, name string) (objstore.File, error) {
	if err := s.check("open", name); err != nil {
		return nil, err
	}
	f, err := s.below.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return file{File: f, store: s, name: name}, nil
}

// Create implements [objstore.Store].
func (s *Store) Create(ctx context.Context, name string) (objstore.Writer, error) {
	if err := s.check("create", name); err != nil {
		return nil, err
	}
	w, err := s.below.Create(ctx, name)
	if err != nil {
		return nil, err
	}
	return &writer{Writer: w, store: s, name: name}, nil
}

// Sync implements [objstore.Store].
func (s *Store) Sync(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := s.check("sync", name); err != nil {
			return err
		}
	}
	return s.below.Sync(ctx, names...)
}

// Stat implements [objstore.Store].
func (s *Store) Stat(ctx context.Context, name string) (objstore.Info, error) {
	if err := s.check("stat", name); err != nil {
		return objstore.Info{}, err
	}
	return s.below.Stat(ctx, name)
}

// Delete implements [objstore.Store]; what comes before the failing name is
// deleted.
func (s *Store) Delete(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := s.check("delete", name); err != nil {
			return err
		}
		if err := s.below.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// DeletePrefix implements [objstore.Store]; objects go one by one, so that a
// rule can stop it halfway.
func (s *Store) DeletePrefix(ctx context.Context, prefix string) error {
	if err := s.check("delete", prefix); err != nil {
		return err
	}
	var names []string
	for info, err := range s.below.List(ctx, prefix) {
		if err != nil {
			return err
		}
		names = append(names, info.Name)
	}
	if err := s.Delete(ctx, names...); err != nil {
		return err
	}
	return s.below.DeletePrefix(ctx, prefix)
}

// List implements [objstore.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[objstore.Info, error] {
	if err := s.check("list", prefix); err != nil {
		return func(yield func(objstore.Info, error) bool) { yield(objstore.Info{}, err) }
	}
	return s.below.List(ctx, prefix)
}
