package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// operators are the operators of the language, longer ones first.
var operators = []string{
	"//", "**", "==", "!=", ">=", "<=",
	"+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
	">", "<", "=", ".", ":", "|", ",", ";",
}

// word reads one word inside a tag.
func (l *lexer) word() error {
	c := l.src[l.pos]
	switch {
	case c >= '0' && c <= '9':
		l.number()
		return nil
	case c == '\'' || c == '"':
		return l.quoted(c)
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
	if r == '_' || unicode.IsLetter(r) {
		l.name()
		return nil
	}
	for _, op := range operators {
		if strings.HasPrefix(l.src[l.pos:], op) {
			return l.operator(op)
		}
	}
	return syntaxError(l.pos, "unexpected character %s", reprString(string(r)))
}

func (l *lexer) name() {
	end := l.pos
	for end < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[end:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		end += n
	}
	l.add(tokName, l.pos, l.src[l.pos:end])
	l.pos = end
}

func (l *lexer) operator(op string) error {
	switch op {
	case "(":
		l.open = append(l.open, ')')
	case "[":
		l.open = append(l.open, ']')
	case "{":
		l.open = append(l.open, '}')
	case ")", "]", "}":
		if len(l.open) == 0 {
			return syntaxError(l.pos, "unexpected `%s`", op)
		}
		want := l.open[len(l.open)-1]
		l.open = l.open[:len(l.open)-1]
		if op[0] != want {
			return syntaxError(l.pos, "unexpected `%s`, expected `%c`", op, want)
		}
	}
	l.add(tokOp, l.pos, op)
	l.pos += len(op)
	return nil
}

// number reads an integer or a float; a number right after a dot is an index
// (`x.0.1`) and never a float.
func (l *lexer) number() {
	afterDot := l.pos > 0 && l.src[l.pos-1] == '.'
	if end := floatEnd(l.src, l.pos); end > 0 && !afterDot {
		l.add(tokFloat, l.pos, l.src[l.pos:end])
		l.pos = end
		return
	}
	end := intEnd(l.src, l.pos)
	l.add(tokInt, l.pos, l.src[l.pos:end])
	l.pos = end
}

// floatEnd returns where a float that begins at pos ends, 0 if there is none.
func floatEnd(s string, pos int) int {
	end := digitsEnd(s, pos, isDecimal)
	found := false
	if end+1 < len(s) && s[end] == '.' && isDecimal(s[end+1]) {
		end, found = digitsEnd(s, end+1, isDecimal), true
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exp := end + 1
		if exp < len(s) && (s[exp] == '+' || s[exp] == '-') {
			exp++
		}
		if exp < len(s) && isDecimal(s[exp]) {
			end, found = digitsEnd(s, exp, isDecimal), true
		}
	}
	if !found {
		return 0
	}
	return end
}

func intEnd(s string, pos int) int {
	if s[pos] != '0' {
		return digitsEnd(s, pos, isDecimal)
	}
	if pos+1 < len(s) {
		digit := map[byte]func(byte) bool{'b': isBinary, 'o': isOctal, 'x': isHex}[s[pos+1]|0x20]
		if digit != nil {
			if end := digitsEnd(s, pos+2, digit); end > pos+2 {
				return end
			}
		}
	}
	return digitsEnd(s, pos, func(c byte) bool { return c == '0' })
}

// digitsEnd skips digits, which single underscores may separate.
func digitsEnd(s string, pos int, digit func(byte) bool) int {
	for pos < len(s) {
		switch {
		case digit(s[pos]):
			pos++
		case s[pos] == '_' && pos+1 < len(s) && digit(s[pos+1]):
			pos += 2
		default:
			return pos
		}
	}
	return pos
}

func isDecimal(c byte) bool { return c >= '0' && c <= '9' }
func isBinary(c byte) bool  { return c == '0' || c == '1' }
func isOctal(c byte) bool   { return c >= '0' && c <= '7' }
func isHex(c byte) bool {
	return isDecimal(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) error {
	for i := l.pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			text, err := unescape(newlines(l.src[l.pos+1 : i]))
			if err != nil {
				return syntaxError(l.pos, "%s", err)
			}
			l.add(tokString, l.pos, text)
			l.pos = i + 1
			return nil
		}
	}
	return syntaxError(l.pos, "the string is never closed: `%c` is missing", quote)
}

// isSpace is Python's str.isspace for one character.
func isSpace(r rune) bool {
	return r >= 0x1c && r <= 0x1f || unicode.IsSpace(r)
}
