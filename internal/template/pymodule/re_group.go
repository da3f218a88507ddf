package pymodule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// open translates what begins with a parenthesis.
func (t *translator) open() error {
	r := t.rest
	switch {
	case !strings.HasPrefix(r, "(?"):
		t.names = append(t.names, "")
		t.take(1)
	case strings.HasPrefix(r, "(?P<"):
		name, _, ok := strings.Cut(r[4:], ">")
		if !ok || !isIdentifier(name) {
			return t.bad("the name of a group is missing or no name")
		}
		for _, n := range t.names {
			if n == name {
				return t.bad("two groups have the name %s", quoted(name))
			}
		}
		t.names = append(t.names, name)
		t.put(4+len(name)+1, "(")
	case strings.HasPrefix(r, "(?P="):
		name, _, ok := strings.Cut(r[4:], ")")
		i := t.group(name)
		if !ok || i < 0 {
			return t.bad("there is no group %s", quoted(name))
		}
		t.put(4+len(name)+1, fmt.Sprintf(`(?:\%d)`, i))
	case strings.HasPrefix(r, "(?#"):
		_, after, ok := strings.Cut(r, ")")
		if !ok {
			return t.bad("a comment is never closed")
		}
		t.rest = after
	case strings.HasPrefix(r, "(?("):
		name, _, ok := strings.Cut(r[3:], ")")
		i := t.group(name)
		if !ok || i < 0 {
			return t.bad("there is no group %s", quoted(name))
		}
		t.put(3+len(name), fmt.Sprintf("(?(%d", i))
	case hasAnyPrefix(r, "(?:", "(?=", "(?!", "(?>"):
		t.take(3)
	case hasAnyPrefix(r, "(?<=", "(?<!"):
		t.take(4)
	default:
		return t.inline()
	}
	return nil
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// group returns the number of a group by its name or number; -1 for none.
func (t *translator) group(name string) int {
	if n, err := strconv.Atoi(name); err == nil && n > 0 {
		return n
	}
	for i, n := range t.names {
		if n != "" && n == name {
			return i
		}
	}
	return -1
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// inlineFlags are the letters of (?imsx) and what they stand for.
var inlineFlags = map[rune]flag{
	'i': flagIgnoreCase, 'm': flagMultiline, 's': flagDotAll, 'x': flagVerbose, 'a': flagASCII, 'u': flagUnicode, 'L': flagLocale,
}

// inline translates flags: for everything, at the start, or for one group.
func (t *translator) inline() error {
	end := strings.IndexAny(t.rest, ":)")
	if end < 0 {
		return t.bad("a group is never closed")
	}
	letters := t.rest[2:end]
	keep := ""
	for _, r := range letters {
		f, ok := inlineFlags[r]
		switch {
		case r == '-':
			keep += "-"
		case !ok:
			return t.bad("the flag `%c` means nothing", r)
		case t.rest[end] == ')':
			if t.out.Len() > 0 {
				return t.bad("flags for all of it stand at its start")
			}
			t.flags |= f
		case strings.ContainsRune("imsx", r):
			keep += string(r)
		}
	}
	if t.rest[end] == ')' {
		t.rest = t.rest[end+1:]
		return nil
	}
	t.put(end+1, "(?"+keep+":")
	return nil
}
