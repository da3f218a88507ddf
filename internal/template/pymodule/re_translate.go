package pymodule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// translator writes a pattern of Python's as one of the engine's, which is
// .NET's: groups lose their names, so that they are numbered as in Python.
type translator struct {
	flags flag
	names []string // of the groups, by number; the first is the whole match
	rest  string
	text  string
	out   strings.Builder
}

// prefix sets the flags for the whole pattern.
func (t *translator) prefix() string {
	s := ""
	for _, f := range []struct {
		is   flag
		name string
	}{{flagIgnoreCase, "i"}, {flagMultiline, "m"}, {flagDotAll, "s"}, {flagVerbose, "x"}} {
		if t.flags&f.is != 0 {
			s += f.name
		}
	}
	if s == "" {
		return ""
	}
	return "(?" + s + ")"
}

func (t *translator) bad(format string, args ...any) error {
	return fmt.Errorf("%s is no pattern: %s", quoted(t.text), fmt.Sprintf(format, args...))
}

func (t *translator) translate(text string) (string, error) {
	t.text, t.rest = text, text
	for t.rest != "" {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	return t.out.String(), nil
}

// take moves n bytes on without change.
func (t *translator) take(n int) {
	t.out.WriteString(t.rest[:n])
	t.rest = t.rest[n:]
}

// put writes s for the next n bytes.
func (t *translator) put(n int, s string) {
	t.out.WriteString(s)
	t.rest = t.rest[n:]
}

func (t *translator) next() error {
	switch t.rest[0] {
	case '\\':
		return t.escape()
	case '[':
		return t.class()
	case '(':
		return t.open()
	case '{':
		return t.braces()
	case '*', '+', '?', '}':
		if len(t.rest) > 1 && t.rest[1] == '+' {
			return t.bad("possessive repeats such as `%s` are not there; write an atomic group, (?>…)", t.rest[:2])
		}
		t.take(1)
	case '#':
		if t.flags&flagVerbose != 0 {
			end := strings.IndexByte(t.rest, '\n')
			if end < 0 {
				end = len(t.rest)
			}
			t.rest = t.rest[end:]
			return nil
		}
		t.put(1, `\#`)
	default:
		_, n := utf8.DecodeRuneInString(t.rest)
		t.take(n)
	}
	return nil
}

// escape translates what begins with a backslash.
func (t *translator) escape() error {
	if len(t.rest) < 2 {
		return t.bad("it ends with a backslash")
	}
	switch c := t.rest[1]; {
	case c == 'Z':
		t.put(2, `\z`)
	case strings.IndexByte("AbBdDsSwW", c) >= 0:
		t.put(2, t.category(c))
	case strings.IndexByte("afnrtvx", c) >= 0:
		t.take(2)
	case c == 'u' && len(t.rest) >= 6:
		t.take(6)
	case c == 'U' && len(t.rest) >= 10:
		n, err := strconv.ParseInt(t.rest[2:10], 16, 32)
		if err != nil {
			return t.bad("`%s` is no character", t.rest[:10])
		}
		t.put(10, escapedRune(rune(n)))
	case c == '0':
		digits := 2 + len(t.rest[2:]) - len(strings.TrimLeft(t.rest[2:min(len(t.rest), 4)]+"x", "01234567"))
		n := 2
		for n < digits && n < len(t.rest) && n < 4 && t.rest[n] >= '0' && t.rest[n] <= '7' {
			n++
		}
		v, err := strconv.ParseInt("0"+t.rest[2:n], 8, 32)
		if err != nil {
			return t.bad("`%s` is no character", t.rest[:n])
		}
		t.put(n, escapedRune(rune(v)))
	case c >= '1' && c <= '3' && len(t.rest) > 3 && strings.Trim(t.rest[2:4], "01234567") == "":
		v := rune(c-'0')*64 + rune(t.rest[2]-'0')*8 + rune(t.rest[3]-'0')
		t.put(4, escapedRune(v))
	case c >= '1' && c <= '9':
		n := 2
		if n < len(t.rest) && unicode.IsDigit(rune(t.rest[n])) {
			n++
		}
		t.put(n, `(?:\`+t.rest[1:n]+`)`)
	case c < utf8.RuneSelf && (unicode.IsLetter(rune(c))):
		return t.bad("the escape `\\%c` means nothing", c)
	default:
		_, n := utf8.DecodeRuneInString(t.rest[1:])
		t.take(1 + n)
	}
	return nil
}

// category is a class of characters; with the flag ASCII it holds no others.
func (t *translator) category(c byte) string {
	if t.flags&flagASCII == 0 {
		return `\` + string(c)
	}
	return map[byte]string{
		'd': "[0-9]", 'D': "[^0-9]", 'w': "[a-zA-Z0-9_]", 'W': "[^a-zA-Z0-9_]",
		's': `[ \t\n\r\f\v]`, 'S': `[^ \t\n\r\f\v]`, 'A': `\A`,
		'b': `(?:(?<=[a-zA-Z0-9_])(?![a-zA-Z0-9_])|(?<![a-zA-Z0-9_])(?=[a-zA-Z0-9_]))`,
		'B': `(?:(?<=[a-zA-Z0-9_])(?=[a-zA-Z0-9_])|(?<![a-zA-Z0-9_])(?![a-zA-Z0-9_]))`,
	}[c]
}

func escapedRune(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(r)
}

// braces translates {n}, {n,m}, {,m}; others are plain characters.
func (t *translator) braces() error {
	inner, _, ok := strings.Cut(t.rest[1:], "}")
	low, high, ranged := strings.Cut(inner, ",")
	if !ok || !isDigits(low) || !isDigits(high) || inner == "" || inner == "," && !ranged {
		t.put(1, `\{`)
		return nil
	}
	if low == "" {
		low = "0"
	}
	s := "{" + low + "}"
	if ranged {
		s = "{" + low + "," + high + "}"
	}
	n := len(inner) + 2
	if strings.HasPrefix(t.rest[n:], "+") {
		return t.bad("possessive repeats such as `%s+` are not there; write an atomic group, (?>…)", s)
	}
	t.put(n, s)
	return nil
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
