package connector

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"syscall"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Content is an input's bytes after decompression, checked against the size
// that the input was said to have.
type Content struct {
	in          Input
	file        io.ReadCloser
	raw         *rawReader
	reader      io.Reader
	compression Compression
	stop        func()
}

// OpenContent opens an input. An empty compression is found out from the first
// bytes. The checksum is kept only where it is wanted, as it costs time.
func OpenContent(ctx context.Context, in Input, compression Compression, checksum bool) (*Content, error) {
	file, err := in.Open(ctx)
	if err != nil {
		return nil, readError(in, err)
	}
	raw := &rawReader{ctx: ctx, in: in, file: file}
	if checksum {
		raw.sum = sha256.New()
		raw.prefix = sha256.Sum256(nil)
	}
	buffered := bufio.NewReaderSize(raw, 64<<10)
	if compression == "" {
		compression = sniffCompression(buffered)
	}
	c := &Content{in: in, file: file, raw: raw, compression: compression}
	c.reader, c.stop, err = decompress(buffered, compression)
	if err != nil {
		return nil, errors.Join(c.explain(err), file.Close())
	}
	if compression != Uncompressed {
		c.reader = &expanding{Reader: c.reader, in: in, raw: raw}
	}
	return c, nil
}

// Compression returns how the input is compressed.
func (c *Content) Compression() Compression { return c.compression }

// Read reads decompressed bytes.
func (c *Content) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = c.explain(err)
	}
	return n, err
}

// SkipPrefix reads up to the input's StartOffset.
func (c *Content) SkipPrefix() error {
	if c.in.StartOffset == 0 {
		return nil
	}
	if c.compression != Uncompressed {
		return fmt.Errorf("read %s: a tail of a compressed file cannot be read", c.in.Name)
	}
	if _, err := io.CopyN(io.Discard, struct{ io.Reader }{c}, c.in.StartOffset); errors.Is(err, io.EOF) {
		return changed(c.in, c.raw.read)
	} else if err != nil {
		return err
	}
	return nil
}

// Fill sets the counts of bytes and the checksums; call it at the end.
func (c *Content) Fill(counts *Counts) {
	counts.Bytes = c.raw.read
	counts.PrefixSHA256 = c.raw.prefix
	if c.raw.sum != nil {
		c.raw.sum.Sum(counts.SHA256[:0])
	}
}

// Close closes the input.
func (c *Content) Close() error {
	c.stop()
	return c.file.Close()
}

// explain tells damage of the compressed stream apart from failures to read.
func (c *Content) explain(err error) error {
	if c.raw.err != nil {
		return c.raw.err
	}
	place := diag.Place{File: c.in.Name}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // never io.EOF, which would look like a good end
		return diag.New("truncated", place, "the %s file ends too early, after %d bytes: it was cut off", c.compression, c.raw.read).
			WithHint("nothing of it was loaded; fetch the whole file again").WithCause(err)
	}
	return diag.New("damaged", place, "the %s file is damaged: %v", c.compression, err).
		WithHint("nothing of it was loaded; fetch the file again, or declare its compression").WithCause(err)
}

// rawReader reads the stored bytes: counts, checksums, notices changes.
type rawReader struct {
	ctx    context.Context
	in     Input
	file   io.Reader
	read   int64
	sum    hash.Hash
	prefix [sha256.Size]byte
	err    error
}

func (r *rawReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return 0, r.err
	}
	if left := r.in.StartOffset - r.read; left > 0 {
		p = p[:min(int64(len(p)), left)]
	}
	n, err := r.file.Read(p)
	r.read += int64(n)
	if r.sum != nil {
		r.sum.Write(p[:n])
		if n > 0 && r.read == r.in.StartOffset {
			r.sum.Sum(r.prefix[:0])
		}
	}
	size := r.in.Size
	switch {
	case err != nil && err != io.EOF:
		r.err = readError(r.in, err)
	case size >= 0 && (r.read > size || err == io.EOF && r.read != size):
		r.err = changed(r.in, r.read)
	default:
		return n, err
	}
	return n, r.err
}

func changed(in Input, read int64) error {
	more := "fewer"
	if read > in.Size {
		more = "more"
	}
	return diag.New("changed-while-read", diag.Place{File: in.Name},
		"the file changed while it was read: it had %d bytes and now gives %s", in.Size, more).
		WithHint("nothing of it was loaded; run again when nothing writes to it, and move finished files into place")
}

// readError gives failures that people can mend a place and a hint.
func readError(in Input, err error) error {
	place := diag.Place{File: in.Name}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return diag.New("no-permission", place, "no permission to read the file").
			WithHint("let the user who runs tarn read it").WithCause(err)
	case errors.Is(err, syscall.EISDIR):
		return diag.New("not-a-file", place, "a folder, not a file").
			WithHint("name the files in it, such as %s/*", in.Name).WithCause(err)
	}
	if errors.Is(err, io.EOF) { // wrapped, so not the end: it must not look like it
		return fmt.Errorf("read %s: %w: %s", in.Name, io.ErrUnexpectedEOF, err.Error())
	}
	return fmt.Errorf("read %s: %w", in.Name, err)
}
