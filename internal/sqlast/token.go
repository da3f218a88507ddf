package sqlast

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind tells tokens apart.
type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	quotedToken // an identifier in double quotes
	stringToken
	numberToken
	signToken // one other character
)

// token is a part of SQL: sql[start:end].
type token struct {
	kind       tokenKind
	start, end int
	// word is the text of a word in capitals, of a sign as it is.
	word string
}

// scanner splits SQL into tokens as the engine's own scanner does, as far as it
// matters for where words stand.
type scanner struct {
	sql string
	at  int
}

// next returns the next token; at the end one of kind endToken.
func (s *scanner) next() token {
	for s.at < len(s.sql) && s.blank() {
	}
	start := s.at
	if start == len(s.sql) {
		return token{kind: endToken, start: start, end: start}
	}
	rest := s.sql[start:]
	switch c := rest[0]; {
	case c == '\'':
		s.quoted(1, '\'', false)
		return token{kind: stringToken, start: start, end: s.at}
	case c == '"':
		s.quoted(1, '"', false)
		return token{kind: quotedToken, start: start, end: s.at}
	case len(rest) > 1 && rest[1] == '\'' && strings.IndexByte("eEbBxXnN", c) >= 0:
		s.quoted(2, '\'', c == 'e' || c == 'E')
		return token{kind: stringToken, start: start, end: s.at}
	case c == '$' && s.dollars():
		return token{kind: stringToken, start: start, end: s.at}
	case isLetter(c):
		for s.at < len(s.sql) && (isLetter(s.sql[s.at]) || isDigit(s.sql[s.at]) || s.sql[s.at] == '$') && !s.blankRune() {
			_, size := utf8.DecodeRuneInString(s.sql[s.at:])
			s.at += size
		}
		return token{kind: wordToken, start: start, end: s.at, word: strings.ToUpper(s.sql[start:s.at])}
	case isDigit(c):
		s.number()
		return token{kind: numberToken, start: start, end: s.at}
	default:
		s.at++
		return token{kind: signToken, start: start, end: s.at, word: rest[:1]}
	}
}

func isLetter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// blankRune reports whether a blank beyond ASCII stands here, which the engine
// takes for a space.
func (s *scanner) blankRune() bool {
	if s.sql[s.at] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s.sql[s.at:])
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff'
}

// blank drops a blank or a comment.
func (s *scanner) blank() bool {
	rest := s.sql[s.at:]
	switch {
	case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
		s.at++
	case s.blankRune():
		_, size := utf8.DecodeRuneInString(rest)
		s.at += size
	case strings.HasPrefix(rest, "--"):
		end := strings.IndexAny(rest, "\r\n")
		if end < 0 {
			end = len(rest)
		}
		s.at += end
	case strings.HasPrefix(rest, "/*"):
		s.comment()
	default:
		return false
	}
	return true
}

// comment drops a comment, in which others may stand.
func (s *scanner) comment() {
	for depth := 0; s.at < len(s.sql); {
		switch rest := s.sql[s.at:]; {
		case strings.HasPrefix(rest, "/*"):
			depth++
			s.at += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			s.at += 2
			if depth == 0 {
				return
			}
		default:
			s.at++
		}
	}
}

// quoted moves behind a quoted text that begins after its first bytes; a
// doubled quote is a part of it.
func (s *scanner) quoted(first int, quote byte, escapes bool) {
	for s.at += first; s.at < len(s.sql); s.at++ {
		switch {
		case escapes && s.sql[s.at] == '\\':
			s.at++
		case s.sql[s.at] != quote:
		case s.at+1 < len(s.sql) && s.sql[s.at+1] == quote:
			s.at++
		default:
			s.at++
			return
		}
	}
	s.at = len(s.sql)
}

// dollars moves behind $tag$ … $tag$; false is a dollar that quotes nothing.
func (s *scanner) dollars() bool {
	rest := s.sql[s.at:]
	end := 1
	for end < len(rest) && (isLetter(rest[end]) || end > 1 && isDigit(rest[end])) {
		end++
	}
	if end == len(rest) || rest[end] != '$' {
		return false
	}
	tag := rest[:end+1]
	if i := strings.Index(rest[len(tag):], tag); i >= 0 {
		s.at += 2*len(tag) + i
	} else {
		s.at = len(s.sql)
	}
	return true
}

// number moves behind a number. What follows it directly is a token of its own.
func (s *scanner) number() {
	digits := func() {
		for s.at < len(s.sql) && (isDigit(s.sql[s.at]) || s.sql[s.at] == '_') {
			s.at++
		}
	}
	digits()
	if s.at < len(s.sql) && s.sql[s.at] == '.' {
		s.at++
		digits()
	}
	if rest := s.sql[s.at:]; len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') {
		sign := 1
		if rest[1] == '+' || rest[1] == '-' {
			sign = 2
		}
		if len(rest) > sign && isDigit(rest[sign]) {
			s.at += sign
			digits()
		}
	}
}
