package jinja

import "github.com/tarn-lake/tarn/internal/jinja/python"

// definition reads a block of Env.Tags.
func (p *parser) definition(t token, tag Tag) (node, error) {
	from := p.tagPos
	n := &macroNode{pos: pos(t.pos)}
	var err error
	if n.name, err = p.storeName(); err != nil {
		return nil, err
	}
	if tag.Signature {
		if err := p.signature(n); err != nil {
			return nil, err
		}
	}
	var options []Option
	if tag.Options {
		if options, err = p.options(); err != nil {
			return nil, err
		}
	}
	p.assigns = true
	if err := p.macroBody(t, n, "end"+t.text); err != nil {
		return nil, err
	}
	n.span.from = from
	d := p.tmpl.definition(t.text, n)
	d.Options = options
	if !tag.Signature {
		t := *p.tmpl
		t.body, t.blank = n.body, blankNames(n.body)
		d.body = &t
	}
	return &definitionNode{pos(t.pos), d}, nil
}

// options reads `, word` and `, word=value`. Values know no names.
func (p *parser) options() ([]Option, error) {
	var list []Option
	for p.skip(",") {
		t, err := p.expectKind(tokName)
		if err != nil {
			return nil, err
		}
		o := Option{Name: t.text, Value: true}
		o.Line, o.Column = p.tmpl.place(t.pos)
		if p.skip("=") {
			value, err := p.expression()
			if err != nil {
				return nil, err
			}
			v, err := newInterp(p.tmpl, &Globals{}).eval(value, &scope{})
			if err == nil {
				o.Value, err = python.ToGo(v)
			}
			if err != nil {
				return nil, p.tmpl.locate(err, value.at())
			}
		}
		list = append(list, o)
	}
	return list, nil
}

// annotation reads the type after a parameter's colon, such as `dict[str, int]`.
func (p *parser) annotation() error {
	if _, err := p.expectKind(tokName); err != nil {
		return err
	}
	if !p.skip("[") {
		return nil
	}
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	for first := true; !p.skip("]"); first = false {
		if !first {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		if err := p.annotation(); err != nil {
			return err
		}
	}
	return nil
}
