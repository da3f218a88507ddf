package sqlast

import "strings"

// Span is a part of a script: from byte Start to byte End. The zero value is
// none.
type Span struct{ Start, End int }

// IsZero reports whether there is nothing.
func (s Span) IsZero() bool { return s == Span{} }

// Text is SQL that was put together from parts of a script and from what is
// generated around them. It knows where in the script a part comes from.
type Text struct {
	// Script is what the author wrote.
	Script string
	// Start is where in it the statement begins: the place of all that is
	// generated before the first part.
	Start int

	sql    strings.Builder
	pieces []piece
}

// piece is a part of the script, and where in the SQL it stands.
type piece struct {
	at     int
	source Span
}

// Add adds generated SQL.
func (t *Text) Add(sql ...string) *Text {
	for _, s := range sql {
		t.sql.WriteString(s)
	}
	return t
}

// Part adds a part of the script.
func (t *Text) Part(s Span) *Text {
	t.pieces = append(t.pieces, piece{at: t.sql.Len(), source: s})
	t.sql.WriteString(t.Script[s.Start:s.End])
	return t
}

// Len is the length of the SQL so far, which is the offset of what comes next.
func (t *Text) Len() int { return t.sql.Len() }

// String returns the SQL.
func (t *Text) String() string { return t.sql.String() }

// Author returns where in the script a byte of the SQL comes from; ok is false
// for generated SQL.
func (t *Text) Author(offset int) (origin int, ok bool) {
	for _, p := range t.pieces {
		if p.at <= offset && offset-p.at < p.source.End-p.source.Start {
			return p.source.Start + offset - p.at, true
		}
	}
	return 0, false
}

// Origin returns where in the script a byte of the SQL comes from; that of
// generated SQL is where the part before it ends.
func (t *Text) Origin(offset int) int {
	at := t.Start
	for _, p := range t.pieces {
		if p.at > offset {
			break
		}
		at = min(p.source.Start+offset-p.at, p.source.End)
	}
	return at
}
