package syntax

// call reads `(arguments)` after what is called.
func (p *parser) call(fn Expr) (Expr, error) {
	args, err := p.arguments()
	return &Call{Pos(fn.At()), fn, args}, err
}

// Arguments reads positional ones, then `*rest`, named ones and `**rest`.
func (p *parser) arguments() (Arguments, error) {
	var a Arguments
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

func (p *parser) argument(a *Arguments) error {
	t := p.peek()
	var err error
	var ordered bool
	switch {
	case t.is("*"):
		p.next()
		ordered = a.Rest == nil && a.RestNamed == nil
		a.Rest, err = p.expression()
	case t.is("**"):
		p.next()
		ordered = a.RestNamed == nil
		a.RestNamed, err = p.expression()
	case t.kind == tokName && p.look().is("="):
		p.i += 2
		ordered = a.RestNamed == nil
		for _, other := range a.Named {
			if other.Name == t.text {
				return syntaxError(t.pos, "the argument `%s` stands twice", t.text)
			}
		}
		var value Expr
		value, err = p.expression()
		a.Named = append(a.Named, NamedArg{Pos(t.pos), t.text, value})
	default:
		ordered = a.Rest == nil && a.RestNamed == nil && len(a.Named) == 0
		var value Expr
		value, err = p.expression()
		a.Positional = append(a.Positional, value)
	}
	if err == nil && !ordered {
		return syntaxError(t.pos, "arguments come in this order: positional, *rest, named, **rest")
	}
	return err
}

// filterExpression reads filters, tests and calls after an expression.
func (p *parser) filterExpression(e Expr) (Expr, error) {
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
func (p *parser) filters(e Expr) (Expr, error) {
	for p.peek().is("|") {
		at := p.next().pos
		if e == nil {
			e = &Captured{Pos(at)}
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

func (p *parser) filter(of Expr) (Expr, error) {
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	if err := p.lang.Filter(t.pos, t.text); err != nil {
		p.unknown = append(p.unknown, unknownName{err: err})
	}
	n := &Filter{Pos: Pos(t.pos), Of: of, Name: t.text}
	if p.peek().is("(") {
		n.Args, err = p.arguments()
	}
	return n, err
}

func (p *parser) test(of Expr) (Expr, error) {
	at := p.next().pos
	negated := p.skipWord("not")
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	if err := p.lang.Test(t.pos, t.text); err != nil {
		p.unknown = append(p.unknown, unknownName{err: err})
	}
	n := &Test{Pos: Pos(t.pos), Of: of, Name: t.text}
	if err := p.testArguments(n); err != nil {
		return nil, err
	}
	if negated {
		return &Not{Pos(at), n}, nil
	}
	return n, nil
}

// testArguments reads `(arguments)`, or one argument without parentheses as in
// `x is divisibleby 3`.
func (p *parser) testArguments(n *Test) error {
	t := p.peek()
	var err error
	if t.is("(") {
		n.Args, err = p.arguments()
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
	n.Args.Positional = []Expr{arg}
	return nil
}
