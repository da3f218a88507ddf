package syntax

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// lexer cuts a source into tokens, all at once. It works on the source as it
// was written, so that offsets are the author's.
type lexer struct {
	src  string
	pos  int
	toks []token
	// open are the closing brackets that the current tag still needs; inside
	// brackets `}}` and `%}` are operators.
	open []byte
	tags map[string]Tag
}

// tokens are slices of tokens to be used again: no tree keeps them.
var tokens = sync.Pool{New: func() any { return new([]token) }}

// lex adds the tokens of a source from an offset on, the last one of kind
// tokEOF. One newline at the very end is dropped, as jinja2 does by default.
func lex(source string, from int, tags map[string]Tag, into []token) ([]token, error) {
	src := source
	if s, ok := strings.CutSuffix(src, "\n"); ok {
		src = strings.TrimSuffix(s, "\r")
	} else {
		src = strings.TrimSuffix(src, "\r")
	}
	l := &lexer{src: src, pos: min(from, len(src)), tags: tags, toks: into}
	for l.pos < len(l.src) {
		if err := l.text(); err != nil {
			return l.toks, err
		}
	}
	l.add(tokEOF, len(l.src), "")
	return l.toks, nil
}

func (l *lexer) add(kind tokenKind, pos int, text string) {
	l.toks = append(l.toks, token{kind, pos, text})
}

// text reads plain text up to the next tag, and that tag.
func (l *lexer) text() error {
	start := l.pos
	open := nextOpening(l.src, start)
	if open < 0 {
		l.add(tokText, start, newlines(l.src[start:]))
		l.pos = len(l.src)
		return nil
	}
	strip, after := marker(l.src, open+2)
	text := l.src[start:open]
	if strip == '-' {
		text = strings.TrimRightFunc(text, python.IsSpace)
	}
	if text != "" {
		l.add(tokText, start, newlines(text))
	}
	switch l.src[open+1] {
	case '#':
		return l.comment(open, after)
	case '{':
		l.add(tokPrintBegin, open, "")
		l.pos = after
		return l.inside(tokPrintEnd, "}}")
	}
	if end, ok := rawBegin(l.src, after); ok {
		return l.raw(open, end)
	}
	l.add(tokTagBegin, open, "")
	l.pos = after
	first := len(l.toks)
	if err := l.inside(tokTagEnd, "%}"); err != nil || len(l.toks) == first {
		return err
	}
	if word := l.toks[first]; word.kind == tokName && l.tags[word.text].Raw {
		return l.rawBody(open, word.text)
	}
	return nil
}

// rawBody reads the text of a raw tag of the host's up to its end, which is a
// tag like any other.
func (l *lexer) rawBody(open int, word string) error {
	tag, _, ok := rawEnd(l.src, l.pos, "end"+word)
	if !ok {
		return errNeverClosed(open, word, "end"+word)
	}
	l.rawText(l.pos, tag)
	l.pos = tag
	return nil
}

func nextOpening(src string, from int) int {
	for i := from; i+1 < len(src); i++ {
		j := strings.IndexByte(src[i:], '{')
		if j < 0 || i+j+1 >= len(src) {
			return -1
		}
		i += j
		switch src[i+1] {
		case '{', '%', '#':
			return i
		}
	}
	return -1
}

// marker reads the `-` or `+` that may follow an opening.
func marker(src string, pos int) (mark byte, after int) {
	if pos < len(src) && (src[pos] == '-' || src[pos] == '+') {
		return src[pos], pos + 1
	}
	return 0, pos
}

// comment skips to the end of the comment that was opened at open.
func (l *lexer) comment(open, from int) error {
	end := strings.Index(l.src[from:], "#}")
	if end < 0 {
		return errOpenComment(open)
	}
	l.pos = from + end + 2
	if end > 0 && l.src[from+end-1] == '-' {
		l.pos = skipSpace(l.src, l.pos)
	}
	return nil
}

// rawBegin reads ` raw %}` and returns where the raw text begins.
func rawBegin(src string, pos int) (int, bool) {
	return fixedTag(src, pos, "raw", false)
}

// fixedTag reads `word %}` with optional space and whitespace control, and
// returns where it ends.
func fixedTag(src string, pos int, word string, plus bool) (int, bool) {
	rest, ok := strings.CutPrefix(src[skipSpace(src, pos):], word)
	if !ok {
		return 0, false
	}
	at := skipSpace(src, len(src)-len(rest))
	switch {
	case strings.HasPrefix(src[at:], "%}"):
		return at + 2, true
	case strings.HasPrefix(src[at:], "-%}"):
		return skipSpace(src, at+3), true
	case plus && strings.HasPrefix(src[at:], "+%}"):
		return at + 3, true
	}
	return 0, false
}

// raw reads the text of a raw block, which begins at start.
func (l *lexer) raw(open, start int) error {
	tag, end, ok := rawEnd(l.src, start, "endraw")
	if !ok {
		return errOpenRaw(open)
	}
	l.rawText(start, tag)
	l.pos = end
	return nil
}

// rawText adds the text up to a tag.
func (l *lexer) rawText(start, tag int) {
	text := l.src[start:tag]
	if strip, _ := marker(l.src, tag+2); strip == '-' {
		text = strings.TrimRightFunc(text, python.IsSpace)
	}
	if text != "" {
		l.add(tokText, start, newlines(text))
	}
}

// rawEnd looks for `{% word %}` and returns where it begins and ends.
func rawEnd(src string, from int, word string) (tag, end int, ok bool) {
	for {
		i := strings.Index(src[from:], "{%")
		if i < 0 {
			return 0, 0, false
		}
		tag = from + i
		_, after := marker(src, tag+2)
		if end, ok = fixedTag(src, after, word, true); ok {
			return tag, end, true
		}
		from = tag + 2
	}
}

// inside reads the words of a tag up to its closing.
func (l *lexer) inside(kind tokenKind, closing string) error {
	l.open = l.open[:0]
	for {
		l.pos = skipSpace(l.src, l.pos)
		if l.pos >= len(l.src) {
			return nil // the parser says what is missing
		}
		rest := l.src[l.pos:]
		if len(l.open) == 0 {
			at := l.pos
			switch {
			case strings.HasPrefix(rest, closing):
				l.pos += 2
			case strings.HasPrefix(rest, "-"+closing):
				l.pos = skipSpace(l.src, l.pos+3)
			case kind == tokTagEnd && strings.HasPrefix(rest, "+"+closing):
				l.pos += 3
			}
			if l.pos > at {
				l.add(kind, at, "")
				return nil
			}
		}
		if err := l.word(); err != nil {
			return err
		}
	}
}

// newlines turns every kind of line end into \n.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func skipSpace(s string, pos int) int {
	for pos < len(s) {
		r, n := utf8.DecodeRuneInString(s[pos:])
		if !python.IsSpace(r) {
			break
		}
		pos += n
	}
	return pos
}
