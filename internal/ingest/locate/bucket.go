package locate

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// bucket finds objects: uri is s3://bucket/key, where the key may hold
// wildcards, and stands for all below it where it is no object itself.
func (s *search) bucket(ctx context.Context, uri string) ([]File, error) {
	scheme, rest, _ := strings.Cut(uri, "://")
	name, pattern, _ := strings.Cut(rest, "/")
	if name == "" || strings.ContainsAny(name, "*?[") {
		return nil, diag.New("bad-url", s.Place, "%s does not name a bucket", uri).WithHint("write path: s3://bucket/folder/*.csv")
	}
	if s.Buckets == nil {
		return nil, diag.New("unknown-scheme", s.Place, "%s: buckets are not read here", uri).WithHint("copy the files first")
	}
	root := scheme + "://" + name
	store, err := s.Buckets(ctx, root)
	if err != nil {
		return nil, s.unreachable(root, err)
	}
	b := &bucket{s: s, store: store, root: root}
	return b.find(ctx, pattern)
}

// bucket is a bucket in which something is looked for.
type bucket struct {
	s     *search
	store objstore.Store
	root  string
}

func (b *bucket) find(ctx context.Context, pattern string) ([]File, error) {
	if err := checkPattern(pattern); err != nil {
		return nil, diag.New("bad-pattern", b.s.Place, "the pattern %q: %v", pattern, err).WithHint("a [ begins a set of characters, such as [a-z]; write [[] for one [")
	}
	fixed, rest := splitPattern(pattern)
	if rest == "" && fixed != "" {
		info, err := b.store.Stat(ctx, fixed)
		if err == nil {
			return []File{b.file(info)}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, b.s.unreachable(b.root+"/"+fixed, err)
		}
	}
	if rest == "" {
		rest = "**"
	}
	var files []File
	want := strings.Split(rest, "/")
	for info, err := range b.store.List(ctx, fixed) {
		if err != nil {
			return nil, b.s.unreachable(b.root+"/"+fixed, err)
		}
		have := strings.Split(strings.TrimPrefix(strings.TrimPrefix(info.Name, fixed), "/"), "/")
		if !isHidden(have) && matchParts(want, have) {
			files = append(files, b.file(info))
		}
	}
	return files, nil
}

// isHidden reports whether a path has a part that begins with a dot.
func isHidden(parts []string) bool {
	for _, part := range parts {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// file is an object as a file. It is read from afar.
func (b *bucket) file(info objstore.Info) File {
	f := File{Name: b.root + "/" + info.Name, Size: info.Size, Modified: info.ModTime, far: true}
	if info.Version != "" {
		f.Version, f.identity = "etag "+info.Version, info.Version
	}
	open := func(ctx context.Context) (*object, error) {
		o, err := b.store.Open(ctx, info.Name)
		if err != nil {
			return nil, b.s.unreachable(f.Name, err)
		}
		if v, ok := o.(interface{ Version() string }); o.Size() != info.Size || ok && v.Version() != info.Version {
			return nil, errors.Join(changedWhileRead(f.Name), o.Close())
		}
		return &object{File: o, s: b.s, name: f.Name}, nil
	}
	f.Open = func(ctx context.Context) (io.ReadCloser, error) { return open(ctx) }
	f.At = func(ctx context.Context) (connector.ReaderAtCloser, error) { return open(ctx) }
	return f
}

// object is an open object that explains what goes wrong.
type object struct {
	objstore.File
	s    *search
	name string
}

// Read reads on.
func (o *object) Read(p []byte) (int, error) {
	n, err := o.File.Read(p)
	return n, o.explain(err)
}

// ReadAt reads anywhere.
func (o *object) ReadAt(p []byte, off int64) (int, error) {
	n, err := o.File.ReadAt(p, off)
	return n, o.explain(err)
}

func (o *object) explain(err error) error {
	switch {
	case err == nil || err == io.EOF: //nolint:errorlint // a wrapped one is no end
		return err
	case errors.Is(err, objstore.ErrChanged):
		return changedWhileRead(o.name)
	}
	return o.s.unreachable(o.name, err)
}

// unreachable explains an error of a bucket.
func (s *search) unreachable(uri string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	p := diag.New("unreadable-file", s.Place, "cannot read %s: %v", uri, err).WithCause(err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		p.Code, p.Hint = "no-permission", "credentials are those of AWS's own tools: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; they must be allowed to list the bucket and to get the object"
	case errors.Is(err, fs.ErrNotExist):
		p.Code, p.Hint = "no-files", "check the bucket and the key in path:"
	default:
		p.Hint = "AWS_ENDPOINT_URL says which server, AWS_REGION which region"
	}
	return p
}
