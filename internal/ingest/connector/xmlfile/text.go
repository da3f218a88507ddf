package xmlfile

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// What the bytes of a text are for.
const (
	// opens is a <.
	opens byte = 1 << iota
	// refers is a &, ends a carriage return, breaks what is a space in an
	// attribute's value.
	refers
	ends
	breaks
	// control is a character that XML does not have, high is not ASCII.
	control
	high
	// word is a byte that is no space, closes a > (of a ]]> perhaps).
	word
	closes
)

var marks = func() (table [256]byte) {
	for c := range table {
		switch {
		case c == '<':
			table[c] = opens
		case c == '&':
			table[c] = refers | word
		case c == '\r':
			table[c] = ends | breaks
		case c == '\n', c == '\t':
			table[c] = breaks
		case c == ' ':
		case c < ' ':
			table[c] = control | word
		case c >= utf8.RuneSelf:
			table[c] = high | word
		case c == '>':
			table[c] = closes | word
		default:
			table[c] = word
		}
	}
	return table
}()

// scanText scans characters up to the next tag. While nothing is held, what is
// in view is enough.
func (s *scanner) scanText() (bool, error) {
	p, flags := s.pos, byte(0)
	for p < len(s.text) && s.text[p] != '<' {
		flags |= marks[s.text[p]]
		p++
	}
	if s.hold && len(s.open) > 0 && p == len(s.text) {
		return false, nil
	}
	if flags&word != 0 && len(s.open) == 0 {
		s.pos += len(s.text[s.pos:p]) - len(bytes.TrimLeft(s.text[s.pos:p], spaces))
		return false, s.bad("text outside of any element: %q", bytes.TrimRight(s.text[s.pos:min(p, s.pos+40)], spaces))
	}
	if s.hold && flags&closes != 0 && bytes.Contains(s.text[s.pos:p], []byte("]]>")) {
		s.violate(connector.RuleFormat, "a text holds ]]>, which ends a CDATA section, but there is none: the > is to be written as &gt;")
	}
	s.characters(s.pos, p, flags)
	s.pos = p
	return true, nil
}

// characters makes a token of text[lo:hi].
func (s *scanner) characters(lo, hi int, flags byte) {
	s.kind, s.lo, s.hi, s.blank = text, lo, hi, flags&word == 0
	s.value = span{}
	if s.hold {
		s.value = s.decode(lo, hi, flags, false)
	}
}

// decode returns a text as it is meant: entities, where flags say that there
// are any, are what they stand for, and line ends are \n (in attributes spaces).
func (s *scanner) decode(lo, hi int, flags byte, attribute bool) span {
	if flags&(control|high) != 0 {
		s.checkText(s.text[lo:hi], flags)
	}
	if flags&(refers|ends) == 0 && !(attribute && flags&breaks != 0) {
		return span{int32(lo), int32(hi), false}
	}
	start := len(s.arena)
	for p := lo; p < hi; p++ {
		switch c := s.text[p]; {
		case c == '&' && flags&refers != 0:
			p += s.reference(s.text[p:hi]) - 1
		case c == '\r':
			if p+1 < hi && s.text[p+1] == '\n' {
				p++
			}
			s.arena = append(s.arena, lineEnd(attribute))
		case attribute && isSpace(c):
			s.arena = append(s.arena, ' ')
		default:
			s.arena = append(s.arena, c)
		}
	}
	return span{int32(start), int32(len(s.arena)), true}
}

func lineEnd(attribute bool) byte {
	if attribute {
		return ' '
	}
	return '\n'
}

// checkText notes what is no text.
func (s *scanner) checkText(piece []byte, flags byte) {
	if flags&high != 0 && !utf8.Valid(piece) {
		s.violate(connector.RuleEncoding, "bytes that are no text in the file's encoding; where that is another one, declare it")
	}
	for _, c := range piece {
		switch {
		case c == 0:
			s.violate(connector.RuleNUL, "a NUL byte")
			return
		case marks[c]&control != 0:
			s.violate(connector.RuleFormat, fmt.Sprintf("the character U+%04X, which XML does not have", c))
			return
		}
	}
}

// violate notes why the record that the token is in is rejected.
func (s *scanner) violate(rule, reason string) {
	if len(s.violations) < mostViolations {
		s.violations = append(s.violations, connector.Violation{Rule: rule, Reason: reason})
	}
}

// longestReference is how long an entity's name is, & and ; counted.
const longestReference = 64

// reference appends what the entity stands for that a text starts with, and
// returns how long the entity is. One that is not known stands for itself.
func (s *scanner) reference(from []byte) int {
	n := bytes.IndexByte(from[:min(len(from), longestReference)], ';')
	if n < 0 {
		s.violate(connector.RuleFormat, fmt.Sprintf("an & that starts no entity: %q; it is to be written as &amp;", from[:min(len(from), 20)]))
		s.arena = append(s.arena, '&')
		return 1
	}
	entity := string(from[1:n])
	if c, ok := predefined[entity]; ok {
		s.arena = append(s.arena, c)
		return n + 1
	}
	c, ok := numbered(entity)
	if !ok {
		s.violate(connector.RuleFormat, fmt.Sprintf("the entity &%s; is not known: only the predefined ones (&lt; &gt; &amp; &quot; &apos;) and numbers are", entity))
		s.arena = append(s.arena, '&')
		return 1
	}
	s.arena = utf8.AppendRune(s.arena, c)
	return n + 1
}

var predefined = map[string]byte{"lt": '<', "gt": '>', "amp": '&', "apos": '\'', "quot": '"'}

// numbered reads #60 and #x3C.
func numbered(entity string) (rune, bool) {
	if len(entity) < 2 || entity[0] != '#' {
		return 0, false
	}
	digits, base := entity[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || digits[0] == '+' {
		return 0, false
	}
	c := rune(n)
	switch {
	case n > utf8.MaxRune, c < ' ' && c != '\t' && c != '\n' && c != '\r', 0xD800 <= c && c < 0xE000, c == 0xFFFE, c == 0xFFFF:
		return 0, false
	}
	return c, true
}
