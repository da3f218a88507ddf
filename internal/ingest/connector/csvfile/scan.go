package csvfile

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// field is a field's place in a text, without its quotes; hi carries flags.
type field struct{ lo, hi uint32 }

const (
	quotedFlag  = 1 << 31
	escapedFlag = 1 << 30
	endMask     = escapedFlag - 1
)

func (f field) end() uint32   { return f.hi & endMask }
func (f field) quoted() bool  { return f.hi&quotedFlag != 0 }
func (f field) escaped() bool { return f.hi&escapedFlag != 0 }
func (f field) empty() bool   { return f.lo == f.hi&endMask }

// fault is what is wrong with the quotes of a record.
type fault uint8

const (
	sound fault = iota
	// openQuote: the text ended inside quotes.
	openQuote
	// textAfterQuote: neither delimiter nor line end behind a closing quote.
	textAfterQuote
	// closedElsewhere is textAfterQuote on a line below the one of the quote.
	closedElsewhere
	// openTooLong: a record of several lines over the size limit.
	openTooLong
)

// scanner splits a text into records and their fields. It looks at eight bytes
// at a time: a text has at least eight more readable bytes behind its end.
type scanner struct {
	delimiter, quote, eol           byte
	backslash                       bool
	delimiters, quotes, eols, slash uint64
	// fields are those of the records scanned so far; the caller resets them.
	fields []field
	// hopeless is a place in the text: a quote that is open at a line end
	// before it is known never to be closed properly (see records.go).
	hopeless int
}

// ofFirstLine reports whether a fault is laid to the record's first line alone.
func (f fault) ofFirstLine() bool { return f == openQuote || f == closedElsewhere || f == openTooLong }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func newScanner(d dialect) scanner {
	s := scanner{delimiter: d.delimiter, quote: d.quote, eol: d.eol, backslash: d.backslash}
	if s.delimiter == 0 {
		s.delimiter = s.eol
	}
	s.delimiters, s.eols = ones*uint64(s.delimiter), ones*uint64(s.eol)
	s.quotes = ones * uint64(s.quote)
	s.slash = s.quotes
	if s.backslash {
		s.slash = ones * '\\'
	}
	return s
}

// matches has the high bit set in the lowest byte of word that equals pattern's
// (in bytes above it, it may be set wrongly).
func matches(word, pattern uint64) uint64 {
	word ^= pattern
	return (word - ones) &^ word & highs
}

// record scans the record that starts at p in text[:n], which ends with a line
// end, and appends its fields. It returns where the next record starts and how
// many line ends were inside quotes; with a fault, where it lies.
func (s *scanner) record(text []byte, n, p int) (next, inside int, f fault) {
	fields := s.fields
	for {
		lo := p
		if text[p] == s.quote && s.quote != 0 {
			var flags uint32
			var lines int
			p, lines, flags, f = s.quoted(text, n, p+1)
			inside += lines
			if f == openQuote {
				s.fields = fields
				return p, inside, f
			}
			fields = append(fields, field{uint32(lo + 1), uint32(p) | flags})
			p++
			if text[p] == '\r' && text[p+1] == '\n' && s.eol == '\n' {
				p++
			}
			if c := text[p]; c != s.delimiter && c != s.eol {
				s.fields = fields
				return p, inside, textAfterQuote
			}
		} else {
			for {
				word := binary.LittleEndian.Uint64(text[p:])
				if m := matches(word, s.delimiters) | matches(word, s.eols); m != 0 {
					p += bits.TrailingZeros64(m) >> 3
					break
				}
				p += 8
			}
			hi := p
			if text[p] == s.eol && hi > lo && text[hi-1] == '\r' {
				hi--
			}
			fields = append(fields, field{uint32(lo), uint32(hi)})
		}
		if text[p] == s.eol {
			s.fields = fields
			return p + 1, inside, sound
		}
		p++
	}
}

// quoted scans from behind an opening quote at p to the closing one.
func (s *scanner) quoted(text []byte, n, p int) (end, lines int, flags uint32, f fault) {
	flags = quotedFlag
	for p < n {
		word := binary.LittleEndian.Uint64(text[p:])
		m := matches(word, s.quotes) | matches(word, s.eols) | matches(word, s.slash)
		if m == 0 {
			p += 8
			continue
		}
		p += bits.TrailingZeros64(m) >> 3
		if p >= n {
			break
		}
		switch c := text[p]; {
		case c == s.eol:
			lines++
			if p < s.hopeless {
				return p, lines, flags, openQuote
			}
			p++
		case c == s.quote:
			if s.backslash || text[p+1] != s.quote {
				return p, lines, flags, sound
			}
			flags |= escapedFlag
			p += 2
		default: // a backslash; a line end behind it is seen as such
			flags |= escapedFlag
			p++
			if text[p] != s.eol {
				p++
			}
		}
	}
	return n, lines, flags, openQuote
}

// lineEnd returns where the physical line at p ends: at its line end.
func (s *scanner) lineEnd(text []byte, p int) int {
	for {
		word := binary.LittleEndian.Uint64(text[p:])
		if m := matches(word, s.eols); m != 0 {
			return p + bits.TrailingZeros64(m)>>3
		}
		p += 8
	}
}

// unescape appends a quoted field's value to out.
func (s *scanner) unescape(out, value []byte) []byte {
	mark := s.quote
	if s.backslash {
		mark = '\\'
	}
	for {
		i := bytes.IndexByte(value, mark)
		if i < 0 || i+1 >= len(value) {
			return append(out, value...)
		}
		out = append(append(out, value[:i]...), value[i+1])
		value = value[i+2:]
	}
}

// value returns a field's value; scratch is reused for escaped ones.
func (s *scanner) value(text []byte, f field, scratch *[]byte) []byte {
	v := text[f.lo:f.end()]
	if f.escaped() {
		*scratch = s.unescape((*scratch)[:0], v)
		return *scratch
	}
	return v
}
