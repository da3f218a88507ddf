package ingest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/tarn-lake/tarn/internal/diag"
)

// watched is a file that is read and must not change meanwhile. The formats
// notice another size; this notices what is written over.
type watched struct {
	*os.File
	name   string
	before fs.FileInfo
	// done counts what is read; nil where nobody wants to know.
	done *atomic.Int64
}

func watch(f *os.File, name string, done *atomic.Int64) (io.ReadCloser, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &watched{File: f, name: name, before: before, done: done}, nil
}

// Read reads and counts.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.File.Read(b)
	if w.done != nil {
		w.done.Add(int64(n))
	}
	return n, err
}

// Close reports a file that is not as it was when it was opened.
func (w *watched) Close() error {
	after, err := w.Stat()
	if err = errors.Join(err, w.File.Close()); err != nil {
		return err
	}
	if after.Size() == w.before.Size() && after.ModTime().Equal(w.before.ModTime()) {
		return nil
	}
	return diag.New("changed-while-read", diag.Place{File: w.name}, "the file changed while it was read").
		WithHint("nothing of it was loaded; run again when nothing writes to it, and move finished files into place")
}
