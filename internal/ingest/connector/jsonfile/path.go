package jsonfile

import (
	"errors"
	"fmt"
	"strings"
)

// parsePath reads a path such as data.items[*] or $.data."a.b": names with
// points between them. A [*] says nothing, since arrays are entered anyway.
func parsePath(text string) ([]string, error) {
	rest := strings.TrimPrefix(strings.TrimSpace(text), "$")
	rest = strings.TrimPrefix(rest, ".")
	var path []string
	for rest != "" {
		var name string
		if strings.HasPrefix(rest, `"`) {
			end := strings.Index(rest[1:], `"`)
			if end < 0 {
				return nil, fmt.Errorf("%q: a quote is not closed", text)
			}
			name, rest = rest[1:1+end], rest[2+end:]
		} else {
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			name, rest = rest[:end], rest[end:]
			if name == "" {
				return nil, fmt.Errorf("%q: a name is missing", text)
			}
		}
		path = append(path, name)
		for strings.HasPrefix(rest, "[*]") {
			rest = rest[3:]
		}
		switch {
		case strings.HasPrefix(rest, ".") && len(rest) > 1:
			rest = rest[1:]
		case rest != "":
			return nil, fmt.Errorf("%q: %q is not understood", text, rest)
		}
	}
	if len(path) == 0 {
		return nil, errors.New("a path is missing")
	}
	return path, nil
}
