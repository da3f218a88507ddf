package javalog

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// layout is a pattern, compiled.
type layout struct {
	// before are the elements in front of the message, behind those after it.
	before, behind []element
	// anchor is how many of before tell that a record begins.
	anchor int
	// message says that there is one.
	message bool
	// strict says that levels must be of those that loggers know, and that names
	// of classes have no spaces.
	strict bool
	extras []connector.Column
}

// element is one part of a layout.
type element struct {
	kind elementKind
	// text is a literal's.
	text []byte
	// column is the name of a value's column, width how wide it is at least.
	column string
	width  int
	date   dateFormat
}

type elementKind uint8

const (
	literal elementKind = iota
	text
	number
	severity
	date
	// body is the message.
	body
	// rest is what stands for an exception: it comes on lines of its own.
	rest
)

// namesClass reports whether values are names of classes or of what is in them.
func (e *element) namesClass() bool {
	return e.column == "logger" || e.column == "class" || e.column == "method"
}

// clockOnly reports whether the layout has the time of day only.
func (l *layout) clockOnly() bool {
	for _, elements := range [][]element{l.before, l.behind} {
		for _, e := range elements {
			if e.kind == date && e.date.clockOnly() {
				return true
			}
		}
	}
	return false
}

// part is a part of a record; hi < lo is none.
type part struct{ lo, hi int }

// match is what a record's first line holds.
type match struct {
	micros       int64
	dated, zoned bool
	before       []part
	behind       []part
}

// departure is where a record departs from the layout.
type departure struct {
	at   int
	what string
}

// head matches the first n elements at the start of text, which is a record or
// a line, and returns where they end.
func (l *layout) head(text []byte, n int, m *match) (int, *departure) {
	at := 0
	for i := range l.before[:n] {
		e := &l.before[i]
		lo := at
		switch e.kind {
		case literal:
			next := e.literal(text, at, i > 0 && l.before[i-1].kind == severity)
			if next < 0 {
				return at, &departure{at, "no " + quote(e.text)}
			}
			at = next
		case date:
			micros, zoned, size := e.date.parse(text[at:])
			if size == 0 {
				return at, &departure{at, "no time such as " + e.date.example}
			}
			m.micros, m.zoned, m.dated = micros, zoned, true
			at += size
		case severity:
			at, lo = word(text, at)
			if at == lo || l.strict && !isLevel(text[lo:at]) {
				return lo, &departure{lo, "no level"}
			}
			m.before[i] = part{lo, at}
			at = l.skipPadding(text, at, i)
			continue
		default:
			if at = l.valueEnd(text, at, i); at < 0 {
				return lo, &departure{lo, "no " + e.column}
			}
			if e.kind == number && !isNumber(bytes.TrimSpace(text[lo:at])) {
				return lo, &departure{lo, "no number for " + e.column}
			}
			if l.strict && e.namesClass() && bytes.IndexByte(bytes.TrimSpace(text[lo:at]), ' ') >= 0 {
				return lo, &departure{lo, "no " + e.column}
			}
		}
		m.before[i] = part{lo, at}
	}
	return at, nil
}

// word reads spaces, and then letters from lo to hi.
func word(text []byte, at int) (hi, lo int) {
	for at < len(text) && text[at] == ' ' {
		at++
	}
	for lo = at; at < len(text) && 'a' <= text[at]|0x20 && text[at]|0x20 <= 'z'; {
		at++
	}
	return at, lo
}
