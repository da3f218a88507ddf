package jinja

import "strings"

// statement reads one tag after its `{%`, and for tags with a body everything
// up to the closing tag; its `%}` is next.
func (p *parser) statement() (node, error) {
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
		return &doNode{pos(t.pos), value}, err
	case "with":
		return p.withTag(t)
	case "print":
		value, err := p.expression()
		return &printNode{pos(t.pos), value}, err
	default:
		if tag, ok := p.tmpl.env.Tags[t.text]; ok {
			return p.definition(t, tag)
		}
		if n, ok, err := p.templateTag(t); ok {
			return n, err
		}
		return nil, p.unknownTag(t)
	}
}

func (p *parser) ifTag(t token) (node, error) {
	from := len(p.unknown)
	first := &ifNode{pos: pos(t.pos)}
	for n := first; n != nil; {
		var err error
		if n.test, err = p.tuple(tupleRule{}); err != nil {
			return nil, err
		}
		var end string
		if n.then, end, err = p.body(t, "elif", "else", "endif"); err != nil {
			return nil, err
		}
		var next *ifNode
		switch end {
		case "elif":
			next = &ifNode{pos: n.pos, isElif: true}
			n.or = []node{next}
		case "else":
			if n.or, _, err = p.body(t, "endif"); err != nil {
				return nil, err
			}
		}
		n = next
	}
	p.forgive(from)
	return first, nil
}

func (p *parser) forTag(t token) (node, error) {
	n := &forNode{pos: pos(t.pos)}
	p.loops++
	defer func() { p.loops-- }()
	var err error
	if n.target, err = p.target(targetRule{tuple: true, until: "in"}); err != nil {
		return nil, err
	}
	if !p.skipWord("in") {
		return nil, syntaxError(p.peek().pos, "expected `in`, got %s", p.peek())
	}
	if n.over, err = p.tuple(tupleRule{until: "recursive"}); err != nil {
		return nil, err
	}
	if p.skipWord("if") {
		if n.test, err = p.expression(); err != nil {
			return nil, err
		}
	}
	n.recursive = p.skipWord("recursive")
	var end string
	p.breakable++
	p.bodies = append(p.bodies, n)
	n.body, end, err = p.inner(t, "else", "endfor")
	p.bodies = p.bodies[:len(p.bodies)-1]
	p.breakable--
	if err != nil {
		return nil, err
	}
	if end == "else" {
		n.or, _, err = p.inner(t, "endfor")
	}
	return n, err
}

func (p *parser) setTag(t token) (node, error) {
	p.assigns = true
	to, err := p.target(targetRule{tuple: true, namespace: true})
	if err != nil {
		return nil, err
	}
	if p.skip("=") {
		value, err := p.tuple(tupleRule{cond: true})
		return &setNode{pos(t.pos), to, value}, err
	}
	n := &setBlockNode{pos: pos(t.pos), target: to}
	if n.filter, err = p.filters(nil); err != nil {
		return nil, err
	}
	n.body, _, err = p.inner(t, "endset")
	return n, err
}

func (p *parser) macroTag(t token) (node, error) {
	p.assigns = true
	from := p.tagPos
	name, err := p.storeName()
	if err != nil {
		return nil, err
	}
	n := &macroNode{pos: pos(t.pos), name: name}
	if err := p.signature(n); err != nil {
		return nil, err
	}
	err = p.macroBody(t, n, "endmacro")
	n.span.from = from
	return n, err
}

func (p *parser) macroBody(t token, n *macroNode, end string) error {
	p.macros = append(p.macros, n)
	defer func() { p.macros = p.macros[:len(p.macros)-1] }()
	err := p.closed(func() (err error) {
		n.body, _, err = p.inner(t, end)
		return err
	})
	n.span = p.within
	required := n.params[:len(n.params)-len(n.defaults)]
	if err == nil && n.ownCaller && oneOf("caller", required) {
		return syntaxError(t.pos, "the parameter `caller` needs a default: macros are also called without `call`")
	}
	return err
}

// signature reads `(a, b=1)`.
func (p *parser) signature(n *macroNode) error {
	if err := p.expect("("); err != nil {
		return err
	}
	for !p.peek().is(")") {
		if len(n.params) > 0 {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		at := p.peek().pos
		name, err := p.storeName()
		if err != nil {
			return err
		}
		for _, other := range n.params {
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
			n.defaults = append(n.defaults, value)
			declared.Default, declared.HasDefault = p.written(from), true
		} else if len(n.defaults) > 0 {
			return syntaxError(at, "the parameter `%s` needs a default, as those before it have one", name)
		}
		n.params, n.declared = append(n.params, name), append(n.declared, declared)
	}
	return p.expect(")")
}

// written returns the source from an offset up to the next token.
func (p *parser) written(from int) string {
	return strings.TrimSpace(p.tmpl.source[from:p.peek().pos])
}

func (p *parser) callTag(t token) (node, error) {
	n := &callBlockNode{pos: pos(t.pos), body: &macroNode{pos: pos(t.pos), name: "caller", isCaller: true}}
	if p.peek().is("(") {
		if err := p.signature(n.body); err != nil {
			return nil, err
		}
	}
	at := p.peek().pos
	value, err := p.expression()
	if err != nil {
		return nil, err
	}
	call, ok := value.(*callExpr)
	if !ok {
		return nil, syntaxError(at, "`call` needs a call such as `macro(arguments)`")
	}
	n.call = call
	return n, p.macroBody(t, n.body, "endcall")
}

func (p *parser) filterTag(t token) (node, error) {
	first, err := p.filter(&capturedExpr{pos(t.pos)})
	if err != nil {
		return nil, err
	}
	n := &filterBlockNode{pos: pos(t.pos)}
	if n.filter, err = p.filters(first); err != nil {
		return nil, err
	}
	n.body, _, err = p.inner(t, "endfilter")
	return n, err
}

func (p *parser) withTag(t token) (node, error) {
	n := &withNode{pos: pos(t.pos)}
	for p.peek().kind != tokTagEnd {
		if len(n.targets) > 0 {
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
		n.targets = append(n.targets, to)
		n.values = append(n.values, value)
	}
	var err error
	n.body, _, err = p.inner(t, "endwith")
	return n, err
}
