package locate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// scratchFile makes a temporary file that lives as long as it is open: it has
// no name, so that nothing is left of it however the process ends.
func (s *search) scratchFile() (*os.File, error) {
	if s.Scratch != "" {
		if err := os.MkdirAll(s.Scratch, 0o755); err != nil {
			return nil, err
		}
	}
	file, err := os.CreateTemp(s.Scratch, "fetched-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	if os.Remove(file.Name()) != nil { // where open files cannot be removed
		s.onClose(removal(file.Name()))
	}
	s.onClose(file)
	return file, nil
}

// removal removes a file when it is closed.
type removal string

// Close removes the file.
func (r removal) Close() error { return os.Remove(string(r)) }

// copied is what was copied to a temporary file: size bytes from start on.
type copied struct {
	file        *os.File
	start, size int64
	sha256      string
}

// copyAll copies r to the end of file, which is at start, within a limit.
func (s *search) copyAll(ctx context.Context, name string, file *os.File, start int64, r io.Reader, most int64) (*copied, error) {
	sum := sha256.New()
	source := io.Reader(contextReader{ctx, r, s.Fetched})
	if most >= 0 {
		source = io.LimitReader(source, most+1)
	}
	size, err := io.Copy(io.MultiWriter(file, sum), source)
	switch {
	case err != nil:
		return nil, err
	case most >= 0 && size > most:
		return nil, tooLarge(name, most)
	}
	return &copied{file: file, start: start, size: size, sha256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func tooLarge(name string, most int64) error {
	return diag.New("too-large", diag.Place{File: name}, "it has more than %d bytes, the limit (max_download)", most).
		WithHint("nothing of it was loaded; raise max_download if it may be so large")
}

// Size is how many bytes were copied.
func (c *copied) Size() int64 { return c.size }

// ReadAt reads anywhere.
func (c *copied) ReadAt(p []byte, off int64) (int, error) {
	return io.NewSectionReader(c.file, c.start, c.size).ReadAt(p, off)
}

// Close does nothing: the file is others' too.
func (c *copied) Close() error { return nil }

// open reads from the first byte.
func (c *copied) open() io.ReadCloser {
	return io.NopCloser(io.NewSectionReader(c.file, c.start, c.size))
}

// asFile makes f a file of what was copied.
func (c *copied) asFile(f File) File {
	f.Size, f.SHA256 = c.size, c.sha256
	f.Open = func(context.Context) (io.ReadCloser, error) { return c.open(), nil }
	f.At = func(context.Context) (connector.ReaderAtCloser, error) { return c, nil }
	return f
}

// contextReader stops reading when its context ends, and tells what it read.
type contextReader struct {
	ctx     context.Context
	r       io.Reader
	fetched func(int)
}

// Read reads from the underlying reader unless the context has ended.
func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(b)
	if c.fetched != nil && n > 0 {
		c.fetched(n)
	}
	return n, err
}
