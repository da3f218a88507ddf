package syntax

import "strings"

// statement reads one tag after its `{%`, and for tags with a body everything
// up to the closing tag; its `%}` is next.
func (p *parser) statement() (Node, error) {
	t, err := p.expectKind(tokName)
	if err != nil {
		return nil, err
	}
	switch t.text {
	case "if":
		return p.ifTag(t)
	case "for":
		return p.forTag(t)
	case "set":
		return p.setTag(t)
	case "macro":
		return p.macroTag(t)
	case "call":
		return p.callTag(t)
	case "filter":
		return p.filterTag(t)
	case "do":
		value, err := p.tuple(tupleRule{cond: true})
		return &Do{Pos(t.pos), value}, err
	case "with":
		return p.withTag(t)
	case "print":
		value, err := p.expression()
		return &Print{Pos(t.pos), value}, err
	default:
		if tag, ok := p.lang.Tags[t.text]; ok {
			return p.definition(t, tag)
		}
		if n, ok, err := p.templateTag(t); ok {
			return n, err
		}
		return nil, p.unknownTag(t)
	}
}

func (p *parser) ifTag(t token) (Node, error) {
	from := len(p.unknown)
	first := &If{Pos: Pos(t.pos)}
	for n := first; n != nil; {
		var err error
		if n.Test, err = p.tuple(tupleRule{}); err != nil {
			return nil, err
		}
		var end string
		if n.Then, end, err = p.body(t, "elif", "else", "endif"); err != nil {
			return nil, err
		}
		var next *If
		switch end {
		case "elif":
			next = &If{Pos: n.Pos, IsElif: true}
			n.Or = []Node{next}
		case "else":
			if n.Or, _, err = p.body(t, "endif"); err != nil {
				return nil, err
			}
		}
		n = next
	}
	p.forgive(from)
	return first, nil
}

func (p *parser) forTag(t token) (Node, error) {
	n := &For{Pos: Pos(t.pos)}
	p.loops++
	defer func() { p.loops-- }()
	var err error
	if n.Target, err = p.target(targetRule{tuple: true, until: "in"}); err != nil {
		return nil, err
	}
	if !p.skipWord("in") {
		return nil, syntaxError(p.peek().pos, "expected `in`, got %s", p.peek())
	}
	if n.Over, err = p.tuple(tupleRule{until: "recursive"}); err != nil {
		return nil, err
	}
	if p.skipWord("if") {
		if n.Test, err = p.expression(); err != nil {
			return nil, err
		}
	}
	n.Recursive = p.skipWord("recursive")
	var end string
	p.breakable++
	p.bodies = append(p.bodies, n)
	n.Body, end, err = p.inner(t, "else", "endfor")
	p.bodies = p.bodies[:len(p.bodies)-1]
	p.breakable--
	if err != nil {
		return nil, err
	}
	if end == "else" {
		n.Or, _, err = p.inner(t, "endfor")
	}
	return n, err
}

func (p *parser) setTag(t token) (Node, error) {
	p.assigns = true
	to, err := p.target(targetRule{tuple: true, namespace: true})
	if err != nil {
		return nil, err
	}
	if p.skip("=") {
		value, err := p.tuple(tupleRule{cond: true})
		return &Set{Pos(t.pos), to, value}, err
	}
	n := &SetBlock{Pos: Pos(t.pos), Target: to}
	if n.Filter, err = p.filters(nil); err != nil {
		return nil, err
	}
	n.Body, _, err = p.inner(t, "endset")
	return n, err
}

func (p *parser) macroTag(t token) (Node, error) {
	p.assigns = true
	from := p.tagPos
	name, err := p.storeName()
	if err != nil {
		return nil, err
	}
	n := &Macro{Pos: Pos(t.pos), Name: name}
	if err := p.signature(n); err != nil {
		return nil, err
	}
	err = p.macroBody(t, n, "endmacro")
	n.Span.From = from
	return n, err
}

func (p *parser) macroBody(t token, n *Macro, end string) error {
	p.macros = append(p.macros, n)
	defer func() { p.macros = p.macros[:len(p.macros)-1] }()
	err := p.closed(func() (err error) {
		n.Body, _, err = p.inner(t, end)
		return err
	})
	n.Span = p.within
	required := n.Params[:len(n.Params)-len(n.Defaults)]
	if err == nil && n.OwnCaller && oneOf("caller", required) {
		return syntaxError(t.pos, "the parameter `caller` needs a default: macros are also called without `call`")
	}
	return err
}

// signature reads `(a, b=1)`.
func (p *parser) signature(n *Macro) error {
	if err := p.expect("("); err != nil {
		return err
	}
	for !p.peek().is(")") {
		if len(n.Params) > 0 {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		at := p.peek().pos
		name, err := p.storeName()
		if err != nil {
			return err
		}
		for _, other := range n.Params {
			if other == name {
				return syntaxError(at, "the parameter `%s` stands twice", name)
			}
		}
		declared := Param{Name: name}
		if p.skip(":") {
			from := p.peek().pos
			if err := p.annotation(); err != nil {
				return err
			}
			declared.Type = p.written(from)
		}
		if p.skip("=") {
			from := p.peek().pos
			value, err := p.expression()
			if err != nil {
				return err
			}
			n.Defaults = append(n.Defaults, value)
			declared.Default, declared.HasDefault = p.written(from), true
		} else if len(n.Defaults) > 0 {
			return syntaxError(at, "the parameter `%s` needs a default, as those before it have one", name)
		}
		n.Params, n.Declared = append(n.Params, name), append(n.Declared, declared)
	}
	return p.expect(")")
}

// written returns the source from an offset up to the next token.
func (p *parser) written(from int) string {
	return strings.TrimSpace(p.src.Text[from:p.peek().pos])
}

func (p *parser) callTag(t token) (Node, error) {
	n := &CallBlock{Pos: Pos(t.pos), Body: &Macro{Pos: Pos(t.pos), Name: "caller", IsCaller: true}}
	if p.peek().is("(") {
		if err := p.signature(n.Body); err != nil {
			return nil, err
		}
	}
	at := p.peek().pos
	value, err := p.expression()
	if err != nil {
		return nil, err
	}
	call, ok := value.(*Call)
	if !ok {
		return nil, syntaxError(at, "`call` needs a call such as `macro(arguments)`")
	}
	n.Call = call
	return n, p.macroBody(t, n.Body, "endcall")
}

func (p *parser) filterTag(t token) (Node, error) {
	first, err := p.filter(&Captured{Pos(t.pos)})
	if err != nil {
		return nil, err
	}
	n := &FilterBlock{Pos: Pos(t.pos)}
	if n.Filter, err = p.filters(first); err != nil {
		return nil, err
	}
	n.Body, _, err = p.inner(t, "endfilter")
	return n, err
}

func (p *parser) withTag(t token) (Node, error) {
	n := &With{Pos: Pos(t.pos)}
	for p.peek().kind != tokTagEnd {
		if len(n.Targets) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		to, err := p.target(targetRule{tuple: true})
		if err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, err
		}
		n.Targets = append(n.Targets, to)
		n.Values = append(n.Values, value)
	}
	var err error
	n.Body, _, err = p.inner(t, "endwith")
	return n, err
}
