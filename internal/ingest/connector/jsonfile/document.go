package jsonfile

import (
	"bytes"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// document reads values that follow each other with any line ends between and
// inside them, and the records that are in them.
type document struct {
	path     []string
	parser   parser
	names    *record.Names
	encoding connector.Encoding
	max      int
	window   *connector.Window
	// text[pos:hi] is in view and still to be read; last says that nothing
	// follows.
	text    []byte
	pos, hi int
	last    bool
	// line is that of text[counted].
	line    int64
	counted int
	// newline says that what was counted ends with a line end.
	newline bool
	levels  []level
	// column is how far the record that was begun is from its line's start, -1
	// where it is not the first on its line.
	column int
	// number is how many records there were, parent how many that have them as
	// parts, and the line of the last of those.
	number, parent, parentLine int64
}

// level is an array or object that is entered on the way to the records.
type level struct {
	object bool
	// step is how many names of the path were followed; holds says that the
	// elements of the array are the records.
	step  int
	holds bool
	// expects is what comes next.
	expects expectation
	line    int64
}

type expectation uint8

const (
	// anElement, or the end.
	anElement expectation = iota
	// aComma, or the end.
	aComma
	// another element, behind a comma.
	another
)

func newDocument(src record.Source, o *options) record.Parser {
	return &document{
		path: o.path, parser: newParser(src.Names, o.omit), names: src.Names, encoding: src.Encoding,
		max: src.MaxRecord, window: connector.NewWindow(src.Text), line: src.Line, newline: true,
	}
}

// Next makes rec the next record.
func (d *document) Next(rec *record.Record) error {
	d.names.Forget()
	for {
		if more, err := d.blanks(); err != nil {
			return err
		} else if !more {
			return d.end(rec)
		}
		found, err := d.step(rec)
		if err != nil || found {
			return err
		}
	}
}

// blanks skips them and reports whether something follows.
func (d *document) blanks() (bool, error) {
	for {
		for d.pos < d.hi {
			if !isBlank(d.text[d.pos]) {
				return true, nil
			}
			d.pos++
		}
		if d.last {
			return false, nil
		}
		if err := d.more(); err != nil {
			return false, err
		}
	}
}

// more brings more into view; what is in front of pos goes.
func (d *document) more() error {
	d.lineAt(d.pos)
	d.window.Advance(d.pos)
	d.pos, d.counted = 0, 0
	grown, err := d.window.More()
	if err != nil {
		return err
	}
	d.last = !grown
	view := d.window.Bytes()
	d.hi = len(view)
	d.text = view[:min(cap(view), d.hi+connector.Padding)]
	return nil
}

// lineAt returns the number of the line at p, which is not in front of the
// place of the call before.
func (d *document) lineAt(p int) int64 {
	if p > d.counted {
		passed := d.text[d.counted:p]
		d.line += int64(bytes.Count(passed, newlineBytes))
		d.newline = passed[len(passed)-1] == '\n'
		d.counted = p
	}
	return d.line
}

var newlineBytes = []byte("\n")

// step deals with what stands at pos, and reports whether rec was made of it.
func (d *document) step(rec *record.Record) (found bool, err error) {
	top := len(d.levels) - 1
	if top < 0 {
		return d.enter(rec, 0)
	}
	l := &d.levels[top]
	c := d.text[d.pos]
	switch {
	case l.object && c == '}' && l.expects != another, !l.object && c == ']' && l.expects != another:
		d.pos++
		d.leave()
		return false, nil
	case c == ',' && l.expects == aComma:
		d.pos++
		l.expects = another
		return false, nil
	case l.expects == aComma:
		return true, d.recover(rec, d.pos, "a comma is expected, not "+d.shown())
	case c == ',' || c == ']' || c == '}':
		return true, d.odd(rec)
	case l.object:
		return d.field(rec)
	}
	l.expects = aComma
	return d.enter(rec, l.step)
}

// leave closes the innermost level.
func (d *document) leave() {
	d.levels = d.levels[:len(d.levels)-1]
	if top := len(d.levels) - 1; top >= 0 {
		d.levels[top].expects = aComma
	}
}

// enter deals with the value at pos, which step names of the path lead to: it
// is a record, or records are in it, or neither.
func (d *document) enter(rec *record.Record, step int) (found bool, err error) {
	c, depth := d.text[d.pos], len(d.levels)
	top := depth == 0 && c == '['
	if len(d.path) > 0 && (depth == 0 && !top || depth == 1 && d.isTop()) {
		d.parent++
		d.parentLine = d.lineAt(d.pos)
	}
	switch {
	case c == ']' || c == '}' || c == ',' || c == ':':
		return true, d.recover(rec, d.pos, "a value is expected, not "+d.shown())
	case step == len(d.path) && (c != '[' || depth > 0 && d.levels[depth-1].holds):
		return true, d.record(rec)
	case c == '[', c == '{' && step < len(d.path):
		if depth == deepest {
			return true, d.recover(rec, d.pos, "arrays are too deep inside each other")
		}
		d.levels = append(d.levels, level{object: c == '{', expects: anElement, step: step, holds: step == len(d.path), line: d.lineAt(d.pos)})
		d.pos++
		return false, nil
	}
	return d.skip(rec)
}

// isTop reports whether the outermost level is an array that is no value of
// its own: its elements are what values are elsewhere.
func (d *document) isTop() bool { return !d.levels[0].object }

// field reads a key of an object on the way, and what to do with its value.
func (d *document) field(rec *record.Record) (found bool, err error) {
	l := &d.levels[len(d.levels)-1]
	for {
		name, value, ok := d.key()
		switch {
		case ok:
			d.pos = value
			l.expects = aComma
			if name == d.path[l.step] {
				return d.enter(rec, l.step+1)
			}
			return d.skip(rec)
		case d.parser.state == failed:
			return true, d.recover(rec, d.pos, d.parser.reason)
		case d.last:
			return true, d.rest(rec, cutOff)
		case d.hi-d.pos > d.max:
			return true, d.rest(rec, "a key is longer than a record may be")
		}
		if err := d.more(); err != nil {
			return false, err
		}
	}
}

// key reads the key at pos and returns where its value starts.
func (d *document) key() (name string, value int, ok bool) {
	q := &d.parser
	q.text, q.hi, q.last, q.state, q.arena = d.text, d.hi, d.last, wantKey, q.arena[:0]
	if d.text[d.pos] != '"' {
		q.fail(d.pos, "a key in double quotes is expected, not "+d.shown())
		return "", 0, false
	}
	text, end := q.scan(d.pos + 1)
	if q.state != wantKey {
		return "", 0, false
	}
	name = string(text)
	colon := false
	for p := end + 1; p < d.hi; p++ {
		switch c := d.text[p]; {
		case isBlank(c):
		case colon:
			return name, p, true
		case c == ':':
			colon = true
		default:
			q.fail(p, "a colon is expected behind a key")
			return "", 0, false
		}
	}
	q.state = short
	return "", 0, false
}

// record makes rec the value at pos.
func (d *document) record(rec *record.Record) error {
	d.begin(rec)
	for {
		q := &d.parser
		end := q.parse(rec, d.text, d.pos, d.hi, d.last)
		switch {
		case q.state == done:
			if end-d.pos > d.max {
				return d.oversize(rec)
			}
			rec.Raw = d.text[d.pos:end]
			d.pos = end
			return nil
		case q.state == failed:
			return d.mend(rec, d.pos, end)
		case d.last:
			return d.mendCut(rec)
		case d.hi-d.pos > d.max:
			return d.oversize(rec)
		}
		if err := d.more(); err != nil {
			return err
		}
	}
}

// begin resets rec for a record that starts at pos.
func (d *document) begin(rec *record.Record) {
	d.number++
	d.column = d.columnOf(d.pos)
	rec.Reset(d.lineAt(d.pos))
	rec.Number = d.number
	if len(d.path) > 0 {
		rec.ParentLine, rec.ParentNumber = d.parentLine, d.parent
	}
}

// end is the end of the file, where no array should be open.
func (d *document) end(rec *record.Record) error {
	if len(d.levels) == 0 {
		return io.EOF
	}
	l := d.levels[len(d.levels)-1]
	d.levels = d.levels[:0]
	d.begin(rec)
	rec.Line = max(rec.Line-boolInt(d.newline), l.line)
	what := "array"
	if l.object {
		what = "object"
	}
	rec.Reject(connector.RuleFormat, "the file ends before the "+what+" that starts in line "+itoa(l.line)+" does: "+cutOff)
	return nil
}

// End tells how the file ended. What is appended to a document may belong to
// what is there.
func (d *document) End() record.End {
	return record.End{Lines: d.lineAt(d.pos) - boolInt(d.newline)}
}

// Close gives the window's memory back.
func (d *document) Close() { d.window.Close() }
