package locate

import (
	"errors"
	"io/fs"
	"os"

	"github.com/tarn-lake/tarn/internal/diag"
)

// watched is a file that is read and must not change meanwhile. The formats
// notice another size; this notices what is written over.
type watched struct {
	*os.File
	name   string
	before fs.FileInfo
}

func openWatched(path, name string) (*watched, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // the format explains it
	}
	before, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &watched{File: f, name: name, before: before}, nil
}

// Size is how long the file was when it was opened.
func (w *watched) Size() int64 { return w.before.Size() }

// Close reports a file that is not as it was when it was opened.
func (w *watched) Close() error { return errors.Join(w.check(), w.File.Close()) }

// check reports a file that is not as it was when it was opened.
func (w *watched) check() error {
	after, err := w.Stat()
	if err != nil {
		return err
	}
	if after.Size() == w.before.Size() && after.ModTime().Equal(w.before.ModTime()) {
		return nil
	}
	return changedWhileRead(w.name)
}

func changedWhileRead(name string) *diag.Problem {
	return diag.New("changed-while-read", diag.Place{File: name}, "the file changed while it was read").
		WithHint("nothing of it was loaded; run again when nothing writes to it, and move finished files into place")
}
