package fault

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/objstore"
)

type file struct {
	objstore.File
	store *Store
	name  string
}

func (f file) Read(p []byte) (int, error) {
	if err := f.store.check("read", f.name); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.store.check("read", f.name); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

type writer struct {
	objstore.Writer
	store *Store
	name  string
}

// Write passes half of p on when it fails, as a full disk does.
func (w *writer) Write(p []byte) (int, error) {
	if err := w.store.check("write", w.name); err != nil {
		n, below := w.Writer.Write(p[:len(p)/2])
		return n, errors.Join(err, below)
	}
	return w.Writer.Write(p)
}

// Commit aborts when it fails: a failed commit leaves nothing.
func (w *writer) Commit() error {
	if err := w.store.check("commit", w.name); err != nil {
		return errors.Join(err, w.Writer.Abort())
	}
	return w.Writer.Commit()
}
