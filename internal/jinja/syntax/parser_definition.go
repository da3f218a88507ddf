package syntax

// definition reads a block of Env.Tags.
func (p *parser) definition(t token, tag Tag) (Node, error) {
	from := p.tagPos
	n := &Macro{Pos: Pos(t.pos)}
	var err error
	if n.Name, err = p.storeName(); err != nil {
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
	n.Span.From = from
	d := &Definition{Pos: Pos(t.pos), Kind: t.text, Macro: n, Options: options}
	if !tag.Signature {
		d.Body = &Tree{Body: n.Body, Blank: blankNames(n.Body)}
	}
	return d, nil
}

// options reads `, word` and `, word=value`.
func (p *parser) options() ([]Option, error) {
	var list []Option
	for p.skip(",") {
		t, err := p.expectKind(tokName)
		if err != nil {
			return nil, err
		}
		o := Option{Pos: Pos(t.pos), Name: t.text}
		if p.skip("=") {
			if o.Value, err = p.expression(); err != nil {
				return nil, err
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
