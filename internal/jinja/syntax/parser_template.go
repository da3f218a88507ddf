package syntax

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// templateTag reads the tags that bring in other templates, blocks, and those
// that end a loop or its turn; ok is false for any other tag.
func (p *parser) templateTag(t token) (n Node, ok bool, err error) {
	switch t.text {
	case "include":
		n, err = p.includeTag(t)
	case "import":
		n, err = p.importTag(t)
	case "from":
		n, err = p.fromTag(t)
	case "extends":
		n, err = p.extendsTag(t)
	case "block":
		n, err = p.blockTag(t)
	case "autoescape":
		n, err = p.autoescapeTag(t)
	case "break":
		n, err = p.loopControl(t, false)
	case "continue":
		n, err = p.loopControl(t, true)
	default:
		return nil, false, nil
	}
	return n, true, err
}

func (p *parser) loopControl(t token, next bool) (Node, error) {
	if p.breakable == 0 {
		return nil, syntaxError(t.pos, "`%s` stands outside of a loop", t.text)
	}
	return &LoopControl{Pos(t.pos), next}, nil
}

// context reads `with context` or `without context`.
func (p *parser) context(missing bool) bool {
	if (p.peek().word("with") || p.peek().word("without")) && p.look().word("context") {
		with := p.next().text == "with"
		p.next()
		return with
	}
	return missing
}

func (p *parser) includeTag(t token) (Node, error) {
	name, err := p.expression()
	n := &Include{Pos: Pos(t.pos), Name: name}
	if err == nil && p.peek().word("ignore") && p.look().word("missing") {
		p.i += 2
		n.Ignore = true
	}
	n.Context = p.context(true)
	return n, err
}

func (p *parser) importTag(t token) (Node, error) {
	p.assigns = true
	name, err := p.expression()
	if err != nil {
		return nil, err
	}
	if !p.skipWord("as") {
		return nil, syntaxError(p.peek().pos, "expected `as`, got %s", p.peek())
	}
	as, err := p.storeName()
	return &Import{Pos: Pos(t.pos), Name: name, As: as, Context: p.context(false)}, err
}

func (p *parser) fromTag(t token) (Node, error) {
	p.assigns = true
	name, err := p.expression()
	if err != nil {
		return nil, err
	}
	if !p.skipWord("import") {
		return nil, syntaxError(p.peek().pos, "expected `import`, got %s", p.peek())
	}
	n := &From{Pos: Pos(t.pos), Name: name}
	for {
		at := p.peek().pos
		before := p.i
		if n.Context = p.context(false); p.i > before {
			return n, nil
		}
		word, err := p.storeName()
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(word, "_") {
			return nil, syntaxError(at, "`%s` begins with an underscore and cannot be imported", word)
		}
		part := ImportedName{Pos: Pos(at), Name: word, As: word}
		if p.skipWord("as") {
			if part.As, err = p.storeName(); err != nil {
				return nil, err
			}
		}
		n.Names = append(n.Names, part)
		before = p.i
		if n.Context = p.context(false); p.i > before || !p.skip(",") {
			return n, nil
		}
	}
}

func (p *parser) extendsTag(t token) (Node, error) {
	if p.deep > 0 {
		return nil, syntaxError(t.pos, "`extends` stands at the top of a template")
	}
	p.extends = true
	name, err := p.expression()
	return &Extends{Pos(t.pos), name}, err
}

func (p *parser) blockTag(t token) (Node, error) {
	name, err := p.expectKind(tokName)
	if err != nil {
		return nil, err
	}
	for _, other := range p.blocks {
		if other.Name == name.text {
			return nil, syntaxError(name.pos, "the block `%s` is defined twice", name.text)
		}
	}
	n := &Block{Pos: Pos(t.pos), Name: name.text, Top: p.deep == 0}
	p.blocks = append(p.blocks, n)
	n.Scoped = p.skipWord("scoped")
	n.Required = p.skipWord("required")
	loops := p.bodies
	for _, loop := range loops {
		loop.UsesLoop = loop.UsesLoop || n.Scoped
	}
	p.bodies = nil
	err = p.closed(func() error {
		n.Body, _, err = p.inner(t, "endblock")
		return err
	})
	p.bodies = loops
	if err != nil {
		return nil, err
	}
	if n.Required {
		for _, part := range n.Body {
			if text, ok := part.(*Text); !ok || strings.TrimFunc(text.Text, python.IsSpace) != "" {
				return nil, syntaxError(part.At(), "a required block holds comments and whitespace only")
			}
		}
	}
	p.skipWord(name.text)
	return n, nil
}

func (p *parser) autoescapeTag(t token) (Node, error) {
	n := &Autoescape{Pos: Pos(t.pos)}
	var err error
	if n.Value, err = p.expression(); err != nil {
		return nil, err
	}
	n.Body, _, err = p.inner(t, "endautoescape")
	return n, err
}

// closed reads a part from which no loop around it can be left.
func (p *parser) closed(read func() error) error {
	outer := p.breakable
	p.breakable = 0
	err := read()
	p.breakable = outer
	return err
}
