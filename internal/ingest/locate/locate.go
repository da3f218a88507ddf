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
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/secret"
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
	// SHA256 is the checksum of the bytes, in hexadecimal; "" where it is not
	// known before they are read.
	SHA256 string
	// Open returns the bytes as stored, from the first on.
	Open func(ctx context.Context) (io.ReadCloser, error)
	// At opens the bytes for reading anywhere; nil where that cannot be done.
	At func(ctx context.Context) (connector.ReaderAtCloser, error)

	// identity tells whether an archive is what it was; "" is not known.
	identity string
	// far: reading here and there takes a request each.
	far bool
}

// Query says what to find.
type Query struct {
	// Paths are what a project has under `path:`.
	Paths []string
	// Place is where it has them, for problems.
	Place diag.Place
	// Settings are the [Options] that were set.
	Settings connector.Settings
	// Known is what was known of files when they were last loaded, by name. What
	// is far away, or in an archive, and still is what it was, is not fetched.
	Known map[string]Known
	// Fetched is told how many bytes arrived; may be nil.
	Fetched func(n int)
}

// Known is what was known of a file.
type Known struct {
	Size    int64
	Version string
}

// Found are the files behind a query's paths.
type Found struct {
	// Files are in order of name, each once.
	Files []File
	// Notes tell people what was left out, and why.
	Notes []string

	// mu: archives may be opened when their members are, by several goroutines.
	mu      sync.Mutex
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
	// Scratch is where what must be copied before it can be read is kept until
	// Close; "" is the system's folder for temporary files.
	Scratch string
	// Stdin is what the path "-" means; nil is none.
	Stdin io.Reader

	// Buckets opens the bucket at a URI such as s3://bucket; nil has none.
	Buckets func(ctx context.Context, uri string) (objstore.Store, error)
	// Secrets resolves references in URLs; nil has no place to look.
	Secrets *secret.Resolver

	// wait pauses between attempts to download; nil waits that long.
	wait func(context.Context, time.Duration) error
	// stdinTaken: what was read of standard input cannot be read again.
	stdinTaken atomic.Bool
}

// search is one call of Find.
type search struct {
	*Finder
	Query
	found  *Found
	limits connector.Limits
}

// Find finds the files. The caller closes what was found.
func (f *Finder) Find(ctx context.Context, q Query) (*Found, error) {
	s := &search{Finder: f, Query: q, found: &Found{}, limits: Limits(q.Settings)}
	for _, path := range q.Paths {
		files, err := s.path(ctx, path)
		if err != nil {
			return nil, errors.Join(err, s.found.Close())
		}
		s.found.Files = append(s.found.Files, files...)
	}
	slices.SortStableFunc(s.found.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	s.found.Files = slices.CompactFunc(s.found.Files, func(a, b File) bool { return a.Name == b.Name })
	return s.found, nil
}

// path finds the files of one path, which may lead into archives.
func (s *search) path(ctx context.Context, path string) ([]File, error) {
	outer, members, into := strings.Cut(path, memberMark)
	if err := checkPattern(members); err != nil {
		return nil, diag.New("bad-pattern", s.Place, "the pattern %q: %v", members, err).WithHint("a [ begins a set of characters, such as [a-z]; write [[] for one [")
	}
	files, err := s.outer(ctx, outer)
	if err != nil {
		return nil, err
	}
	var all []File
	for _, file := range files {
		if !into && !isArchive(file.Name) {
			all = append(all, file)
			continue
		}
		in, err := s.members(ctx, file, members)
		if err != nil {
			return nil, err
		}
		all = append(all, in...)
	}
	return all, nil
}

// outer finds what is not in an archive.
func (s *search) outer(ctx context.Context, path string) ([]File, error) {
	scheme, _, isURI := strings.Cut(path, "://")
	switch {
	case path == "-":
		return s.stdin(ctx)
	case !isURI:
		return s.local(ctx, path)
	case strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https"):
		return s.url(ctx, path)
	case strings.EqualFold(scheme, "s3"):
		return s.bucket(ctx, path)
	case strings.EqualFold(scheme, "file"):
		return s.local(ctx, filepath.FromSlash(path[len("file://"):]))
	default:
		return nil, diag.New("unknown-scheme", s.Place, "%s: there is nothing that reads %s://", path, scheme).
			WithHint("paths are files of this machine, or begin with http://, https:// or s3://, or are - for standard input")
	}
}

func (s *search) note(format string, args ...any) {
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	s.found.Notes = append(s.found.Notes, fmt.Sprintf(format, args...))
}

// onClose gives c back when what was found is closed.
func (s *search) onClose(c io.Closer) {
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	s.found.closers = append(s.found.closers, c)
}
