package record

import (
	"bytes"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// LineFunc makes rec the record of the line text[lo:hi], which is not blank,
// has no line end and is not longer than a record may be. Behind hi there are
// connector.Padding bytes that may be read. Line and Raw are set already.
type LineFunc func(rec *Record, text []byte, lo, hi int)

// NewLines returns the parser of a format in which each line is a record.
// Blank lines are none; a line that is too long is rejected. The lines of a large
// input are read by several such parsers beside each other, each opened for
// itself: what parse makes of a line must not depend on the lines before it.
func NewLines(src Source, parse LineFunc) Parser {
	return &lines{source: src.Text, names: src.Names, parse: parse, max: src.MaxRecord, line: src.Line}
}

// lines reads a record on each line. What it makes of a line does not depend on
// the other lines.
type lines struct {
	source io.Reader
	// window is made when it is first looked into.
	window *connector.Window
	names  *Names
	parse  LineFunc
	max    int
	// text[pos:end] are the whole lines in view that are still to be read.
	text     []byte
	pos, end int
	// line is the number of the next one.
	line     int64
	cutAtEnd bool
	done     bool
}

// Next makes rec the record of the next line.
func (p *lines) Next(rec *Record) error {
	for {
		for p.pos < p.end {
			lo := p.pos
			hi := lo + bytes.IndexByte(p.text[lo:p.end], '\n')
			p.pos = hi + 1
			p.line++
			if hi > lo && p.text[hi-1] == '\r' {
				hi--
			}
			if blank(p.text[lo:hi]) {
				continue
			}
			rec.Reset(p.line - 1)
			p.names.Forget()
			rec.Raw = p.text[lo:hi]
			if hi-lo > p.max {
				rec.Raw = rec.Raw[:min(hi-lo, connector.KeptOfLong)]
				rec.Violations = []connector.Violation{connector.SizeViolation(hi-lo, p.max)}
			} else {
				p.parse(rec, p.text, lo, hi)
			}
			return nil
		}
		if long, err := p.more(rec); err != nil || long {
			return err
		}
	}
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// more brings more lines into view. It makes rec a line that is too long, where
// that is what comes next.
func (p *lines) more(rec *Record) (long bool, err error) {
	if p.done {
		return false, io.EOF
	}
	if p.window == nil {
		p.window = connector.NewWindow(p.source)
	}
	p.window.Advance(p.end)
	p.pos, p.end = 0, 0
	grown, err := p.window.More()
	if err != nil {
		return false, err
	}
	if !grown {
		p.done = true
		p.cutAtEnd = p.window.Terminate('\n') || p.cutAtEnd
	}
	text := p.window.Bytes()
	p.text = text[:min(len(text)+connector.Padding, cap(text))]
	if p.end = bytes.LastIndexByte(text, '\n') + 1; p.end > 0 || len(text) <= p.max {
		return false, nil
	}
	return true, p.skipLong(rec)
}

func (p *lines) skipLong(rec *Record) error {
	line, err := p.window.SkipLongLine('\n')
	if err != nil {
		return err
	}
	p.done = false
	p.cutAtEnd = p.cutAtEnd || !line.Ended
	rec.Reset(p.line)
	rec.Raw = line.Head
	rec.Violations = []connector.Violation{connector.SizeViolation(line.Size, p.max)}
	p.line++
	return nil
}

// End tells how the input ended.
func (p *lines) End() End { return End{Lines: p.line - 1, Clean: !p.cutAtEnd} }

// Close gives the window's memory back.
func (p *lines) Close() {
	if p.window != nil {
		p.window.Close()
	}
}

// take makes the lines those of a chunk, instead of the source's.
func (p *lines) take(c connector.Chunk) {
	p.text, p.pos, p.end = c.Text[:len(c.Text)+connector.Padding], 0, len(c.Text)
	p.line, p.done = c.Line, true
}
