package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// resumes is how often reading on is tried where a connection breaks.
const resumes = 5

// Open implements [objstore.Store].
func (s *Store) Open(ctx context.Context, name string) (objstore.File, error) {
	info, err := s.Stat(ctx, name)
	if err != nil {
		return nil, err
	}
	return &file{ctx: ctx, store: s, info: info}, nil
}

// file is an open object: every read asks for the same version of it.
type file struct {
	ctx   context.Context //nolint:containedctx // a reader has no other way to learn that its work ended
	store *Store
	info  objstore.Info
	at    int64
	// body gives the bytes from at on; nil where nothing was asked for yet.
	body io.ReadCloser
}

// Size is the object's length.
func (f *file) Size() int64 { return f.info.Size }

// Version is the object's ETag.
func (f *file) Version() string { return f.info.Version }

// get asks for the bytes from one place up to, but not with, another.
func (f *file) get(from, to int64) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &f.store.bucket, Key: f.store.key(f.info.Name), Range: aws.String(fmt.Sprintf("bytes=%d-%d", from, to-1))}
	if f.info.Version != "" {
		in.IfMatch = &f.info.Version
	}
	out, err := f.store.client.GetObject(f.ctx, in)
	if isStatus(err, http.StatusPreconditionFailed) || isStatus(err, http.StatusRequestedRangeNotSatisfiable) {
		return nil, fmt.Errorf("read %s: %w", f.store.URI(f.info.Name), objstore.ErrChanged)
	}
	if err != nil {
		return nil, f.store.explain("read", f.info.Name, err)
	}
	return out.Body, nil
}

// Read reads on; a connection that breaks is made again.
func (f *file) Read(p []byte) (int, error) {
	for try := 0; ; try++ {
		if f.at >= f.info.Size {
			return 0, io.EOF
		}
		if f.body == nil {
			body, err := f.get(f.at, f.info.Size)
			if err != nil {
				return 0, err
			}
			f.body = body
		}
		n, err := f.body.Read(p)
		f.at += int64(n)
		if err == nil || n > 0 {
			if err != nil {
				return n, f.drop()
			}
			return n, nil
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // never io.EOF, which would look like a good end
		}
		if dropErr := f.drop(); f.ctx.Err() != nil || try >= resumes {
			return 0, fmt.Errorf("read %s: %w", f.store.URI(f.info.Name), errors.Join(err, dropErr))
		}
	}
}

// drop ends the request that is under way; what it says then is of no
// interest, as the next read asks again.
func (f *file) drop() error {
	if f.body != nil {
		_ = f.body.Close()
		f.body = nil
	}
	return nil
}

// ReadAt reads anywhere.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.info.Size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	body, err := f.get(off, min(off+int64(len(p)), f.info.Size))
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(body, p[:min(int64(len(p)), f.info.Size-off)])
	_ = body.Close() // read to its end, or failed already
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// Seek moves to where Read goes on.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.info.Size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek %s: before the start", f.store.URI(f.info.Name))
	}
	if offset != f.at {
		f.at = offset
		return offset, f.drop()
	}
	return offset, nil
}

// Close ends what is under way.
func (f *file) Close() error { return f.drop() }
