package jinja

import (
	"errors"
	"strconv"
	"strings"
)

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': `'`, '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f",
	'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// unescape resolves the backslash escapes of a Python string literal. An
// escape that Python does not know stays as it is.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		c := s[i]
		if text, ok := simpleEscapes[c]; ok {
			b.WriteString(text)
			continue
		}
		r, n, err := numericEscape(s[i:])
		switch {
		case err != nil:
			return "", err
		case n == 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteRune(r)
			i += n - 1
		}
	}
	return b.String(), nil
}

// numericEscape reads \x41, \u0041, \U00000041 and \101 without the backslash;
// n is how many bytes it took, 0 if it is none of these.
func numericEscape(s string) (r rune, n int, err error) {
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	switch {
	case digits > 0:
		if len(s) < 1+digits {
			return 0, 0, errors.New("truncated escape \\" + s)
		}
		v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
		if err != nil || v > 0x10ffff {
			return 0, 0, errors.New("bad escape \\" + s[:1+digits])
		}
		return rune(v), 1 + digits, nil
	case s[0] == 'N':
		return 0, 0, errors.New("the escape \\N{…} is not there yet")
	case isOctal(s[0]):
		n = 1
		for n < 3 && n < len(s) && isOctal(s[n]) {
			n++
		}
		v, err := strconv.ParseUint(s[:n], 8, 32)
		return rune(v), n, err
	}
	return 0, 0, nil
}
