package connector

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// errTrailing is what follows compressed data and is none itself.
var errTrailing = errors.New("behind its compressed data is something that is not compressed")

// gzipMembers reads gzip members that follow each other as one stream. NUL
// bytes behind the last one, as tapes and block devices add, are its end.
type gzipMembers struct {
	source *bufio.Reader
	member *gzip.Reader
}

func newGzipMembers(r *bufio.Reader) (*gzipMembers, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipMembers{source: r, member: z}, nil
}

// Read reads decompressed bytes.
func (g *gzipMembers) Read(p []byte) (int, error) {
	for {
		n, err := g.member.Read(p)
		if n > 0 || !errors.Is(err, io.EOF) || len(p) == 0 {
			if errors.Is(err, io.EOF) {
				err = nil // the next call finds out what follows
			}
			return n, err
		}
		if err := g.next(); err != nil {
			return 0, err
		}
	}
}

// next goes on to the next member; io.EOF says that there is none.
func (g *gzipMembers) next() error {
	head, err := g.source.Peek(2)
	switch {
	case len(head) == 0:
		return err
	case head[0] == 0:
		return g.padding()
	case len(head) < 2 || head[0] != magics[Gzip][0] || head[1] != magics[Gzip][1]:
		return errTrailing
	}
	if err := g.member.Reset(g.source); err != nil {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	g.member.Multistream(false)
	return nil
}

// padding reads to the end, where only NUL bytes may be.
func (g *gzipMembers) padding() error {
	for {
		c, err := g.source.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			return errTrailing
		}
	}
}

func (g *gzipMembers) close() { _ = g.member.Close() }
