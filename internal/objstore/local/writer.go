package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// folderAttempts is how often a folder is made again that a deletion nearby
// has removed as empty in between.
const folderAttempts = 10

// Create implements [objstore.Store].
func (s *Store) Create(_ context.Context, name string) (objstore.Writer, error) {
	if err := objstore.CheckName(name); err != nil {
		return nil, err
	}
	path := s.path(name)
	f, err := createPartial(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	buffer := buffers.Get().(*bufio.Writer)
	buffer.Reset(f)
	return &writer{path: path, file: f, buffer: buffer}, nil
}

// buffers are used again: most objects that are written here are smaller.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(io.Discard, 1<<16) }}

// createPartial creates a file of its own in a folder, which mostly is there.
func createPartial(folder string) (f *os.File, err error) {
	for range folderAttempts {
		f, err = os.CreateTemp(folder, partial+"*")
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, err
}

type writer struct {
	path   string
	file   *os.File
	buffer *bufio.Writer // nil where the writer is done
}

// Write implements [objstore.Writer].
func (w *writer) Write(p []byte) (int, error) {
	if w.buffer == nil {
		return 0, fmt.Errorf("write %s: %w", w.path, fs.ErrClosed)
	}
	return w.buffer.Write(p)
}

// Commit implements [objstore.Writer].
func (w *writer) Commit() error {
	if w.buffer == nil {
		return fmt.Errorf("commit %s: %w", w.path, fs.ErrClosed)
	}
	if err := errors.Join(w.buffer.Flush(), w.file.Chmod(0o644)); err != nil {
		return errors.Join(fmt.Errorf("commit %s: %w", w.path, err), w.discard())
	}
	// A link, unlike a rename, does not replace what is there.
	if err := os.Link(w.file.Name(), w.path); err != nil {
		return errors.Join(fmt.Errorf("commit %s: %w", w.path, err), w.discard())
	}
	return w.discard()
}

// Abort implements [objstore.Writer].
func (w *writer) Abort() error {
	if w.buffer == nil {
		return nil
	}
	return w.discard()
}

// discard closes and removes the partial file; a linked object stays.
func (w *writer) discard() error {
	w.buffer.Reset(io.Discard)
	buffers.Put(w.buffer)
	w.buffer = nil
	if err := errors.Join(w.file.Close(), os.Remove(w.file.Name())); err != nil {
		return fmt.Errorf("remove partial %s: %w", w.path, err)
	}
	return nil
}
