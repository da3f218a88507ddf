package pymodule

import (
	"strings"
	"unicode/utf8"
)

// class translates a set such as [^a-z\d].
func (t *translator) class() error {
	n := 1
	if strings.HasPrefix(t.rest[n:], "^") {
		n++
	}
	if strings.HasPrefix(t.rest[n:], "]") { // a bracket that comes first is one of the characters
		t.put(n, t.rest[:n])
		t.put(1, `\]`)
	} else {
		t.take(n)
	}
	for t.rest != "" {
		switch {
		case t.rest[0] == ']':
			t.take(1)
			return nil
		case t.rest[0] == '[':
			t.put(1, `\[`)
		case strings.HasPrefix(t.rest, "-]"):
			t.put(1, `\-`)
		case t.rest[0] == '\\' && len(t.rest) > 1:
			if err := t.escapeInClass(); err != nil {
				return err
			}
		default:
			_, n := utf8.DecodeRuneInString(t.rest)
			t.take(n)
		}
	}
	return t.bad("a `[` is never closed")
}

func (t *translator) escapeInClass() error {
	c := t.rest[1]
	switch {
	case t.flags&flagASCII != 0 && (c == 'd' || c == 'w' || c == 's'):
		inner := t.category(c)
		t.put(2, inner[1:len(inner)-1])
	case strings.IndexByte("dDsSwW", c) >= 0:
		t.take(2)
	case c == 'b':
		t.put(2, `\u0008`)
	case c >= '1' && c <= '7':
		t.put(2, escapedRune(rune(c-'0')))
	case c == 'A' || c == 'B' || c == 'Z':
		return t.bad("`\\%c` cannot stand in a set", c)
	default:
		return t.escape()
	}
	return nil
}
