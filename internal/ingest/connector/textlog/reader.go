package textlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Record is one record as it stands in a file.
type Record struct {
	// Line is where it begins, Lines how many physical lines it takes.
	Line, Lines int64
	// Text is without the last line end; valid until the next record. Of a
	// record over the limits it is the start.
	Text []byte
	// Violations say that it is over the limits, or is no record: lines that
	// belong to none.
	Violations []connector.Violation
	// Orphan says that the format joins lines and this begins with none that
	// begins a record.
	Orphan bool
}

// Limits bound a record.
type Limits struct {
	Bytes int
	// Lines is 0 where records have one line.
	Lines int
}

// Reader takes a text apart into records.
type Reader struct {
	window *connector.Window
	limits Limits
	// begins is nil where every line is a record.
	begins func(line []byte) bool
	// counted says that records may be framed by a count of octets.
	counted bool
	// line is the number of the next line, used what the last record took.
	line int64
	used int
	// cut says that the text does not end with a line end.
	cut bool
}

// NewReader returns a reader of a text whose first line has the number line.
// begins is nil where every line is a record.
func NewReader(source io.Reader, line int64, limits Limits, begins func([]byte) bool) *Reader {
	return &Reader{window: connector.NewWindow(source), line: line, limits: limits, begins: begins}
}

// Close gives the memory back.
func (r *Reader) Close() { r.window.Close() }

// Lines is the number of the last line that was read.
func (r *Reader) Lines() int64 { return r.line - 1 }

// EndsClean tells, at the end, that the text ends with a line end.
func (r *Reader) EndsClean() bool { return !r.cut }

// noBegin rejects a line that belongs to no record.
var noBegin = connector.Violation{Rule: connector.RuleFormat, Reason: "the line does not begin as records do, and none begins before it that it could belong to"}

// errLong says that a line is longer than a record may be.
var errLong = errors.New("a line over the limit")

// Next reads the next record; io.EOF is the end.
func (r *Reader) Next(rec *Record) error {
	for {
		r.window.Advance(r.used)
		r.used = 0
		*rec = Record{Line: r.line, Lines: 1}
		if r.counted {
			if framed, err := r.frame(rec); framed || err != nil {
				return err
			}
		}
		end, next, err := r.lineAt(0)
		switch {
		case errors.Is(err, errLong):
			return r.long(rec)
		case err != nil:
			return err
		case end == 0: // blank
			r.used = next
			r.line++
		case r.begins == nil:
			rec.Text = r.window.Bytes()[:end]
			r.used = next
			r.line++
			return nil
		default:
			return r.joined(rec, end, next)
		}
	}
}

// lineAt brings the line that starts at from into view and returns where its
// text ends and where the next one starts.
func (r *Reader) lineAt(from int) (end, next int, err error) {
	for at := from; ; {
		text := r.window.Bytes()
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
			if end > from && text[end-1] == '\r' {
				end--
			}
			if end-from > r.limits.Bytes {
				return 0, 0, errLong
			}
			return end, next, nil
		}
		if at = len(text); at-from > r.limits.Bytes+1 { // it may end in a \r
			return 0, 0, errLong
		}
		more, err := r.window.More()
		if err != nil {
			return 0, 0, err
		}
		if !more && at > from {
			r.cut = true
			if !r.window.Terminate('\n') {
				return 0, 0, io.ErrUnexpectedEOF
			}
		} else if !more {
			return 0, 0, io.EOF
		}
	}
}

// long makes a record of the start of a line that is too long.
func (r *Reader) long(rec *Record) error {
	line, err := r.window.SkipLongLine('\n')
	if err != nil {
		return err
	}
	r.cut = r.cut || !line.Ended
	r.line++
	rec.Text = line.Head
	rec.Violations = []connector.Violation{connector.SizeViolation(line.Size, r.limits.Bytes)}
	return nil
}

// joined adds the lines up to the next that begins a record.
func (r *Reader) joined(rec *Record, end, next int) error {
	if rec.Orphan = !r.begins(r.window.Bytes()[:end]); rec.Orphan {
		rec.Violations = []connector.Violation{noBegin}
	}
	for !rec.Orphan {
		to, after, err := r.lineAt(next)
		if errors.Is(err, errLong) || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if r.begins(r.window.Bytes()[next:to]) {
			break
		}
		if to > next {
			end = to
		}
		rec.Lines++
		next = after
		if end > r.limits.Bytes || int(rec.Lines) > r.limits.Lines {
			return r.over(rec, next)
		}
	}
	rec.Text = r.window.Bytes()[:end]
	r.used = next
	r.line += rec.Lines
	return nil
}

// over reads a record of too many bytes or lines to its end and keeps its start.
func (r *Reader) over(rec *Record, size int) error {
	text := r.window.Bytes()[:size]
	rec.Text = bytes.TrimRight(bytes.Clone(text[:min(size, connector.KeptOfLong)]), "\r\n")
	r.window.Advance(size)
	for {
		to, after, err := r.lineAt(0)
		if errors.Is(err, errLong) || errors.Is(err, io.EOF) || err == nil && r.begins(r.window.Bytes()[:to]) {
			break
		}
		if err != nil {
			return err
		}
		r.window.Advance(after)
		size += after
		rec.Lines++
	}
	r.line += rec.Lines
	v := connector.SizeViolation(size, r.limits.Bytes)
	if size <= r.limits.Bytes {
		v.Reason = fmt.Sprintf("the record has %d lines, the limit is %d (max_lines); its first %d bytes are kept", rec.Lines, r.limits.Lines, len(rec.Text))
	}
	rec.Violations = []connector.Violation{v}
	return nil
}
