package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReaderAtCloser reads anywhere in an input.
type ReaderAtCloser interface {
	io.ReaderAt
	io.Closer
	// Size is the input's length in bytes.
	Size() int64
}

// OpenRandom opens an input for formats that do not read from start to end. An
// input that cannot be read so is copied to a temporary file first.
func OpenRandom(ctx context.Context, in Input) (ReaderAtCloser, error) {
	if in.At != nil {
		r, err := in.At(ctx)
		if err != nil {
			return nil, readError(in, err)
		}
		if in.Size >= 0 && r.Size() != in.Size {
			return nil, errors.Join(changed(in, r.Size()), r.Close())
		}
		return r, nil
	}
	content, err := OpenContent(ctx, in, Uncompressed, false)
	if err != nil {
		return nil, err
	}
	spool, err := newSpool(content)
	return spool, errors.Join(err, content.Close())
}

// spool is an input that was copied to a temporary file.
type spool struct {
	*os.File
	size int64
}

func newSpool(r io.Reader) (ReaderAtCloser, error) {
	file, err := os.CreateTemp("", "tarn-spool-")
	if err != nil {
		return nil, fmt.Errorf("copy an input to a temporary file: %w", err)
	}
	s := &spool{File: file}
	if s.size, err = io.Copy(file, r); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Size is how much was copied.
func (s *spool) Size() int64 { return s.size }

// Close removes the file.
func (s *spool) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }
