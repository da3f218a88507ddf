// Package ignore is for .dbtignore: which files of a project are not part of
// it, in the language of .gitignore.
//
// It promises git's meaning of the patterns: the last that fits decides, `!`
// takes back, a slash inside anchors, a slash at the end means folders. It
// leaves reading files to others.
package ignore

import (
	"regexp"
	"strings"
)

// Rules are the patterns of one file. The zero value ignores nothing.
type Rules struct{ list []rule }

type rule struct {
	expr    *regexp.Regexp
	include bool
	folder  bool
}

// Parse reads the patterns of a file.
func Parse(text string) Rules {
	var out Rules
	for line := range strings.Lines(text) {
		if r, ok := parse(strings.TrimRight(line, "\r\n")); ok {
			out.list = append(out.list, r)
		}
	}
	return out
}

func parse(line string) (rule, bool) {
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRight(line, " \t")
	}
	if line == "" || line[0] == '#' {
		return rule{}, false
	}
	var r rule
	if line[0] == '!' {
		r.include, line = true, line[1:]
	}
	if trimmed, ok := strings.CutSuffix(line, "/"); ok {
		r.folder, line = true, trimmed
	}
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return rule{}, false
	}
	prefix := `(?:.*/)?`
	if anchored {
		prefix = ""
	}
	expr, err := regexp.Compile(`\A` + prefix + translate(line) + `\z`)
	if err != nil {
		return rule{}, false // a class such as [z-a] fits nothing
	}
	r.expr = expr
	return r, true
}

// translate turns wildcards into a regular expression.
func translate(glob string) string {
	var b strings.Builder
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			switch {
			case strings.HasPrefix(glob[i:], "**/"):
				b.WriteString(`(?:.*/)?`)
				i += 2
			case strings.HasPrefix(glob[i:], "**"):
				b.WriteString(`.*`)
				i++
			default:
				b.WriteString(`[^/]*`)
			}
		case '?':
			b.WriteString(`[^/]`)
		case '[':
			end := strings.IndexByte(glob[i+1:], ']')
			if end < 1 {
				b.WriteString(`\[`)
				continue
			}
			class := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `^`, `\^`).Replace(glob[i+1 : i+1+end])
			if rest, ok := strings.CutPrefix(class, "!"); ok {
				class = "^" + rest
			}
			b.WriteString("[" + class + "]")
			i += end + 1
		case '\\':
			if i+1 < len(glob) {
				i++
				b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
			}
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}

// Ignores reports whether a file is left out, by its own path or because a
// folder above it is.
func (r Rules) Ignores(path string) bool {
	if len(r.list) == 0 {
		return false
	}
	for i := range path {
		if path[i] == '/' && r.decides(path[:i], true) {
			return true
		}
	}
	return r.decides(path, false)
}

func (r Rules) decides(path string, folder bool) bool {
	out := false
	for _, one := range r.list {
		if (folder || !one.folder) && one.expr.MatchString(path) {
			out = !one.include
		}
	}
	return out
}
