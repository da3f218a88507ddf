package jinja

// expression reads any expression but a bare tuple.
func (p *parser) expression() (expr, error) {
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
		n := &condExpr{pos: pos(at), test: test, then: e}
		if p.skipWord("else") {
			if n.or, err = p.expression(); err != nil {
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
func (p *parser) tuple(rule tupleRule) (expr, error) {
	start := p.peek().pos
	var items []expr
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
	return &tupleExpr{pos(start), items}, nil
}

func (p *parser) tupleEnds(rule tupleRule) bool {
	t := p.peek()
	return t.kind == tokPrintEnd || t.kind == tokTagEnd || t.is(")") ||
		rule.until != "" && t.word(rule.until)
}

func (p *parser) or() (expr, error) {
	return p.logic("or", func() (expr, error) { return p.logic("and", p.not) })
}

func (p *parser) logic(word string, operand func() (expr, error)) (expr, error) {
	left, err := operand()
	for links := 0; err == nil && p.peek().word(word); links++ {
		if err := p.chain(links); err != nil {
			return nil, err
		}
		at := p.next().pos
		var right expr
		right, err = operand()
		left = &logicExpr{pos(at), word == "or", left, right}
	}
	return left, err
}

func (p *parser) not() (expr, error) {
	if !p.peek().word("not") {
		return p.compare()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	at := p.next().pos
	value, err := p.not()
	return &notExpr{pos(at), value}, err
}

func (p *parser) compare() (expr, error) {
	first, err := p.sum()
	if err != nil {
		return nil, err
	}
	var ops []comparison
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
		ops = append(ops, comparison{pos(t.pos), op, right})
	}
	if len(ops) == 0 {
		return first, nil
	}
	return &compareExpr{ops[0].pos, first, ops}, nil
}

func (p *parser) sum() (expr, error) { return p.binary(p.concat, "+", "-") }

func (p *parser) concat() (expr, error) {
	first, err := p.product()
	if err != nil || !p.peek().is("~") {
		return first, err
	}
	n := &concatExpr{pos(p.peek().pos), []expr{first}}
	for p.skip("~") {
		part, err := p.product()
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, part)
	}
	return n, nil
}

func (p *parser) product() (expr, error) { return p.binary(p.power, "*", "/", "//", "%") }

// power is left-associative, unlike Python's, as in jinja2.
func (p *parser) power() (expr, error) {
	return p.binary(func() (expr, error) { return p.unary(true) }, "**")
}

// binary reads left-associative operators of one precedence.
func (p *parser) binary(operand func() (expr, error), ops ...string) (expr, error) {
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
		var right expr
		right, err = operand()
		left = &binaryExpr{pos(t.pos), t.text, left, right}
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

func (p *parser) unary(filters bool) (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.peek()
	var e expr
	var err error
	if t.is("-") || t.is("+") {
		p.next()
		e, err = p.unary(false)
		e = &unaryExpr{pos(t.pos), t.text, e}
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
