// Package locate is for finding the files that a table's path means, wherever
// they are.
//
// It promises a [File] for each, in order of name, that opens the same bytes
// each time or fails: a file that changes while it is read is a problem of code
// "changed-while-read". What a path leads to and is left out is said in a note.
// It leaves to others what is in the files and what is remembered of them.
package locate

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// File is a file that a table's path leads to.
type File struct {
	// Name is how rows and the ledger call the file: relative to the project
	// where it lies within, else a URI.
	Name string
	// Size is how many bytes Open gives.
	Size int64
	// Modified is when the file last changed; zero where that is not known.
	Modified time.Time
	// Version changes with the content; "" where there is nothing of the kind,
	// and size and time have to do.
	Version string
	// Open returns the bytes as stored, from the first on.
	Open func(ctx context.Context) (io.ReadCloser, error)
	// At opens the bytes for reading anywhere; nil where that cannot be done.
	At func(ctx context.Context) (connector.ReaderAtCloser, error)
}

// Query says what to find.
type Query struct {
	// Paths are what a project has under `path:`.
	Paths []string
	// Place is where it has them, for problems.
	Place diag.Place
	// Settings are the [Options] that were set.
	Settings connector.Settings
}

// Found are the files behind a query's paths.
type Found struct {
	// Files are in order of name, each once.
	Files []File
	// Notes tell people what was left out, and why.
	Notes []string

	closers []io.Closer
}

// Close gives back what the files hold; they cannot be opened any more.
func (f *Found) Close() error {
	var errs []error
	for _, c := range slices.Backward(f.closers) {
		errs = append(errs, c.Close())
	}
	f.closers = nil
	return errors.Join(errs...)
}

// Finder finds files.
type Finder struct {
	// Dir is the project's folder; paths are relative to it.
	Dir string
}

// Find finds the files. The caller closes what was found.
func (f *Finder) Find(ctx context.Context, q Query) (*Found, error) {
	found := &Found{}
	for _, path := range q.Paths {
		if err := f.local(ctx, path, q.Place, found); err != nil {
			return nil, errors.Join(err, found.Close())
		}
	}
	slices.SortStableFunc(found.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	found.Files = slices.CompactFunc(found.Files, func(a, b File) bool { return a.Name == b.Name })
	return found, nil
}
