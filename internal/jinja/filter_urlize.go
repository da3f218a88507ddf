package jinja

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

var (
	// webAddress is what passes for the address of a page: with a scheme or
	// www., with a well-known ending, or with numbers for a host.
	webAddress = regexp.MustCompile(`(?i)^(` +
		`(https?://|www\.)(([\pL\pN_%-]+\.)+)?([a-z]{2,63}|xn--[\pL\pN_%]{2,59})` +
		`|([\pL\pN_%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)` +
		`|https?://(\d{1,3}(\.\d{1,3}){3}|\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])` +
		`)(:\d{1,5})?([/?#]\S*)?$`)
	mailAddress = regexp.MustCompile(`^\S+@[\pL\pN_][\pL\pN_.-]*\.[\pL\pN_]+$`)
	wordsBefore = regexp.MustCompile(`^([(<]|&lt;)+`)
	wordsAfter  = regexp.MustCompile(`([)>.,\n]|&gt;)+$`)
	whitespace  = regexp.MustCompile(`\s+`)
)

// linker turns words into links.
type linker struct {
	limit      int
	attributes string
	schemes    []any
}

func filterURLize(c *Call) (any, error) {
	b, err := c.Bind("_value", "trim_url_limit?", "nofollow?", "target?", "rel?", "extra_schemes?")
	if err != nil {
		return nil, err
	}
	text, err := python.Str(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	l := &linker{limit: -1}
	if b.Any(1, nil) != nil {
		n, err := b.Int(1, 0)
		if err != nil {
			return nil, err
		}
		l.limit = int(max(0, min(n, python.MaxString)))
	}
	rel, err := relations(b)
	if err != nil {
		return nil, err
	}
	l.attributes = ` rel="` + escape(rel) + `"`
	if python.Truth(b.Any(3, nil)) {
		target, err := b.String(3, "")
		if err != nil {
			return nil, err
		}
		l.attributes += ` target="` + escape(target) + `"`
	}
	if b.Any(5, nil) != nil {
		if l.schemes, err = python.Collect(b.Any(5, nil)); err != nil {
			return nil, err
		}
	}
	return l.text(escape(text)), nil
}

// relations are the words of the attribute rel.
func relations(b python.Bound) (string, error) {
	words := []string{"noopener"}
	if python.Truth(b.Any(4, nil)) {
		rel, err := b.String(4, "")
		if err != nil {
			return "", err
		}
		words = append(words, strings.FieldsFunc(rel, python.IsSpace)...)
	}
	if b.Bool(2, false) {
		words = append(words, "nofollow")
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " "), nil
}

func (l *linker) text(s string) string {
	var b strings.Builder
	at := 0
	for _, gap := range whitespace.FindAllStringIndex(s, -1) {
		b.WriteString(l.word(s[at:gap[0]]))
		b.WriteString(s[gap[0]:gap[1]])
		at = gap[1]
	}
	b.WriteString(l.word(s[at:]))
	return b.String()
}

// word makes a link of a word, leaving the punctuation around it out.
func (l *linker) word(word string) string {
	head := wordsBefore.FindString(word)
	middle := word[len(head):]
	tail := wordsAfter.FindString(middle)
	middle = middle[:len(middle)-len(tail)]
	for _, pair := range [][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		opened := strings.Count(middle, pair[0])
		if opened <= strings.Count(middle, pair[1]) {
			continue
		}
		for range min(opened, strings.Count(tail, pair[1])) {
			end := strings.Index(tail, pair[1]) + len(pair[1])
			middle, tail = middle+tail[:end], tail[end:]
		}
	}
	return head + l.link(middle) + tail
}

func (l *linker) link(s string) string {
	bare := strings.TrimPrefix(s, "mailto:")
	switch {
	case webAddress.MatchString(s):
		address := s
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			address = "https://" + s
		}
		return `<a href="` + address + `"` + l.attributes + `>` + l.shortened(s) + `</a>`
	case bare != s && mailAddress.MatchString(bare):
		return `<a href="` + s + `">` + bare + `</a>`
	case !strings.HasPrefix(s, "www.") && !strings.HasPrefix(s, "@") && !strings.Contains(s, ":") && mailAddress.MatchString(s):
		return `<a href="mailto:` + s + `">` + s + `</a>`
	}
	for _, scheme := range l.schemes {
		if text, ok := scheme.(string); ok && s != text && strings.HasPrefix(s, text) {
			s = `<a href="` + s + `"` + l.attributes + `>` + s + `</a>`
		}
	}
	return s
}

func (l *linker) shortened(s string) string {
	if runes := []rune(s); l.limit >= 0 && len(runes) > l.limit {
		return string(runes[:l.limit]) + "..."
	}
	return s
}
