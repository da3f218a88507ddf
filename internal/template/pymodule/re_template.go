package pymodule

import (
	"errors"
	"fmt"
	"strings"
)

// expand fills a template such as `\2-\g<name>`.
func (m *match) expand(template string) (string, error) {
	var b strings.Builder
	for rest := template; rest != ""; {
		i := strings.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			if i >= 0 {
				return "", errors.New("the replacement ends with a backslash")
			}
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		rest = rest[i+1:]
		text, n, err := m.reference(rest)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		rest = rest[n:]
	}
	return b.String(), nil
}

// templateEscapes are the letters that mean a character in a replacement.
var templateEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\\': `\`}

// reference reads what follows a backslash, and how long it is.
func (m *match) reference(s string) (text string, n int, err error) {
	c := s[0]
	var key any
	switch {
	case strings.HasPrefix(s, "g<"):
		name, _, ok := strings.Cut(s[2:], ">")
		if !ok || name == "" {
			return "", 0, errors.New("the name of a group is missing in the replacement")
		}
		key, n = any(name), 3+len(name)
		if isDigits(name) {
			key = numberAt(name)
		}
	case c == '0':
		n = 1 + min(2, countPrefix(s[1:], "01234567"))
		v := rune(0)
		for _, d := range s[:n] {
			v = v*8 + d - '0'
		}
		return string(v), n, nil
	case c >= '1' && c <= '9':
		n = 1
		if len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
			n = 2
		}
		key = numberAt(s[:n])
	default:
		if text, ok := templateEscapes[c]; ok {
			return text, 1, nil
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return "", 0, fmt.Errorf("the escape `\\%c` means nothing in a replacement", c)
		}
		return `\`, 0, nil
	}
	i, err := m.index(key)
	if err != nil {
		return "", 0, fmt.Errorf("the replacement refers to a group that is not there: %s", s[:n])
	}
	text, _ = m.group(i).(string)
	return text, n, nil
}
