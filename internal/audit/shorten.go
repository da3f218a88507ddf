package audit

import (
	"fmt"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/secret"
)

// How much of texts is kept, in bytes: what is told to others must fit into a
// message of theirs.
const (
	maxSQL        = 128 << 10
	maxParameter  = 1 << 10
	maxParameters = 32
	maxMessage    = 4 << 10
	maxName       = 256
)

// shorten hides secrets, and keeps the first part of what is very long: Length
// tells of a statement how long it is, and of the others the mark at the end.
func (r *Record) shorten() {
	r.SQL = cut(secret.HideIn(cut(r.SQL, maxSQL)), maxSQL)
	r.Application, r.Client = cut(r.Application, maxName), cut(r.Client, maxName)
	values := r.Parameters
	if len(values) > maxParameters {
		values = values[:maxParameters]
	}
	short := make([]string, len(values), len(values)+1)
	for i, v := range values {
		short[i] = cut(secret.HideIn(cut(v, maxParameter)), maxParameter)
	}
	if more := len(r.Parameters) - len(short); more > 0 {
		short = append(short, fmt.Sprintf("… and %d more", more))
	}
	r.Parameters = short
}

// cut keeps the first bytes of a text, of whole characters. What is no text is
// made one.
func cut(s string, most int) string {
	mark := fmt.Sprintf("… (%d bytes)", len(s))
	if len(s) > most {
		end := most - len(mark)
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + mark
	}
	if !utf8.ValidString(s) || hasZero(s) {
		return clean(s)
	}
	return s
}

func hasZero(s string) bool {
	for i := range len(s) {
		if s[i] == 0 {
			return true
		}
	}
	return false
}

// clean puts the sign for what is no character in the place of such bytes:
// databases keep characters only, and no end of text.
func clean(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r == 0 {
			r = utf8.RuneError
		}
		out = append(out, r)
	}
	return string(out)
}
