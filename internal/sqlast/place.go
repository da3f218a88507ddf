package sqlast

import (
	"strings"
	"unicode/utf8"
)

// Position returns the line and the column of a byte offset, both from 1; the
// column counts characters.
func Position(sql string, offset int) (line, column int) {
	offset = max(0, min(offset, len(sql)))
	before := sql[:offset]
	line = strings.Count(before, "\n") + 1
	return line, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

// Locate finds where in the author's text the engine points when it complains
// about SQL that was deparsed from a rewritten tree. parsed is the tree of that
// SQL, offset the byte in it; rewritten still has the author's locations. It
// returns -1 where the place has no counterpart.
func Locate(rewritten, parsed *Tree, offset int) int {
	return locate(rewritten.root, parsed.root, offset)
}

func locate(a, b any, offset int) int {
	switch b := b.(type) {
	case []any:
		l, ok := a.([]any)
		if !ok || len(l) != len(b) {
			return -1
		}
		for i := range b {
			if at := locate(l[i], b[i], offset); at >= 0 {
				return at
			}
		}
	case Node:
		n, ok := a.(Node)
		if !ok || Kind(n) != Kind(b) {
			return -1
		}
		if Location(b) == offset && Location(n) >= 0 {
			return Location(n)
		}
		for _, field := range nested(b) {
			if at := locate(n[field], b[field], offset); at >= 0 {
				return at
			}
		}
	}
	return -1
}
