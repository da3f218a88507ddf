package fixedwidth

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// line parses lines.
type line struct {
	*settings
	encoding connector.Encoding
	names    []int32
	// starts and ends are where fields are in a line, in bytes.
	starts, ends []int
}

// parse makes rec the record of the line text[lo:hi].
func (l *line) parse(rec *record.Record, text []byte, lo, hi int) {
	characters := hi - lo
	if connector.IsPlain(text, lo, hi) {
		l.placeBytes(lo, hi)
	} else {
		if !connector.IsText(text, lo, hi) {
			rec.Violations = connector.TextViolations(text[lo:hi], l.encoding)
		}
		characters = l.placeCharacters(text, lo, hi)
	}
	l.checkLength(rec, text, hi, characters)
	if len(rec.Violations) > 0 {
		return
	}
	for i, name := range l.names {
		value := l.trimmed(text[l.starts[i]:l.ends[i]])
		if len(value) == 0 || blank(value) || slices.Contains(l.nulls, string(value)) {
			rec.Add(name, record.Null, nil)
			continue
		}
		rec.Add(name, record.Guess, value)
	}
}

// placeBytes finds the fields of a line whose characters are bytes.
func (l *line) placeBytes(lo, hi int) {
	l.starts, l.ends = l.starts[:0], l.ends[:0]
	for _, f := range l.fields {
		l.starts, l.ends = append(l.starts, min(lo+f.start, hi)), append(l.ends, min(lo+f.end, hi))
	}
}

// placeCharacters finds the fields of any line, and counts its characters.
func (l *line) placeCharacters(text []byte, lo, hi int) (characters int) {
	l.starts, l.ends = l.starts[:0], l.ends[:0]
	at := lo
	// to moves to a character, or to the end.
	to := func(character int) int {
		for characters < character && at < hi {
			_, n := utf8.DecodeRune(text[at:hi])
			at += n
			characters++
		}
		return at
	}
	for _, f := range l.fields {
		l.starts = append(l.starts, to(f.start))
		l.ends = append(l.ends, to(f.end))
	}
	to(hi - lo)
	return characters
}

// checkLength rejects a line that lacks fields or has more than these.
func (l *line) checkLength(rec *record.Record, text []byte, hi, characters int) {
	last := l.fields[len(l.fields)-1]
	if rest := text[l.ends[len(l.ends)-1]:hi]; len(rest) > 0 && !blank(rest) {
		rec.Reject(connector.RuleColumns, fmt.Sprintf("the line has %d characters, but the last field, %s, ends at %d, and behind it is more than spaces", characters, last.name, last.end))
	}
	if l.pad {
		return
	}
	// Of the last field, and of what is between it and the one before, the end
	// may be missing.
	least := 0
	if len(l.fields) > 1 {
		least = l.fields[len(l.fields)-2].end
	}
	if characters < least {
		i := slices.IndexFunc(l.fields, func(f field) bool { return f.end > characters })
		rec.Reject(connector.RuleColumns, fmt.Sprintf("the line has %d characters, but the field %s ends at %d", characters, l.fields[i].name, l.fields[i].end))
	}
}

func (l *line) trimmed(value []byte) []byte {
	switch l.trim {
	case trimLeft:
		return bytes.TrimLeft(value, " \t")
	case trimRight:
		return bytes.TrimRight(value, " \t")
	case trimNone:
		return value
	}
	return bytes.Trim(value, " \t")
}

func blank(value []byte) bool {
	for _, c := range value {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}
