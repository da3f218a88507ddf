package crawl

import (
	"regexp"
	"strings"
)

var topLevel = regexp.MustCompile(`(?m)^[^\s#].*$`)

// Add returns an ingest file with the entries of tables behind its own; ok is
// false where they cannot be put at its end.
func Add(file, entries string) (text string, ok bool) {
	keys := topLevel.FindAllString(file, -1)
	if len(keys) == 0 || strings.TrimSpace(strings.SplitN(keys[len(keys)-1], "#", 2)[0]) != "tables:" {
		return "", false
	}
	if !strings.HasSuffix(file, "\n") {
		file += "\n"
	}
	indent := regexp.MustCompile(`(?m)^tables:.*\n(?:\s*(?:#.*)?\n)*( +)\S`).FindStringSubmatch(file)
	if indent == nil {
		return "", false
	}
	var b strings.Builder
	b.WriteString(file)
	for line := range strings.Lines(entries) {
		b.WriteString(indent[1] + strings.TrimPrefix(line, "  "))
	}
	return b.String(), true
}
