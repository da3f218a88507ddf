package xmlfile

import (
	"fmt"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const spaces = " \t\r\n"

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nameBytes are the bytes of names; beyond ASCII all are.
var nameBytes = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= utf8.RuneSelf || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '_' || c == '-' || c == '.' || c == ':'
	}
	return table
}()

// scanName returns what is behind the name that starts at text[p]; ok is false
// where no name does.
func (s *scanner) scanName(p int) (end int, ok bool) {
	if c := s.text[p]; c-'0' <= 9 || c == '-' || c == '.' {
		return p, false
	}
	for end = p; end < len(s.text) && nameBytes[s.text[end]]; end++ {
	}
	return end, end > p
}

// scanStart scans a start tag.
func (s *scanner) scanStart() (found bool, err error) {
	s.attributes = s.attributes[:0]
	arena := len(s.arena)
	p, ok := s.scanName(s.pos + 1)
	if !ok {
		return false, s.bad("behind < comes %q, which starts no name: write a < of text as &lt;", s.text[s.pos+1])
	}
	name := s.text[s.pos+1 : p]
	s.tag++
	for {
		before := p
		for p < len(s.text) && isSpace(s.text[p]) {
			p++
		}
		if p == len(s.text) {
			break
		}
		c := s.text[p]
		switch {
		case c == '>':
			return true, s.start(name, p+1, false)
		case c == '/':
			if p+1 < len(s.text) && s.text[p+1] != '>' {
				return false, s.bad("in the tag of <%s> a / is not in front of the >", shown(name))
			}
			if p+1 < len(s.text) {
				return true, s.start(name, p+2, true)
			}
		case p == before:
			return false, s.bad("in the tag of <%s> comes %q where a space or > is expected", shown(name), c)
		}
		if c == '/' {
			break
		}
		if p, err = s.scanAttribute(p, name); err != nil {
			return false, err
		}
		if p < 0 {
			break
		}
	}
	s.arena, s.violations = s.arena[:arena], s.violations[:0]
	return false, nil
}

// start is at a start tag of which all was seen.
func (s *scanner) start(name []byte, end int, empty bool) error {
	if !utf8.Valid(name) {
		return s.bad("the name of an element, %q, is not text; where the file is in another encoding, declare it", shown(name))
	}
	if !s.hold && end-s.pos > s.limit {
		return s.problem("too-large", "the tag of <%s> has more than %d bytes (max_record)", shown(name), s.limit)
	}
	s.kind, s.name, s.lo, s.hi, s.empty = startTag, s.names.id(name), s.pos, end, empty
	if !empty {
		if len(s.open) == deepest {
			return s.bad("elements nest more than %d deep", deepest)
		}
		s.open = append(s.open, s.name)
	}
	s.pos = end
	return nil
}

// scanAttribute scans the attribute at text[p] and returns what is behind it; -1
// where not all of it is in view.
func (s *scanner) scanAttribute(p int, element []byte) (int, error) {
	end, ok := s.scanName(p)
	if !ok {
		return 0, s.bad("in the tag of <%s> comes %q, which starts no name of an attribute", shown(element), s.text[p])
	}
	name := s.text[p:end]
	p = s.behindSpaces(end)
	if p < len(s.text) && s.text[p] == '=' {
		p = s.behindSpaces(p + 1)
	} else if p < len(s.text) {
		return 0, s.bad("the attribute %s of <%s> has no value", shown(name), shown(element))
	}
	if p == len(s.text) {
		return -1, nil
	}
	quote := s.text[p]
	if quote != '"' && quote != '\'' {
		return 0, s.bad("the value of the attribute %s of <%s> is not in quotes", shown(name), shown(element))
	}
	lo, flags := p+1, byte(0)
	for p = lo; p < len(s.text) && s.text[p] != quote; p++ {
		flags |= marks[s.text[p]]
	}
	if flags&opens != 0 {
		return 0, s.bad("the value of the attribute %s of <%s> holds a <: its quote is not closed, or the < is to be written as &lt;", shown(name), shown(element))
	}
	if p == len(s.text) {
		return -1, nil
	}
	return p + 1, s.addAttribute(name, element, lo, p, flags)
}

func (s *scanner) addAttribute(name, element []byte, lo, hi int, flags byte) error {
	if !utf8.Valid(name) {
		return s.bad("the name of an attribute, %q, is not text; where the file is in another encoding, declare it", shown(name))
	}
	if len(s.attributes) == mostAttributes {
		return s.bad("<%s> has more than %d attributes", shown(element), mostAttributes)
	}
	id := s.names.id(name)
	if n := &s.names.list[id]; n.tag == s.tag {
		s.violate(connector.RuleDuplicate, fmt.Sprintf("<%s> has the attribute %s twice", shown(element), shown(name)))
	} else {
		n.tag = s.tag
	}
	s.attributes = append(s.attributes, attribute{id, s.decode(lo, hi, flags, true)})
	return nil
}

func (s *scanner) behindSpaces(p int) int {
	for p < len(s.text) && isSpace(s.text[p]) {
		p++
	}
	return p
}
