package syntax

import (
	"slices"
	"strconv"
	"strings"
)

// maxNesting bounds how deep statements and expressions may nest in a text.
const maxNesting = 200

// maxChain bounds how many operators of one kind may follow each other.
const maxChain = 1000

// parser turns tokens into a tree, following jinja2's grammar rule by rule.
type parser struct {
	src   *Source
	lang  *Language
	toks  []token
	i     int
	depth int
	// ends are the words that may close the statements being read, outermost
	// first.
	ends []ending
	// macros are the macros whose bodies are being read, outermost first.
	macros []*Macro
	// assigns is whether anything assigns names: symbols matter only then.
	assigns bool
	// loops is how many loops surround what is being read.
	loops int
	// unknown are filters and tests that do not exist. As in jinja2 they fail
	// at once, unless they stand in a branch that may never run.
	unknown []unknownName
	// tagPos is where the tag being read begins.
	tagPos int
	// within is where the text of the last block that was read begins and ends.
	within Span
	// blocks are the blocks of the template, and extends whether it has a parent.
	blocks  []*Block
	extends bool
	// breakable is how many loops break and continue can end here, and deep
	// how many scopes surround what is being read.
	breakable, deep int
	// bodies are the loops whose bodies are being read, outermost first.
	bodies []*For
}

type ending struct {
	tag   string
	pos   int
	words []string
}

type unknownName struct {
	err  error
	hard bool
}

func (p *parser) parse(from, to int) ([]Node, error) {
	buffer := tokens.Get().(*[]token)
	var err error
	p.toks, err = lex(p.src.Text[:to], from, p.lang.Tags, (*buffer)[:0])
	defer func() {
		clear(p.toks)
		*buffer, p.toks = p.toks, nil
		tokens.Put(buffer)
	}()
	if err != nil {
		return nil, err
	}
	body, err := p.statements()
	if err != nil {
		return nil, err
	}
	if len(p.unknown) > 0 {
		return nil, p.unknown[0].err
	}
	return body, nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) look() token { return p.toks[min(p.i+1, len(p.toks)-1)] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

// skip takes the operator if it comes next.
func (p *parser) skip(op string) bool {
	if p.peek().is(op) {
		p.i++
		return true
	}
	return false
}

// skipWord takes the name if it comes next.
func (p *parser) skipWord(name string) bool {
	if p.peek().word(name) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(op string) error {
	if !p.skip(op) {
		return syntaxError(p.peek().pos, "expected `%s`, got %s", op, p.peek())
	}
	return nil
}

func (p *parser) expectKind(kind tokenKind) (token, error) {
	t := p.peek()
	if t.kind != kind {
		want := token{kind: kind}.String()
		if kind == tokName {
			want = "a name"
		}
		return t, syntaxError(t.pos, "expected %s, got %s", want, t)
	}
	return p.next(), nil
}

// enter guards against texts that nest without end.
func (p *parser) enter() error {
	if p.depth++; p.depth > maxNesting {
		return syntaxError(p.peek().pos, "nested more than %d levels deep", maxNesting)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// chain guards against chains of operators without end.
func (p *parser) chain(links int) error {
	if links > maxChain {
		return syntaxError(p.peek().pos, "more than %d operators in a row", maxChain)
	}
	return nil
}

// body reads `%}`, statements up to one of the words, and that word.
func (p *parser) body(tag token, words ...string) ([]Node, string, error) {
	p.skip(":") // as in Python, for those who are used to it
	end, err := p.expectKind(tokTagEnd)
	if err != nil {
		return nil, "", err
	}
	p.ends = append(p.ends, ending{tag.text, tag.pos, words})
	nodes, err := p.statements()
	p.ends = p.ends[:len(p.ends)-1]
	if err != nil {
		return nil, "", err
	}
	if p.peek().kind == tokEOF {
		return nil, "", errNeverClosed(tag.pos, tag.text, words[len(words)-1])
	}
	p.within = Span{BodyFrom: p.tagEnd(end), BodyTo: p.toks[p.i-1].pos}
	word := p.next()
	if t := p.peek(); t.kind == tokTagEnd {
		p.within.To = p.tagEnd(t)
	}
	return nodes, word.text, nil
}

// tagEnd returns the offset after the closing of a tag.
func (p *parser) tagEnd(t token) int {
	if c := p.src.Text[t.pos]; c == '-' || c == '+' {
		return t.pos + 3
	}
	return t.pos + 2
}

// inner reads a body that has a scope of its own, where unknown filters and
// tests are errors whatever surrounds it.
func (p *parser) inner(tag token, words ...string) ([]Node, string, error) {
	from := len(p.unknown)
	p.deep++
	nodes, end, err := p.body(tag, words...)
	p.deep--
	for i := from; i < len(p.unknown); i++ {
		p.unknown[i].hard = true
	}
	return nodes, end, err
}

// forgive drops the unknown names noted since from: they stand in a branch.
func (p *parser) forgive(from int) {
	kept := p.unknown[:from]
	for _, u := range p.unknown[from:] {
		if u.hard {
			kept = append(kept, u)
		}
	}
	p.unknown = kept
}

// statements reads up to the end of the template, or to a tag that closes what
// surrounds; the `{%` is taken, the closing word is next.
func (p *parser) statements() ([]Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	var body []Node
	for {
		t := p.next()
		switch t.kind {
		case tokEOF:
			return body, nil
		case tokText:
			body = append(body, &Text{Pos(t.pos), t.text})
		case tokPrintBegin:
			n, err := p.print(t)
			if err != nil {
				return nil, err
			}
			body = append(body, n)
		default:
			if p.closes(p.peek()) {
				return body, nil
			}
			p.tagPos = t.pos
			n, err := p.statement()
			if err != nil {
				return nil, err
			}
			if _, err := p.expectKind(tokTagEnd); err != nil {
				return nil, err
			}
			body = append(body, n)
		}
	}
}

func (p *parser) closes(t token) bool {
	return t.kind == tokName && len(p.ends) > 0 && slices.Contains(p.ends[len(p.ends)-1].words, t.text)
}

func (p *parser) print(begin token) (Node, error) {
	value, err := p.tuple(tupleRule{cond: true})
	if err != nil {
		return nil, err
	}
	_, err = p.expectKind(tokPrintEnd)
	return &Print{Pos(begin.pos), value}, err
}

// unknownTag explains a tag that stands where it means nothing.
func (p *parser) unknownTag(t token) error {
	e := &Error{Pos: t.pos, Tag: t.text, Message: "there is no tag `" + t.text + "`"}
	if strings.HasPrefix(t.text, "end") || t.text == "else" || t.text == "elif" {
		e.Message = "`" + t.text + "` closes nothing that is open here"
	}
	if n := len(p.ends); n > 0 {
		open := p.ends[n-1]
		line, _ := p.src.Place(open.pos)
		e.Hint = "the `" + open.tag + "` of line " + strconv.Itoa(line) + " is open and waits for `" +
			strings.Join(open.words, "` or `") + "`"
	}
	return e
}
