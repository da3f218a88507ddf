package avrofile

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	// largestBlock bounds a block, as stored and decompressed.
	largestBlock = 256 << 20
	// largestHeader bounds each text in the header.
	largestHeader = 16 << 20
	mostHeaders   = 1000
	// mostEmpty is how many values that take no bytes may stand in a row.
	mostEmpty = 1 << 16
)

// container reads the blocks of one file.
type container struct {
	in     connector.Input
	source *bufio.Reader
	schema *avro.Schema
	sync   [16]byte
	codec  ocf.Codec
	stored []byte
	// blocks is how many were read.
	blocks int
}

// openContainer reads the header.
func openContainer(in connector.Input, r io.Reader) (*container, error) {
	c := &container{in: in, source: bufio.NewReaderSize(r, 64<<10)}
	var magic [4]byte
	if err := c.full(magic[:]); err != nil {
		return nil, err
	}
	if string(magic[:]) != "Obj\x01" {
		return nil, c.problem("damaged", "the file is no Avro file, or its first bytes are damaged")
	}
	meta, err := c.header()
	if err != nil {
		return nil, err
	}
	if err := c.full(c.sync[:]); err != nil {
		return nil, err
	}
	if c.schema, err = avro.Parse(string(meta["avro.schema"])); err != nil {
		return nil, c.problem("damaged", "the schema in the file's header cannot be read: %v", err)
	}
	return c, c.chooseCodec(string(meta["avro.codec"]))
}

// header reads the file's metadata.
func (c *container) header() (map[string][]byte, error) {
	meta := map[string][]byte{}
	for {
		n, err := c.varint()
		if err != nil || n == 0 {
			return meta, err
		}
		if n < 0 {
			if _, err := c.varint(); err != nil {
				return nil, err
			}
			n = -n
		}
		if n < 0 || n > mostHeaders || len(meta) > mostHeaders {
			return nil, c.problem("damaged", "the header claims to have %d entries", n)
		}
		for range n {
			key, err := c.text()
			if err != nil {
				return nil, err
			}
			if meta[string(key)], err = c.text(); err != nil {
				return nil, err
			}
		}
	}
}

func (c *container) text() ([]byte, error) {
	n, err := c.varint()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > largestHeader {
		return nil, c.problem("damaged", "the header claims to have a text of %d bytes", n)
	}
	var b bytes.Buffer // grows with what is really there
	if _, err := io.CopyN(&b, c.source, n); err != nil {
		return nil, c.readError(err)
	}
	return b.Bytes(), nil
}

func (c *container) chooseCodec(name string) (err error) {
	switch name {
	case "", "null":
	case "deflate":
		c.codec = ocf.DeflateCodec(-1)
	case "snappy":
		c.codec = ocf.SnappyCodec()
	case "zstandard":
		c.codec, err = ocf.ZstdCodec(nil, nil)
	case "bzip2":
		c.codec = bzip{}
	default:
		return c.problem("unfit-file", "the blocks are compressed by %.40q; null, deflate, snappy, zstandard and bzip2 can be read", name)
	}
	return err
}

// close gives back what decompressors hold.
func (c *container) close() {
	if c.codec != nil {
		_ = c.codec.Close() // of readers; nothing is lost
	}
}

// next returns the next block's records and how many there are; io.EOF is the
// end. The block is valid until the next call.
func (c *container) next() (block []byte, records int64, err error) {
	if _, err := c.source.Peek(1); err == io.EOF {
		return nil, 0, io.EOF
	}
	if records, err = c.varint(); err != nil {
		return nil, 0, err
	}
	size, err := c.varint()
	if err != nil {
		return nil, 0, err
	}
	c.blocks++
	if records < 0 || size < 0 || size > largestBlock {
		return nil, 0, c.problem("damaged", "block %d claims to have %d records in %d bytes; the limit is %d bytes", c.blocks, records, size, largestBlock)
	}
	stored := bytes.NewBuffer(c.stored[:0])
	if _, err := io.CopyN(stored, c.source, size); err != nil {
		return nil, 0, c.readError(err)
	}
	c.stored = stored.Bytes()
	var sync [16]byte
	if err := c.full(sync[:]); err != nil {
		return nil, 0, err
	}
	if sync != c.sync {
		return nil, 0, c.problem("damaged", "block %d does not end with the file's sync marker", c.blocks)
	}
	block, err = c.decompress()
	return block, records, err
}

func (c *container) decompress() ([]byte, error) {
	if c.codec == nil {
		return c.stored, nil
	}
	bounded, ok := c.codec.(ocf.BoundedDecompressor)
	if !ok {
		return nil, fmt.Errorf("read %s: the codec has no limit", c.in.Name)
	}
	block, err := bounded.DecompressBounded(c.stored, largestBlock)
	if err != nil {
		return nil, c.problem("damaged", "block %d cannot be decompressed: %v", c.blocks, err)
	}
	return block, nil
}

func (c *container) varint() (int64, error) {
	n, err := binary.ReadVarint(c.source)
	if err != nil {
		return 0, c.readError(err)
	}
	return n, nil
}

func (c *container) full(b []byte) error {
	if _, err := io.ReadFull(c.source, b); err != nil {
		return c.readError(err)
	}
	return nil
}

// readError tells a file that ends too early from failures to read it.
func (c *container) readError(err error) error {
	var problem *diag.Problem
	switch {
	case errors.As(err, &problem):
		return err
	case err == io.EOF || err == io.ErrUnexpectedEOF: //nolint:errorlint // one that is wrapped is damage, not the end //nolint:errorlint // a wrapped one is a failure to read
		if c.blocks == 0 {
			return c.problem("truncated", "the file ends in its header: it was cut off, or is no Avro file")
		}
		return c.problem("truncated", "the file ends in block %d: it was cut off", c.blocks)
	case err.Error() == overflow:
		return c.problem("damaged", "a number behind block %d is no number", c.blocks)
	}
	return err
}

// overflow is what package binary says of a varint that is too long; it has no
// name there.
const overflow = "binary: varint overflows a 64-bit integer"

func (c *container) problem(code, format string, args ...any) *diag.Problem {
	return diag.New(code, diag.Place{File: c.in.Name}, format, args...).
		WithHint("nothing of it was loaded; fetch or write the whole file again")
}

// bzip is the codec that the library lacks.
type bzip struct{}

func (bzip) Name() string                          { return "bzip2" }
func (bzip) Close() error                          { return nil }
func (bzip) Compress([]byte) ([]byte, error)       { return nil, errors.ErrUnsupported }
func (b bzip) Decompress(s []byte) ([]byte, error) { return b.DecompressBounded(s, largestBlock) }

// DecompressBounded decompresses no more than limit bytes.
func (bzip) DecompressBounded(stored []byte, limit int64) ([]byte, error) {
	block, err := io.ReadAll(io.LimitReader(bzip2.NewReader(bytes.NewReader(stored)), limit+1))
	if err == nil && int64(len(block)) > limit {
		err = fmt.Errorf("it has more than %d bytes", limit)
	}
	return block, err
}
