// Package objstore is for bytes: named, immutable objects below one root, on
// whatever keeps them.
//
// It promises, of every member, what the suite in objstoretest holds:
//
//  1. An object appears whole when its writer commits, or never.
//  2. What was synced survives a power failure.
//  3. An object is never overwritten.
//  4. Deleting what is not there is fine.
//
// It leaves to others what the names mean and when an object may go.
package objstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"time"
)

// Store keeps objects below one root. Names are relative, slash-separated
// paths as [fs.ValidPath] has them; a prefix is such a path too and stands for
// everything below it ("" for everything). Stores are safe for concurrent use.
type Store interface {
	// URI returns the absolute form of a name, file:///warehouse/main/x. The
	// URI of "" is that of the root.
	URI(name string) string
	// Name returns the name behind a URI (or, for a store on this machine, an
	// absolute path); false when it lies outside this store.
	Name(uri string) (string, bool)
	// Open opens an object; a missing one is an [fs.ErrNotExist].
	Open(ctx context.Context, name string) (File, error)
	// Create starts an object that appears with the writer's Commit; an
	// existing one is an [fs.ErrExist], from Create or from Commit.
	Create(ctx context.Context, name string) (Writer, error)
	// Sync makes durable what was committed, or written by another program such
	// as the engine, under these names.
	Sync(ctx context.Context, names ...string) error
	// Stat describes an object; a missing one is an [fs.ErrNotExist].
	Stat(ctx context.Context, name string) (Info, error)
	// Delete removes objects.
	Delete(ctx context.Context, names ...string) error
	// DeletePrefix removes everything below prefix, the started and the
	// abandoned too; "" is refused.
	DeletePrefix(ctx context.Context, prefix string) error
	// List yields the objects below prefix in order of name.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// LocalPath returns where the engine may read and write a name directly;
	// false when it cannot.
	LocalPath(name string) (string, bool)
}

// File is an open object.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
	// Size returns the object's length in bytes.
	Size() int64
}

// Writer is an object in the making. Exactly one of Commit and Abort ends it;
// Abort after Commit does nothing, so it can be deferred.
type Writer interface {
	io.Writer
	// Commit makes the object appear; Sync makes it durable.
	Commit() error
	// Abort gives the object up and leaves nothing of it.
	Abort() error
}

// ErrChanged tells that an object is not what it was when it was opened: only
// others than members of this family overwrite.
var ErrChanged = errors.New("the object changed while it was read")

// Info describes an object.
type Info struct {
	Name    string
	Size    int64
	ModTime time.Time
	// Version changes with the content, such as an ETag; "" where the store has
	// nothing of the kind.
	Version string
}

// CheckName returns an error when name cannot name an object.
func CheckName(name string) error {
	if name == "." || !fs.ValidPath(name) {
		return fmt.Errorf("object name %q: %w", name, fs.ErrInvalid)
	}
	return nil
}

// CheckPrefix returns an error when prefix stands for no set of objects.
func CheckPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return CheckName(prefix)
}

// ReadAll returns the whole content of an object.
func ReadAll(ctx context.Context, s Store, name string) ([]byte, error) {
	f, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	data := make([]byte, f.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, f.Close()
}

// WriteAll creates an object with the given content and commits it.
func WriteAll(ctx context.Context, s Store, name string, data []byte) error {
	w, err := s.Create(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = w.Abort() }()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}
