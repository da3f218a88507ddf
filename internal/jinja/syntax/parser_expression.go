package syntax

// expression reads any expression but a bare tuple.
func (p *parser) expression() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	from := len(p.unknown)
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	for links := 0; p.peek().word("if"); links++ {
		if err := p.chain(links); err != nil {
			return nil, err
		}
		at := p.next().pos
		test, err := p.or()
		if err != nil {
			return nil, err
		}
		n := &Cond{Pos: Pos(at), Test: test, Then: e}
		if p.skipWord("else") {
			if n.Or, err = p.expression(); err != nil {
				return nil, err
			}
		}
		p.forgive(from)
		e = n
	}
	return e, nil
}

// tupleRule says how far a tuple without parentheses may reach.
type tupleRule struct {
	cond   bool   // a conditional expression is allowed
	until  string // a name that ends the tuple
	parens bool   // it stands in parentheses and may be empty
}

// tuple reads an expression, or several with commas.
func (p *parser) tuple(rule tupleRule) (Expr, error) {
	start := p.peek().pos
	var items []Expr
	for {
		if p.tupleEnds(rule) {
			break
		}
		read := p.or
		if rule.cond {
			read = p.expression
		}
		e, err := read()
		if err != nil {
			return nil, err
		}
		if items = append(items, e); !p.peek().is(",") {
			if len(items) == 1 {
				return e, nil
			}
			break
		}
		p.next()
	}
	if len(items) == 0 && !rule.parens {
		return nil, syntaxError(p.peek().pos, "expected an expression, got %s", p.peek())
	}
	return &Tuple{Pos(start), items}, nil
}

func (p *parser) tupleEnds(rule tupleRule) bool {
	t := p.peek()
	return t.kind == tokPrintEnd || t.kind == tokTagEnd || t.is(")") ||
		rule.until != "" && t.word(rule.until)
}

func (p *parser) or() (Expr, error) {
	return p.logic("or", func() (Expr, error) { return p.logic("and", p.not) })
}

func (p *parser) logic(word string, operand func() (Expr, error)) (Expr, error) {
	left, err := operand()
	for links := 0; err == nil && p.peek().word(word); links++ {
		if err := p.chain(links); err != nil {
			return nil, err
		}
		at := p.next().pos
		var right Expr
		right, err = operand()
		left = &Logic{Pos(at), word == "or", left, right}
	}
	return left, err
}

func (p *parser) not() (Expr, error) {
	if !p.peek().word("not") {
		return p.compare()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	at := p.next().pos
	value, err := p.not()
	return &Not{Pos(at), value}, err
}

func (p *parser) compare() (Expr, error) {
	first, err := p.sum()
	if err != nil {
		return nil, err
	}
	var ops []Comparison
	for {
		t := p.peek()
		op := ""
		switch {
		case t.kind == tokOp && (t.text == "==" || t.text == "!=" || t.text == "<" ||
			t.text == "<=" || t.text == ">" || t.text == ">="):
			op = t.text
		case t.word("in"):
			op = "in"
		case t.word("not") && p.look().word("in"):
			p.next()
			op = "notin"
		}
		if op == "" {
			break
		}
		p.next()
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		ops = append(ops, Comparison{Pos(t.pos), op, right})
	}
	if len(ops) == 0 {
		return first, nil
	}
	return &Compare{ops[0].Pos, first, ops}, nil
}

func (p *parser) sum() (Expr, error) { return p.binary(p.concat, "+", "-") }

func (p *parser) concat() (Expr, error) {
	first, err := p.product()
	if err != nil || !p.peek().is("~") {
		return first, err
	}
	n := &Concat{Pos(p.peek().pos), []Expr{first}}
	for p.skip("~") {
		part, err := p.product()
		if err != nil {
			return nil, err
		}
		n.Parts = append(n.Parts, part)
	}
	return n, nil
}

func (p *parser) product() (Expr, error) { return p.binary(p.power, "*", "/", "//", "%") }

// power is left-associative, unlike Python's, as in jinja2.
func (p *parser) power() (Expr, error) {
	return p.binary(func() (Expr, error) { return p.unary(true) }, "**")
}

// binary reads left-associative operators of one precedence.
func (p *parser) binary(operand func() (Expr, error), ops ...string) (Expr, error) {
	left, err := operand()
	for links := 0; err == nil; links++ {
		if err := p.chain(links); err != nil {
			return nil, err
		}
		t := p.peek()
		if t.kind != tokOp || !oneOf(t.text, ops) {
			break
		}
		p.next()
		var right Expr
		right, err = operand()
		left = &Binary{Pos(t.pos), t.text, left, right}
	}
	return left, err
}

func oneOf(s string, list []string) bool {
	for _, l := range list {
		if s == l {
			return true
		}
	}
	return false
}

func (p *parser) unary(filters bool) (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.peek()
	var e Expr
	var err error
	if t.is("-") || t.is("+") {
		p.next()
		e, err = p.unary(false)
		e = &Unary{Pos(t.pos), t.text, e}
	} else {
		e, err = p.primary()
	}
	if err != nil {
		return nil, err
	}
	if e, err = p.postfix(e); err != nil || !filters {
		return e, err
	}
	return p.filterExpression(e)
}
