package sqlast

import (
	"fmt"
	"strings"
)

// Script splits text into its statements. An error is a *SyntaxError.
func Script(text string) ([]Statement, error) {
	var out []Statement
	s := scanner{sql: text}
	var tokens []token
	for {
		t := s.next()
		if t.word != ";" && t.kind != endToken {
			tokens = append(tokens, t)
			continue
		}
		if len(tokens) > 0 {
			st, err := readStatement(text, append(tokens, token{kind: endToken, start: t.start, end: t.start}))
			if err != nil {
				return nil, err
			}
			out, tokens = append(out, st), nil
		}
		if t.kind == endToken {
			return out, nil
		}
	}
}

// reader reads the tokens of one statement, the last of which is its end.
type reader struct {
	text   string
	tokens []token
	at     int
	// err is the first thing that is wrong; after it, nothing is left to read.
	err *SyntaxError
}

// newReader reads a part of a text.
func newReader(text string, part Span) *reader {
	r := &reader{text: text}
	s := scanner{sql: text[:part.End], at: part.Start}
	for len(r.tokens) == 0 || r.tokens[len(r.tokens)-1].kind != endToken {
		r.tokens = append(r.tokens, s.next())
	}
	return r
}

func readStatement(text string, tokens []token) (Statement, error) {
	r := &reader{text: text, tokens: tokens}
	st := Statement{Span: Span{tokens[0].start, tokens[len(tokens)-2].end}}
	r.statement(&st)
	if r.err != nil {
		return Statement{}, r.err
	}
	return st, nil
}

// fail ends the reading.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = &SyntaxError{Message: fmt.Sprintf(format, args...), Offset: r.peek().start}
	}
	r.at = len(r.tokens) - 1
}

func (r *reader) peek() token { return r.tokens[r.at] }

// ahead returns the word after n more tokens.
func (r *reader) ahead(n int) string {
	if r.at+n < len(r.tokens) {
		return r.tokens[r.at+n].word
	}
	return ""
}

func (r *reader) next() token {
	t := r.tokens[r.at]
	if t.kind != endToken {
		r.at++
	}
	return t
}

func (r *reader) ended() bool { return r.peek().kind == endToken }

// ReadName reads a name, such as main."Orders", that is all of a text; ok is false
// for another text.
func ReadName(text string) (n Name, ok bool) {
	r := newReader(text, Span{0, len(text)})
	n = r.path()
	return n, r.err == nil && r.ended()
}

// accept takes words if all of them come next.
func (r *reader) accept(words ...string) bool {
	for i, w := range words {
		if r.ahead(i) != w {
			return false
		}
	}
	r.at += len(words)
	return true
}

func (r *reader) expect(words ...string) {
	if !r.accept(words...) {
		r.fail("%s is expected here, not %s", strings.Join(words, " "), r.shown())
	}
}

// shown is the next token for messages.
func (r *reader) shown() string {
	if r.ended() {
		return "the end of the statement"
	}
	t := r.peek()
	return r.text[t.start:t.end]
}

func (r *reader) end() {
	if !r.ended() {
		r.fail("%s is not supported here", r.shown())
	}
}

// name reads a name of one part.
func (r *reader) name() Name {
	t := r.peek()
	if t.kind != wordToken && t.kind != quotedToken {
		r.fail("a name is expected here, not %s", r.shown())
		return Name{Parts: []string{""}}
	}
	r.next()
	return Name{Span{t.start, t.end}, []string{r.unquote(t)}}
}

func (r *reader) unquote(t token) string {
	raw := r.text[t.start:t.end]
	if t.kind == wordToken {
		return raw
	}
	if len(raw) < 2 || raw[len(raw)-1] != '"' {
		r.fail("a quoted name does not end")
		return ""
	}
	plain := strings.ReplaceAll(raw[1:len(raw)-1], `""`, `"`)
	if plain == "" {
		r.fail("a name is empty")
	}
	return plain
}

// path reads a name of up to three parts.
func (r *reader) path() Name {
	return r.dotted(3, "a name has three parts at most: catalog, schema and table")
}

// dotted reads a name of several parts; where there are more than most, the
// message says so.
func (r *reader) dotted(most int, message string) Name {
	n := r.name()
	for r.accept(".") {
		part := r.name()
		n.Parts, n.End = append(n.Parts, part.Parts[0]), part.End
	}
	if len(n.Parts) > most {
		r.fail("%s", message)
	}
	return n
}

// list reads names in parentheses.
func (r *reader) list() []Name {
	r.expect("(")
	out := []Name{r.name()}
	for r.accept(",") {
		out = append(out, r.name())
	}
	r.expect(")")
	return out
}
