package jsonfile

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	ones       = 0x0101010101010101
	highs      = 0x8080808080808080
	quotes     = ones * '"'
	backslashs = ones * '\\'
	controls   = ones * 0x20
)

// ending is how the scan of a string ended.
type ending uint8

const (
	// closed: at its closing quote.
	closed ending = iota
	// unended: the text ended before the string did.
	unended
	// control: at a character that a string holds only escaped.
	control
)

// stringFlags say what is in a string.
type stringFlags uint8

const (
	// escaped: there are backslashes.
	escaped stringFlags = 1 << iota
	// wide: there are bytes that are not ASCII.
	wide
)

// scanString scans from behind an opening quote to the closing one. Behind hi
// eight more bytes may be read.
func scanString(text []byte, p, hi int) (end int, flags stringFlags, how ending) {
	for p < hi {
		word := binary.LittleEndian.Uint64(text[p:])
		q, b := word^quotes, word^backslashs
		m := ((q-ones)&^q | (b-ones)&^b | (word-controls)&^word | word) & highs
		if m == 0 {
			p += 8
			continue
		}
		p += bits.TrailingZeros64(m) >> 3
		if p >= hi {
			break
		}
		switch c := text[p]; {
		case c == '"':
			return p, flags, closed
		case c == '\\':
			flags |= escaped
			p += 2
		case c < 0x20:
			return p, flags, control
		default:
			flags |= wide
			for p++; p < hi && text[p] >= utf8.RuneSelf; {
				p++
			}
		}
	}
	return hi, flags, unended
}

// unescape appends a string's value to out. Where it fails, bad says why and at
// is where.
func unescape(out, text []byte) (value []byte, at int, bad string) {
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		if i+1 == len(text) {
			return out, i, "a backslash is the last character"
		}
		if text[i+1] != 'u' {
			plain := simpleEscapes[text[i+1]]
			if plain == 0 {
				return out, i, "a backslash in front of another character than JSON has"
			}
			out = append(out, plain)
			i += 2
			continue
		}
		r, n, bad := unescapeRune(text[i:])
		if bad != "" {
			return out, i, bad
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out, 0, ""
}

var simpleEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// halfPair says what is wrong with a lone surrogate.
const halfPair = "half of a surrogate pair, which is no character"

// unescapeRune reads \uXXXX, or two of them that are one character.
func unescapeRune(text []byte) (r rune, n int, bad string) {
	high, ok := hexRune(text)
	switch {
	case !ok:
		return 0, 0, `\u without four hexadecimal digits`
	case !utf16.IsSurrogate(high):
		return high, 6, ""
	}
	low, ok := hexRune(text[6:])
	if r = utf16.DecodeRune(high, low); !ok || r == utf8.RuneError {
		return 0, 0, halfPair
	}
	return r, 12, ""
}

func hexRune(text []byte) (r rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case (c|0x20)-'a' <= 5:
			c = (c | 0x20) - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// scanNumber scans a number, which may end at hi; bad says what is wrong at
// end.
func scanNumber(text []byte, p, hi int) (end int, bad string) {
	if text[p] == '-' {
		p++
	}
	start := p
	if p = digits(text, p, hi); p == start {
		return p, "a digit is missing"
	}
	if text[start] == '0' && p > start+1 {
		return start, "a number starts with 0"
	}
	if p < hi && text[p] == '.' {
		start = p + 1
		if p = digits(text, start, hi); p == start {
			return p, "a digit is missing behind the point"
		}
	}
	if p < hi && text[p]|0x20 == 'e' {
		p++
		if p < hi && (text[p] == '+' || text[p] == '-') {
			p++
		}
		start = p
		if p = digits(text, start, hi); p == start {
			return p, "a digit is missing in the exponent"
		}
	}
	return p, ""
}

func digits(text []byte, p, hi int) int {
	for p < hi && text[p]-'0' <= 9 {
		p++
	}
	return p
}
