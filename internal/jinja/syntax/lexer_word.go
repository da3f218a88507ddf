package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/python"
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
	case isDigit(c):
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
	return syntaxError(l.pos, "unexpected character %s", python.Quote(string(r)))
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
	if end := python.FloatEnd(l.src, l.pos); end > 0 && !afterDot {
		l.add(tokFloat, l.pos, l.src[l.pos:end])
		l.pos = end
		return
	}
	end := python.IntEnd(l.src, l.pos)
	l.add(tokInt, l.pos, l.src[l.pos:end])
	l.pos = end
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) error {
	for i := l.pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			text, err := python.Unescape(newlines(l.src[l.pos+1 : i]))
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

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
