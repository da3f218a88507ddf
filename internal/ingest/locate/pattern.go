package locate

import (
	"path"
	"strings"
)

// checkPattern refuses wildcards that are not closed.
func checkPattern(pattern string) error {
	_, err := path.Match(strings.ReplaceAll(pattern, "**", "*"), "")
	return err
}

// splitPattern parts the leading folders that hold no wildcard from the rest.
func splitPattern(p string) (fixed, rest string) {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "*?[") {
			fixed = strings.Join(parts[:i], "/")
			if fixed == "" && strings.HasPrefix(p, "/") {
				fixed = "/"
			}
			return fixed, strings.Join(parts[i:], "/")
		}
	}
	return strings.TrimSuffix(p, "/"), ""
}

// matchParts matches names with the wildcards *, ?, [a-z] within a name and **
// for any number of folders.
func matchParts(want, have []string) bool {
	if len(want) == 0 {
		return len(have) == 0
	}
	if want[0] == "**" {
		for i := range len(have) + 1 {
			if matchParts(want[1:], have[i:]) {
				return true
			}
		}
		return false
	}
	if len(have) == 0 {
		return false
	}
	ok, err := path.Match(want[0], have[0])
	return err == nil && ok && matchParts(want[1:], have[1:])
}

// matchesBelow reports whether something below the folder have could match.
func matchesBelow(want, have []string) bool {
	if len(want) == 0 {
		return false
	}
	if len(have) == 0 || want[0] == "**" {
		return true
	}
	ok, err := path.Match(want[0], have[0])
	return err == nil && ok && matchesBelow(want[1:], have[1:])
}
