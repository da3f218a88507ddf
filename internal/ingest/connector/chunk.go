package connector

import (
	"bytes"
	"errors"
	"io"
)

// ErrLongLine tells that a line is longer than a chunk.
var ErrLongLine = errors.New("a line is longer than a chunk")

// Chunks cuts a text into runs of whole lines, which can be read beside each
// other.
type Chunks struct {
	source io.Reader
	size   int
	line   int64
	// buf[:n] is what was read and not given yet.
	buf  []byte
	n    int
	done bool
}

// Chunk is a run of whole lines.
type Chunk struct {
	// Text ends with a line end; behind it are [Padding] bytes that may be read.
	Text []byte
	// Line is the number of the first line.
	Line int64
	// Cut says that the last line had no end before it was put there.
	Cut bool
}

// NewChunks cuts source into chunks that take size bytes of memory or less; line
// is the number of its first line.
func NewChunks(source io.Reader, size int, line int64) *Chunks {
	return &Chunks{source: source, size: size - 1 - Padding, line: line}
}

// Next returns the next chunk, or io.EOF. With ErrLongLine, and where chunks are
// not wanted any more, Rest has what was not given.
func (c *Chunks) Next() (Chunk, error) {
	if c.buf == nil {
		c.buf = c.allocate()
	}
	if !c.done {
		n, err := fillChunk(c.source, c.buf[c.n:c.size])
		c.n += n
		if c.done = err == io.EOF; err != nil && !c.done { //nolint:errorlint // a wrapped one is a failure to read
			return Chunk{}, err
		}
	}
	if c.n == 0 {
		return Chunk{}, io.EOF
	}
	chunk := Chunk{Line: c.line}
	end := bytes.LastIndexByte(c.buf[:c.n], '\n') + 1
	switch {
	case c.done && end < c.n:
		c.buf[c.n] = '\n'
		end, c.n, chunk.Cut = c.n+1, c.n+1, true
	case end == 0:
		return Chunk{}, ErrLongLine
	}
	next := c.allocate()
	c.n = copy(next, c.buf[end:c.n])
	chunk.Text, c.buf = c.buf[:end], next
	c.line += int64(bytes.Count(chunk.Text, []byte{'\n'}))
	return chunk, nil
}

func (c *Chunks) allocate() []byte { return recycled.Allocate(c.size + 1 + Padding) }

// Line is the number of the line that Rest starts with.
func (c *Chunks) Line() int64 { return c.line }

// Rest is the text that is in no chunk yet.
func (c *Chunks) Rest() io.Reader {
	return io.MultiReader(bytes.NewReader(c.buf[:c.n]), c.source)
}

// Unread is the chunk's text from a byte on, as it was in the input.
func (c *Chunk) Unread(from int) []byte {
	if c.Cut {
		return c.Text[from : len(c.Text)-1]
	}
	return c.Text[from:]
}

// Free gives the chunk's memory back.
func (c *Chunk) Free() {
	recycled.Free(c.Text)
	c.Text = nil
}
