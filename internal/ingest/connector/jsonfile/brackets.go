package jsonfile

// brackets follows the brackets of a text that need not be JSON, from the start
// of a value to its end. Strings do not span lines.
type brackets struct {
	// kinds has a bit for each open bracket, set for {, as far as it reaches.
	kinds []uint64
	depth int
	// inString, afterBackslash and inScalar say where it is.
	inString, afterBackslash, inScalar bool
}

// tracked is how deep brackets must be in pairs.
const tracked = 1 << 20

// verdict is what came of following brackets.
type verdict uint8

const (
	// unfinished: the text ended first.
	unfinished verdict = iota
	// paired: the value ended, with its brackets in pairs.
	paired
	// broken: brackets are not in pairs, or a string goes over a line's end.
	broken
)

// push opens a bracket.
func (b *brackets) push(object bool) {
	if b.depth < tracked {
		word, bit := b.depth>>6, uint64(1)<<(b.depth&63)
		if word == len(b.kinds) {
			b.kinds = append(b.kinds, 0)
		}
		b.kinds[word] &^= bit
		if object {
			b.kinds[word] |= bit
		}
	}
	b.depth++
}

// pop closes one, and reports whether it is of the kind that is open.
func (b *brackets) pop(object bool) bool {
	if b.depth == 0 {
		return false
	}
	b.depth--
	return b.depth >= tracked || b.kinds[b.depth>>6]>>(b.depth&63)&1 == 1 == object
}

// follow goes on in text and returns how far; a value that is no list, object
// or string ends in front of a blank, a comma or a bracket.
func (b *brackets) follow(text []byte) (n int, v verdict) {
	for i, c := range text {
		switch {
		case b.inString:
			if end, v := b.inside(c); end {
				return i + 1, v
			}
		case b.inScalar && b.depth == 0 && (isBlank(c) || c == ',' || c == ']' || c == '}' || c == ':'):
			return i, paired
		case c == '"':
			b.inString = true
		case c == '{' || c == '[':
			b.push(c == '{')
		case c == '}' || c == ']':
			if !b.pop(c == '}') {
				return i, broken
			}
			if b.depth == 0 {
				return i + 1, paired
			}
		case b.depth == 0 && !isBlank(c):
			b.inScalar = true
		}
	}
	return len(text), unfinished
}

// inside deals with a character of a string, and reports whether following
// ends with it.
func (b *brackets) inside(c byte) (end bool, v verdict) {
	switch {
	case c == '\n':
		return true, broken
	case b.afterBackslash:
		b.afterBackslash = false
	case c == '\\':
		b.afterBackslash = true
	case c == '"':
		b.inString = false
		return b.depth == 0, paired
	}
	return false, unfinished
}
