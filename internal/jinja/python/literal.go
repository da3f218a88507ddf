package python

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': `'`, '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f",
	'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// Unescape resolves the backslash escapes of a Python string literal. An
// escape that Python does not know stays as it is.
func Unescape(s string) (string, error) {
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

// FloatEnd returns where a float that begins at pos ends, 0 if there is none.
func FloatEnd(s string, pos int) int {
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

// IntEnd returns where an integer that begins at pos ends.
func IntEnd(s string, pos int) int {
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

// IntLiteral returns the integer that a literal means.
func IntLiteral(text string) (any, error) {
	digits := strings.ReplaceAll(text, "_", "")
	if len(digits) > 1 && strings.Trim(digits, "0") == "" {
		return int64(0), nil
	}
	if v, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return v, nil
	}
	if len(digits) > maxDigits {
		return nil, fmt.Errorf("the number has more than %d digits", maxDigits)
	}
	v, ok := new(big.Int).SetString(digits, 0)
	if !ok {
		return nil, fmt.Errorf("`%s` is not a number", text)
	}
	return v, nil
}

// IsSpace is Python's str.isspace for one character.
func IsSpace(r rune) bool {
	return r >= 0x1c && r <= 0x1f || unicode.IsSpace(r)
}
