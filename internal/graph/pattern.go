package graph

import (
	"regexp"
	"strings"
)

// pattern matches text with the wildcards *, ? and [abc]; * crosses dots and
// slashes.
type pattern struct {
	text string
	expr *regexp.Regexp // nil: the text itself
}

func isWild(s string) bool { return strings.ContainsAny(s, "*?[]") }

func newPattern(text string) pattern {
	if !isWild(text) {
		return pattern{text: text}
	}
	return pattern{text: text, expr: compile(text, ".*")}
}

// newPathPattern is a pattern in which only ** crosses slashes.
func newPathPattern(text string) pattern {
	if !isWild(text) {
		return pattern{text: text}
	}
	return pattern{text: text, expr: compile(text, "[^/]*")}
}

// compile translates wildcards into a regular expression; star is what * is.
func compile(text, star string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A(?s:`)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			switch {
			case strings.HasPrefix(text[i:], "**/"):
				b.WriteString("(?:.*/)?")
				i += 2
			case strings.HasPrefix(text[i:], "**"):
				b.WriteString(".*")
				i++
			default:
				b.WriteString(star)
			}
		case '?':
			b.WriteString("[^/]")
		case '[':
			end := strings.IndexByte(text[i:], ']')
			if end < 2 {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(class(text[i+1 : i+end]))
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(`)\z`)
	expr, err := regexp.Compile(b.String())
	if err != nil { // a class such as [z-a]
		return regexp.MustCompile(regexp.QuoteMeta(text))
	}
	return expr
}

// class translates the inside of [abc] or [!abc].
func class(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `^`, `\^`).Replace(s)
	if rest, ok := strings.CutPrefix(s, "!"); ok {
		return "[^" + rest + "]"
	}
	return "[" + s + "]"
}

func (p pattern) match(s string) bool {
	if p.expr == nil {
		return p.text == s
	}
	return p.expr.MatchString(s)
}
