package csvfile

import (
	"bytes"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	chunkRows   = 2048
	chunkFields = 16 << 10
	fewestRows  = 32
)

// errEnd says that there are no more records. It is not io.EOF, which a sink's
// error may wrap.
var errEnd = errors.New("no more records")

// chunk is a run of records in a text: the good ones by row, the others as
// rejects. It is valid until the next call of next.
type chunk struct {
	text    []byte
	scanner *scanner
	width   int
	rows    []row
	// fields are those of the rows, width of each.
	fields  []field
	rejects []connector.Reject
	// encoding is how the text was stored.
	encoding connector.Encoding
	scratch  []byte
}

// row is a record of the right shape; hi is its end without the line end.
type row struct {
	lo, hi uint32
	line   int64
}

// value returns the value of a row's field; valid until the next call.
func (c *chunk) value(row, column int) []byte {
	return c.scanner.value(c.text, c.fields[row*c.width+column], &c.scratch)
}

// records walks over the records of one input.
type records struct {
	window  *connector.Window
	scanner scanner
	dialect dialect
	// width is the number of fields that a record must have.
	width     int
	maxRecord int
	comment   []byte
	// sample, where it is set, bounds the text: what is not complete where it
	// was cut off is ignored.
	sample *io.LimitedReader

	// text[pos:end] holds whole lines that are yet to be scanned; line is the
	// number of the one at pos. plain says that all of them are ASCII.
	text     []byte
	pos, end int
	line     int64
	plain    bool
	chunk    chunk
	// openAtEnd and cutAtEnd: the input ended inside quotes; without line end.
	openAtEnd, cutAtEnd bool
	done                bool
}

func newRecords(source io.Reader, d dialect, s *settings, width int) *records {
	r := &records{
		window: connector.NewWindow(source), scanner: newScanner(d), dialect: d,
		width: width, maxRecord: s.maxRecord, comment: []byte(s.comment), line: 1,
	}
	r.chunk = chunk{scanner: &r.scanner, width: width, encoding: d.encoding}
	return r
}

// close gives the memory back.
func (r *records) close() { r.window.Close() }

// next returns the next chunk with at most limit rows, or errEnd. A chunk may be
// empty.
func (r *records) next(limit int) (*chunk, error) {
	limit = min(limit, max(fewestRows, min(chunkRows, chunkFields/max(r.width, 1))))
	c := &r.chunk
	c.rows, c.rejects = c.rows[:0], c.rejects[:0]
	r.scanner.fields = r.scanner.fields[:0]
	if r.pos >= r.end {
		if err := r.more(); err != nil {
			return nil, err
		}
	}
	c.text = r.text
	for r.pos < r.end && len(c.rows)+len(c.rejects) < limit {
		if r.isBlank() || r.isComment() {
			r.skipLine()
			continue
		}
		if !r.record() {
			break
		}
	}
	c.fields = r.scanner.fields
	return c, nil
}

// more brings the next whole lines into view. It returns errEnd at the end.
func (r *records) more() error {
	r.advance()
	for {
		grown, err := r.window.More()
		if err != nil {
			return err
		}
		if !grown {
			if r.cut() || len(r.window.Bytes()) == 0 || r.done {
				return errEnd
			}
			r.done = true
			if r.window.Terminate(r.dialect.eol) {
				r.cutAtEnd = true
			}
		}
		if r.view(); r.end > 0 {
			return nil
		}
		if r.inView() > r.maxRecord+1 {
			return r.oversize()
		}
	}
}

// cut reports that the text is a sample that was cut off.
func (r *records) cut() bool { return r.sample != nil && r.sample.N <= 0 }

// view looks at what the window shows.
func (r *records) view() {
	text := r.window.Bytes()
	r.pos, r.end = 0, bytes.LastIndexByte(text, r.dialect.eol)+1
	r.text = text[:len(text)+connector.Padding]
	r.plain = r.end > 0 && connector.IsPlain(r.text, 0, r.end)
}

// advance moves the window to pos.
func (r *records) advance() {
	r.window.Advance(r.pos)
	r.scanner.hopeless -= r.pos
	r.pos, r.end = 0, 0
}

// inView is how much of the text from pos on is in view.
func (r *records) inView() int {
	n := len(r.text) - connector.Padding - r.pos
	if r.cutAtEnd {
		n-- // the line end that was put there
	}
	return n
}

// record scans the record at pos. It returns false where more text is needed,
// which the next call of next brings into view.
//
// What becomes of a record must not depend on how much happens to be in view:
// so one that is still open is given up once more is in view than a record and
// its line end may have, and one that is seen whole is measured the same way.
func (r *records) record() bool {
	s, lo := &r.scanner, r.pos
	before := len(s.fields)
	next, inside, f := s.record(r.text, r.end, lo)
	found := len(s.fields) - before
	if f == openQuote && next >= r.end && !r.done && r.inView() <= r.maxRecord+1 {
		s.fields = s.fields[:before]
		r.end = lo
		return false
	}
	if f == textAfterQuote {
		next = s.lineEnd(r.text, next) + 1
	}
	hi := r.trimEnd(lo, next-1)
	if f = r.judge(f, next, inside, hi-lo); f.ofFirstLine() {
		s.fields = s.fields[:before]
		r.rejectFirstLine(f, found)
		return true
	}
	if f != sound || found != r.width || hi-lo > r.maxRecord || !r.plain && !connector.IsText(r.text, lo, hi) {
		s.fields = s.fields[:before]
		r.reject(lo, hi, r.violations(lo, hi, f, found))
	} else {
		r.chunk.rows = append(r.chunk.rows, row{uint32(lo), uint32(hi), r.line})
	}
	r.line += int64(inside) + 1
	r.pos = next
	return true
}

// judge tells what a fault means for a record of the given size at pos, with
// inside line ends in quotes, and remembers how far no quote can be closed.
//
// A record is inside quotes at each of its line ends but the last. So another
// record that is inside quotes at one of them goes the same way: it will not
// end well either. Knowing that keeps reading linear.
func (r *records) judge(f fault, next, inside, size int) fault {
	switch {
	case f == openQuote && next < r.end: // hopeless already
		return f
	case f == openQuote && r.inView() > r.maxRecord+1, f != openQuote && inside > 0 && size > r.maxRecord:
		f = openTooLong
		next = r.pos + r.maxRecord
	case f == openQuote:
		r.openAtEnd = true
	case f == textAfterQuote && inside > 0:
		f = closedElsewhere
	default:
		return f
	}
	r.scanner.hopeless = max(r.scanner.hopeless, next)
	return f
}

// trimEnd drops the carriage return of a line end at hi.
func (r *records) trimEnd(lo, hi int) int {
	if hi > lo && r.text[hi-1] == '\r' {
		hi--
	}
	return hi
}

func (r *records) isBlank() bool {
	c := r.text[r.pos]
	return c == r.dialect.eol || c == '\r' && r.text[r.pos+1] == '\n'
}

func (r *records) isComment() bool {
	return len(r.comment) > 0 && bytes.HasPrefix(r.text[r.pos:r.end], r.comment)
}

func (r *records) skipLine() {
	r.pos = r.scanner.lineEnd(r.text, r.pos) + 1
	r.line++
}

// skipLines skips physical lines, however long.
func (r *records) skipLines(n int64) error {
	for ; n > 0; n-- {
		if r.pos >= r.end {
			if err := r.more(); err != nil {
				return err
			}
			if len(r.chunk.rejects) > 0 {
				r.chunk.rejects = r.chunk.rejects[:0]
				continue
			}
		}
		r.skipLine()
	}
	return nil
}

// takeFirst reads the first record, whatever its width, and returns the line
// where it starts; sound is false where it is no record that could be read.
func (r *records) takeFirst() (line int64, ok bool, err error) {
	for {
		if r.pos >= r.end {
			if err := r.more(); err != nil {
				return 0, false, err
			}
			if len(r.chunk.rejects) > 0 {
				return r.line - 1, false, nil
			}
			continue
		}
		if r.isBlank() || r.isComment() {
			r.skipLine()
			continue
		}
		r.scanner.fields = r.scanner.fields[:0]
		next, inside, f := r.scanner.record(r.text, r.end, r.pos)
		if f == openQuote && !r.done && r.inView() <= r.maxRecord+1 {
			r.end = r.pos
			continue
		}
		line = r.line
		r.pos, r.line = next, r.line+int64(inside)+1
		return line, f == sound, nil
	}
}
