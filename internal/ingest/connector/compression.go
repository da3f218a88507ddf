package connector

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Compression is how stored bytes are compressed; "" means to find out.
type Compression string

// The compressions.
const (
	Uncompressed Compression = "none"
	Gzip         Compression = "gzip"
	Zstd         Compression = "zstd"
)

// Compressions are the words for an option's choices.
var Compressions = []string{string(Uncompressed), string(Gzip), string(Zstd)}

// maxWindow bounds what a zstd file may ask to be kept in memory.
const maxWindow = 128 << 20

var magics = map[Compression][]byte{
	Gzip: {0x1f, 0x8b},
	Zstd: {0x28, 0xb5, 0x2f, 0xfd},
}

// sniffCompression goes by the first bytes, never by the name. What cannot be
// read here is found again by the first real read.
func sniffCompression(r *bufio.Reader) Compression {
	head, _ := r.Peek(4)
	for compression, magic := range magics {
		if bytes.HasPrefix(head, magic) {
			return compression
		}
	}
	return Uncompressed
}

// decompress returns the decompressed bytes of r and a function that frees
// what the decompressor holds.
func decompress(r *bufio.Reader, compression Compression) (io.Reader, func(), error) {
	switch compression {
	case Uncompressed:
		return r, func() {}, nil
	case Gzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { _ = z.Close() }, nil
	case Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	default:
		return nil, nil, fmt.Errorf("unknown compression %q", compression)
	}
}
