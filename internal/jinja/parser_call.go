package jinja

// call reads `(arguments)` after what is called.
func (p *parser) call(fn expr) (expr, error) {
	args, err := p.arguments()
	return &callExpr{pos(fn.at()), fn, args}, err
}

// arguments reads positional ones, then `*rest`, named ones and `**rest`.
func (p *parser) arguments() (arguments, error) {
	var a arguments
	p.next()
	for first := true; !p.skip(")"); first = false {
		if !first {
			if err := p.expect(","); err != nil {
				return a, err
			}
			if p.skip(")") {
				break
			}
		}
		if err := p.argument(&a); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (p *parser) argument(a *arguments) error {
	t := p.peek()
	var err error
	var ordered bool
	switch {
	case t.is("*"):
		p.next()
		ordered = a.rest == nil && a.restNamed == nil
		a.rest, err = p.expression()
	case t.is("**"):
		p.next()
		ordered = a.restNamed == nil
		a.restNamed, err = p.expression()
	case t.kind == tokName && p.look().is("="):
		p.i += 2
		ordered = a.restNamed == nil
		for _, other := range a.named {
			if other.name == t.text {
				return syntaxError(t.pos, "the argument `%s` stands twice", t.text)
			}
		}
		var value expr
		value, err = p.expression()
		a.named = append(a.named, namedArg{pos(t.pos), t.text, value})
	default:
		ordered = a.rest == nil && a.restNamed == nil && len(a.named) == 0
		var value expr
		value, err = p.expression()
		a.positional = append(a.positional, value)
	}
	if err == nil && !ordered {
		return syntaxError(t.pos, "arguments come in this order: positional, *rest, named, **rest")
	}
	return err
}

// filterExpression reads filters, tests and calls after an expression.
func (p *parser) filterExpression(e expr) (expr, error) {
	for links := 0; ; links++ {
		t := p.peek()
		err := p.chain(links)
		switch {
		case err != nil:
		case t.is("|"):
			p.next()
			e, err = p.filter(e)
		case t.word("is"):
			e, err = p.test(e)
		case t.is("("):
			e, err = p.call(e)
		default:
			return e, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// filters reads `| a | b`; without a value it is the captured text of a block.
func (p *parser) filters(e expr) (expr, error) {
	for p.peek().is("|") {
		at := p.next().pos
		if e == nil {
			e = &capturedExpr{pos(at)}
		}
		var err error
		if e, err = p.filter(e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// dotted reads a name that may have dots.
func (p *parser) dotted() (token, error) {
	t, err := p.expectKind(tokName)
	for err == nil && p.skip(".") {
		var part token
		part, err = p.expectKind(tokName)
		t.text += "." + part.text
	}
	return t, err
}

func (p *parser) filter(of expr) (expr, error) {
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	if p.tmpl.env.filter(t.text) == nil {
		p.unknown = append(p.unknown, unknownName{err: unknownFilter(t.pos, t.text)})
	}
	n := &filterExpr{pos: pos(t.pos), of: of, name: t.text}
	if p.peek().is("(") {
		n.args, err = p.arguments()
	}
	return n, err
}

func (p *parser) test(of expr) (expr, error) {
	at := p.next().pos
	negated := p.skipWord("not")
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	if p.tmpl.env.test(t.text) == nil {
		p.unknown = append(p.unknown, unknownName{err: unknownTest(t.pos, t.text)})
	}
	n := &testExpr{pos: pos(t.pos), of: of, name: t.text}
	if err := p.testArguments(n); err != nil {
		return nil, err
	}
	if negated {
		return &notExpr{pos(at), n}, nil
	}
	return n, nil
}

// testArguments reads `(arguments)`, or one argument without parentheses as in
// `x is divisibleby 3`.
func (p *parser) testArguments(n *testExpr) error {
	t := p.peek()
	var err error
	if t.is("(") {
		n.args, err = p.arguments()
		return err
	}
	begins := t.kind == tokString || t.kind == tokInt || t.kind == tokFloat || t.is("[") || t.is("{") ||
		t.kind == tokName && t.text != "else" && t.text != "or" && t.text != "and"
	if !begins {
		return nil
	}
	if t.word("is") {
		return syntaxError(t.pos, "tests cannot be chained with `is`")
	}
	arg, err := p.primary()
	if err != nil {
		return err
	}
	if arg, err = p.postfix(arg); err != nil {
		return err
	}
	n.args.positional = []expr{arg}
	return nil
}
