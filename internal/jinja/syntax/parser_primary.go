package syntax

import (
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// primary reads a name, a literal, or something in brackets.
func (p *parser) primary() (Expr, error) {
	t := p.peek()
	switch t.kind {
	case tokName:
		p.next()
		if value, ok := constants[t.text]; ok {
			return &Const{Pos(t.pos), value}, nil
		}
		p.mention(t.text)
		return &Name{Pos(t.pos), t.text}, nil
	case tokString:
		text := p.next().text
		for p.peek().kind == tokString {
			text += p.next().text
		}
		return &Const{Pos(t.pos), text}, nil
	case tokInt:
		p.next()
		value, err := python.IntLiteral(t.text)
		if err != nil {
			return nil, syntaxError(t.pos, "%s", err)
		}
		return &Const{Pos(t.pos), value}, nil
	case tokFloat:
		p.next()
		value, _ := strconv.ParseFloat(strings.ReplaceAll(t.text, "_", ""), 64) // too big is inf, as in Python
		return &Const{Pos(t.pos), value}, nil
	}
	switch {
	case t.is("("):
		p.next()
		e, err := p.tuple(tupleRule{cond: true, parens: true})
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	case t.is("["):
		p.next()
		items, err := p.items("]")
		return &List{Pos(t.pos), items}, err
	case t.is("{"):
		return p.dict()
	}
	return nil, syntaxError(t.pos, "expected an expression, got %s", t)
}

// items reads expressions with commas, and the closing bracket.
func (p *parser) items(closing string) ([]Expr, error) {
	var items []Expr
	for !p.skip(closing) {
		if len(items) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
			if p.skip(closing) {
				break
			}
		}
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, e)
	}
	return items, nil
}

func (p *parser) dict() (Expr, error) {
	n := &Dict{Pos: Pos(p.next().pos)}
	for !p.skip("}") {
		if len(n.Keys) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
			if p.skip("}") {
				break
			}
		}
		key, err := p.expression()
		if err != nil {
			return nil, err
		}
		if err := p.expect(":"); err != nil {
			return nil, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, err
		}
		n.Keys, n.Values = append(n.Keys, key), append(n.Values, value)
	}
	return n, nil
}

// postfix reads `.name`, `[index]` and `(arguments)`.
func (p *parser) postfix(e Expr) (Expr, error) {
	for links := 0; ; links++ {
		t := p.peek()
		err := p.chain(links)
		switch {
		case err != nil:
		case t.is("."):
			e, err = p.attribute(e)
		case t.is("["):
			e, err = p.subscript(e)
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

func (p *parser) attribute(of Expr) (Expr, error) {
	p.next()
	t := p.next()
	switch t.kind {
	case tokName:
		return &Attr{Pos(t.pos), of, t.text}, nil
	case tokInt:
		value, err := python.IntLiteral(t.text)
		if err != nil {
			return nil, syntaxError(t.pos, "%s", err)
		}
		return &Item{Pos(t.pos), of, &Const{Pos(t.pos), value}}, nil
	}
	return nil, syntaxError(t.pos, "expected a name or a number after the dot, got %s", t)
}

func (p *parser) subscript(of Expr) (Expr, error) {
	at := Pos(p.next().pos)
	var args []Expr
	for !p.peek().is("]") {
		if len(args) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		arg, err := p.index()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	p.next()
	if len(args) == 1 {
		return &Item{at, of, args[0]}, nil
	}
	return &Item{at, of, &Tuple{at, args}}, nil
}

// index reads an index, or a slice.
func (p *parser) index() (Expr, error) {
	n := &Slice{Pos: Pos(p.peek().pos)}
	var err error
	if !p.peek().is(":") {
		if n.Start, err = p.expression(); err != nil || !p.peek().is(":") {
			return n.Start, err
		}
	}
	p.next()
	ends := func() bool { return p.peek().is(":") || p.peek().is("]") || p.peek().is(",") }
	if !ends() {
		if n.Stop, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if p.skip(":") && !ends() {
		n.Step, err = p.expression()
	}
	return n, err
}
