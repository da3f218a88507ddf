package connector

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Compression is how stored bytes are compressed; "" means to find out.
type Compression string

// The compressions.
const (
	Uncompressed Compression = "none"
	Gzip         Compression = "gzip"
	Zstd         Compression = "zstd"
	Bzip2        Compression = "bzip2"
	XZ           Compression = "xz"
)

// Compressions are the words for an option's choices.
var Compressions = []string{string(Uncompressed), string(Gzip), string(Zstd), string(Bzip2), string(XZ)}

// maxWindow bounds what a zstd or xz file may ask to be kept in memory.
const maxWindow = 128 << 20

var magics = map[Compression][]byte{
	Gzip: {0x1f, 0x8b},
	Zstd: {0x28, 0xb5, 0x2f, 0xfd},
	XZ:   {0xfd, '7', 'z', 'X', 'Z', 0},
}

// sniffCompression goes by the first bytes, never by the name. What cannot be
// read here is found again by the first real read.
func sniffCompression(r *bufio.Reader) Compression {
	head, _ := r.Peek(10)
	for compression, magic := range magics {
		if bytes.HasPrefix(head, magic) {
			return compression
		}
	}
	if isBzip2(head) {
		return Bzip2
	}
	return Uncompressed
}

// isBzip2 looks past the three letters BZh, which a text may start with, at
// the level and at how the first block, or an empty file's end, begins.
func isBzip2(head []byte) bool {
	return len(head) >= 10 && bytes.HasPrefix(head, []byte("BZh")) && '1' <= head[3] && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90")
}

// decompress returns the decompressed bytes of r and a function that frees
// what the decompressor holds.
func decompress(r *bufio.Reader, compression Compression) (io.Reader, func(), error) {
	switch compression {
	case Uncompressed:
		return r, func() {}, nil
	case Gzip:
		z, err := newGzipMembers(r)
		if err != nil {
			return nil, nil, err
		}
		return z, z.close, nil
	case Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	case Bzip2:
		return bzip2.NewReader(r), func() {}, nil
	case XZ:
		if err := checkDictionary(r); err != nil {
			return nil, nil, err
		}
		z, err := xz.NewReader(r)
		return z, func() {}, err
	default:
		return nil, nil, fmt.Errorf("unknown compression %q", compression)
	}
}
