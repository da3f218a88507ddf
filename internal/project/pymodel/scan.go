package pymodel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
)

// The kinds of token.
const (
	name = iota
	number
	text
	sign
	formatted // an f-string
)

type token struct {
	kind  int
	text  string // of strings, what they mean
	place diag.Place
}

// scanner cuts Python into tokens; comments and line breaks are none.
type scanner struct {
	file, text   string
	at           int
	line, column int
	out          []token
}

func scan(file, source string) ([]token, error) {
	s := &scanner{file: file, text: source, line: 1, column: 1}
	for s.at < len(s.text) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	return s.out, nil
}

func (s *scanner) place() diag.Place {
	return diag.Place{File: s.file, Line: s.line, Column: s.column}
}

// skip goes on by n bytes and counts lines.
func (s *scanner) skip(n int) {
	for _, c := range s.text[s.at : s.at+n] {
		if c == '\n' {
			s.line, s.column = s.line+1, 1
		} else {
			s.column++
		}
	}
	s.at += n
}

func (s *scanner) next() error {
	rest := s.text[s.at:]
	c, size := utf8.DecodeRuneInString(rest)
	switch {
	case unicode.IsSpace(c) || c == '\\':
		s.skip(size)
	case c == '#':
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		s.skip(end)
	case c == '"' || c == '\'':
		return s.quoted("")
	case unicode.IsLetter(c) || c == '_':
		end := strings.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' })
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if isPrefix(word) && end < len(rest) && (rest[end] == '"' || rest[end] == '\'') {
			return s.quoted(word)
		}
		s.emit(name, word, end)
	case c >= '0' && c <= '9':
		end := strings.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '.' && c != '_' })
		if end < 0 {
			end = len(rest)
		}
		if last := rest[end-1]; (last == 'e' || last == 'E') && end < len(rest) && (rest[end] == '-' || rest[end] == '+') && !strings.HasPrefix(rest, "0x") {
			end++
			for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
				end++
			}
		}
		s.emit(number, rest[:end], end)
	case strings.HasPrefix(rest, "**"):
		s.emit(sign, "**", 2)
	default:
		s.emit(sign, string(c), size)
	}
	return nil
}

func (s *scanner) emit(kind int, value string, length int) {
	s.out = append(s.out, token{kind, value, s.place()})
	s.skip(length)
}

// isPrefix reports whether a word may stand before a string's quote.
func isPrefix(word string) bool {
	switch strings.ToLower(word) {
	case "r", "u", "b", "f", "br", "rb", "fr", "rf":
		return true
	}
	return false
}

// quoted reads a string of any kind.
func (s *scanner) quoted(prefix string) error {
	place := s.place()
	s.skip(len(prefix))
	quote := s.text[s.at : s.at+1]
	if strings.HasPrefix(s.text[s.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	s.skip(len(quote))
	start, raw := s.at, strings.ContainsAny(prefix, "rR")
	end := start
	for {
		switch {
		case end >= len(s.text) || len(quote) == 1 && s.text[end] == '\n':
			return diag.New("python-syntax", place, "the string is never closed: `%s` is missing", quote)
		case s.text[end] == '\\' && end+1 < len(s.text):
			end += 2
			continue
		case strings.HasPrefix(s.text[end:], quote):
		default:
			end++
			continue
		}
		break
	}
	value := s.text[start:end]
	s.skip(end - start + len(quote))
	kind := text
	if strings.ContainsAny(prefix, "fF") {
		kind = formatted
	}
	if !raw && kind == text {
		value = unescape(value)
	}
	s.out = append(s.out, token{kind, value, place})
	return nil
}

var escapes = strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`, `\n`, "\n", `\t`, "\t", `\r`, "\r", "\\\n", "", `\0`, "\x00", `\a`, "\a", `\b`, "\b", `\f`, "\f", `\v`, "\v")

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return escapes.Replace(s)
}
