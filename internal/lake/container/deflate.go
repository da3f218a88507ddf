package container

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/twmb/avro/ocf"
)

// deflate is Avro's codec of that name. Its compressors are used again: each
// has more than half a megabyte, and most files one block of a few hundred bytes.
type deflate struct{}

var _ ocf.Codec = deflate{}

var compressors = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.DefaultCompression) // fails for unknown levels only
	return w
}}

// Name implements [ocf.Codec].
func (deflate) Name() string { return "deflate" }

// Compress implements [ocf.Codec].
func (deflate) Compress(block []byte) ([]byte, error) {
	w := compressors.Get().(*flate.Writer)
	defer compressors.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	if _, err := w.Write(block); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Decompress implements [ocf.Codec].
func (deflate) Decompress(block []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(block)))
}

// Close implements [ocf.Codec].
func (deflate) Close() error { return nil }
