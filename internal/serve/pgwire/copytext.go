package pgwire

import (
	"bufio"
	"errors"
	"io"
	"strconv"
)

// textCopy reads PostgreSQL's text format: a line for a row, with escapes.
type textCopy struct {
	in   *bufio.Reader
	o    copying
	rows *copyRows
	row0 []value
	long []byte
}

func (t *textCopy) row() ([]value, error) {
	if t.o.header {
		t.o.header = false
		t.rows.line++
		if _, err := t.text(); err != nil {
			return nil, err
		}
	}
	t.rows.line++
	line, err := t.text()
	if err != nil {
		return nil, err
	}
	if string(line) == `\.` {
		return nil, discarded(t.in)
	}
	t.row0 = t.row0[:0]
	if len(line) == 0 && len(t.rows.kinds) == 0 {
		return t.row0, nil
	}
	for from, i := 0, 0; ; i++ {
		if i < len(line) && line[i] == '\\' {
			i++ // what it is, it ends no value
			continue
		}
		if i < len(line) && line[i] != t.o.delimiter {
			continue
		}
		raw := line[from:min(i, len(line))]
		if string(raw) == t.o.null {
			t.row0 = append(t.row0, value{})
		} else {
			t.row0 = append(t.row0, value{unescaped(raw), true})
		}
		if from = i + 1; i >= len(line) {
			return t.row0, nil
		}
	}
}

// discarded passes over what comes behind the mark of the end.
func discarded(in io.Reader) error {
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	return io.EOF
}

// text reads a line without its end. A line feed behind a backslash is a part
// of it.
func (t *textCopy) text() ([]byte, error) {
	t.long = t.long[:0]
	for {
		piece, err := t.in.ReadSlice('\n')
		t.long = append(t.long, piece...)
		switch {
		case len(t.long) > longestValue:
			return nil, t.rows.bad("54000", "the line is too long")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(t.long) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		line := t.long
		if err == nil {
			line = line[:len(line)-1]
			if odd(line) {
				continue
			}
		}
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		return line, nil
	}
}

// odd reports whether a line ends in a backslash that is not one itself.
func odd(line []byte) bool {
	n := 0
	for i := len(line) - 1; i >= 0 && line[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// unescaped is a value without its escapes.
func unescaped(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		base, from, most := 8, i, 3
		if raw[i] == 'x' {
			base, from, most = 16, i+1, 2
		}
		end := from
		for end < len(raw) && end-from < most && digit(raw[end], base) {
			end++
		}
		if end > from {
			n, _ := strconv.ParseUint(string(raw[from:end]), base, 16) // of digits
			out = append(out, byte(n))
			i = end - 1
			continue
		}
		if b, known := escapes[raw[i]]; known {
			out = append(out, b)
		} else {
			out = append(out, raw[i])
		}
	}
	return out
}

func digit(b byte, base int) bool {
	switch {
	case b >= '0' && b <= '7':
		return true
	case base == 8:
		return false
	}
	return b >= '8' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// csvCopy reads CSV.
type csvCopy struct {
	in   *bufio.Reader
	o    copying
	rows *copyRows
	row0 []value
	// lines are the line feeds in the values of the row before.
	lines int64
	// quoted: the value that was read last had quotes.
	quoted bool
}

func (c *csvCopy) row() ([]value, error) {
	row, err := c.read()
	if err == nil && c.o.header {
		c.o.header = false
		return c.row()
	}
	return row, err
}

func (c *csvCopy) read() ([]value, error) {
	c.rows.line += 1 + c.lines
	c.lines = 0
	c.row0 = c.row0[:0]
	if _, err := c.in.Peek(1); err != nil {
		return nil, err
	}
	for {
		v, last, err := c.value()
		if err != nil {
			return nil, err
		}
		if c.row0 = append(c.row0, v); !last {
			continue
		}
		if len(c.row0) == 1 && v.given && !c.quoted && string(v.bytes) == `\.` {
			return nil, discarded(c.in)
		}
		return c.row0, nil
	}
}

// value reads a value, and whether it is the last one of its row.
func (c *csvCopy) value() (v value, last bool, err error) {
	var out []byte
	open, whole := false, 0 // so much of out was in quotes, or before them
	c.quoted = false
	for {
		b, err := c.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && open:
			return v, false, c.rows.bad("22P04", "unterminated CSV quoted field")
		case errors.Is(err, io.EOF):
			return c.ended(out), true, nil
		case err != nil:
			return v, false, err
		case len(out) > longestValue:
			return v, false, c.rows.bad("54000", "a value is too long, or a quote is not closed")
		}
		if open {
			if out, open, err = c.inQuotes(out, b); err != nil {
				return v, false, err
			}
			whole = len(out)
			continue
		}
		switch b {
		case c.o.quote:
			c.quoted, open = true, true
		case c.o.delimiter:
			return c.ended(out), false, nil
		case '\n':
			if n := len(out); n > whole && out[n-1] == '\r' {
				out = out[:n-1]
			}
			return c.ended(out), true, nil
		default:
			out = append(out, b)
		}
	}
}

// inQuotes takes a byte between quotes; open is false after the last one.
func (c *csvCopy) inQuotes(out []byte, b byte) (_ []byte, open bool, err error) {
	if b == '\n' {
		c.lines++
	}
	if b == c.o.escape {
		if after, err := c.in.Peek(1); err == nil && (after[0] == c.o.quote || after[0] == c.o.escape) {
			_, _ = c.in.Discard(1) // is there
			return append(out, after[0]), true, nil
		} else if err != nil && !errors.Is(err, io.EOF) {
			return out, true, err
		}
	}
	if b == c.o.quote {
		return out, false, nil
	}
	return append(out, b), true, nil
}

// ended is a value as it was read; the word for NULL is one without quotes.
func (c *csvCopy) ended(out []byte) value {
	if !c.quoted && string(out) == c.o.null {
		return value{}
	}
	return value{out, true}
}
