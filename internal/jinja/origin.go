package jinja

import (
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// Origins remember which parts of templates wrote a text. A render that is
// given some, see [Globals.Origins], fills them as it goes; [Origins.Of] looks
// up afterwards. One serves any number of renders one after the other.
type Origins struct {
	pieces []piece
	marks  int
}

// maxMarks bounds what is remembered: of texts with more parts the rest has no
// origin.
const maxMarks = 1 << 20

// piece is a text that was written: by a template, or by what a macro, a block
// that sets a name, or the like has written to be a value.
type piece struct {
	text string
	// by is the macro that wrote it, if one did.
	by    string
	marks []mark
}

// mark is where a part of a text begins, and what wrote it.
type mark struct {
	start int
	tmpl  *Template
	// pos is where in the template: at the beginning of the text as it stands
	// there, or of what printed a value.
	pos   int
	value bool
	// pieces is how many there were: the value is one of these, if any.
	pieces int
}

// output is what is being written.
type output struct {
	strings.Builder
	marks []mark
}

// mark notes that what is written next comes from a node.
func (it *interp) mark(n syntax.Node, value bool) {
	if o := it.space.globals.Origins; o != nil && o.marks < maxMarks {
		o.marks++
		it.out.marks = append(it.out.marks, mark{it.out.Len(), it.tmpl, n.At(), value, len(o.pieces)})
	}
}

// taken ends an output and returns its text. What a macro wrote has its name.
func (it *interp) taken(out *output, by string) string {
	text := out.String()
	if o := it.space.globals.Origins; o != nil && len(out.marks) > 0 && text != "" {
		o.pieces = append(o.pieces, piece{text, by, out.marks})
	}
	return text
}

// Of returns where a byte of a text comes from that a render gave, or that holds
// what one gave: first where it is written down, then the calls that led there,
// with the macros that they called. Nothing is returned for what no template
// wrote.
func (o *Origins) Of(text string, offset int) []Frame {
	if offset < 0 || offset > len(text) {
		return nil
	}
	_, frames := o.within(text, offset, len(o.pieces))
	return frames
}

// within looks a byte up in the first n pieces: in the last that is this very
// text, or else in the longest that is a part of it.
func (o *Origins) within(text string, offset, n int) (*piece, []Frame) {
	for i := n - 1; i >= 0; i-- {
		if p := &o.pieces[i]; p.text == text {
			return p, o.inPiece(p, offset)
		}
	}
	var best *piece
	at, longest := 0, minPart-1
	for i := n - 1; i >= max(0, n-maxSearched); i-- {
		p := &o.pieces[i]
		core := strings.TrimSpace(p.text)
		if len(core) <= longest || len(core) > len(text) {
			continue
		}
		if start, found := around(text, core, offset); found {
			best, longest, at = p, len(core), start-strings.Index(p.text, core)
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, o.inPiece(best, min(max(offset-at, 0), len(best.text)))
}

// minPart is how long a piece is at least that is looked for in other texts,
// maxSearched how many are.
const (
	minPart     = 8
	maxSearched = 4096
)

// around finds the occurrence of part in text that holds an offset.
func around(text, part string, offset int) (start int, found bool) {
	from := max(offset-len(part)+1, 0)
	if i := strings.Index(text[from:min(offset+len(part), len(text))], part); i >= 0 {
		return from + i, true
	}
	return 0, false
}

// inPiece looks a byte of a piece up.
func (o *Origins) inPiece(p *piece, offset int) []Frame {
	i := len(p.marks) - 1
	for i > 0 && p.marks[i].start > offset {
		i--
	}
	m, end := p.marks[i], len(p.text)
	if i+1 < len(p.marks) {
		end = p.marks[i+1].start
	}
	if m.start > offset {
		return nil
	}
	part := p.text[m.start:end]
	if !m.value {
		return []Frame{m.tmpl.textFrame(m.pos, part[:offset-m.start])}
	}
	f := Frame{Template: m.tmpl.src.Name}
	f.Line, f.Column = m.tmpl.src.Place(m.pos)
	from, frames := o.within(part, offset-m.start, m.pieces)
	if from != nil {
		f.Macro = from.by
	}
	return append(frames, f)
}

// textFrame is the place behind text that stands in the template at an offset
// as it is, but for the ends of lines.
func (t *Template) textFrame(at int, text string) Frame {
	f := Frame{Template: t.src.Name}
	f.Line, f.Column = t.src.Place(at)
	if lines := strings.Count(text, "\n"); lines > 0 {
		f.Line, f.Column = f.Line+lines, 1
	}
	f.Column += utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
	return f
}
