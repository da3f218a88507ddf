package syntax

import "slices"

// targetRule says what may be assigned to.
type targetRule struct {
	tuple     bool
	namespace bool   // ns.attr is allowed
	until     string // a name that ends the target
}

var constants = map[string]any{
	"true": true, "True": true, "false": false, "False": false, "none": nil, "None": nil,
}

// storeName reads a name that is to be assigned to.
func (p *parser) storeName() (string, error) {
	t, err := p.expectKind(tokName)
	if err != nil {
		return "", err
	}
	if _, ok := constants[t.text]; ok {
		return "", syntaxError(t.pos, "cannot assign to `%s`", t.text)
	}
	return t.text, nil
}

// Target reads what is assigned to: a name, a namespace's attribute, or
// several of them with commas, in parentheses or without.
func (p *parser) target(rule targetRule) (Target, error) {
	start := p.peek().pos
	var parts []Target
	for {
		if p.targetEnds(rule) {
			break
		}
		part, err := p.targetPart(rule)
		if err != nil {
			return Target{}, err
		}
		if parts = append(parts, part); !rule.tuple || !p.peek().is(",") {
			if len(parts) == 1 {
				return part, nil
			}
			break
		}
		p.next()
	}
	if len(parts) == 0 {
		return Target{}, syntaxError(start, "expected a name to assign to, got %s", p.peek())
	}
	return Target{Pos: Pos(start), Parts: parts, Tuple: true}, nil
}

func (p *parser) targetEnds(rule targetRule) bool {
	t := p.peek()
	return t.kind == tokTagEnd || t.kind == tokPrintEnd || t.is(")") ||
		rule.until != "" && t.word(rule.until)
}

func (p *parser) targetPart(rule targetRule) (Target, error) {
	t := p.peek()
	if t.is("(") {
		if err := p.enter(); err != nil {
			return Target{}, err
		}
		defer p.leave()
		p.next()
		inner, err := p.target(targetRule{tuple: true})
		if err != nil {
			return Target{}, err
		}
		return inner, p.expect(")")
	}
	if t.kind != tokName {
		return Target{}, syntaxError(t.pos, "cannot assign to %s", t)
	}
	name, err := p.storeName()
	if err != nil {
		return Target{}, err
	}
	if name == "loop" && p.loops > 0 {
		return Target{}, syntaxError(t.pos, "cannot assign to `loop` inside a `for`")
	}
	to := Target{Pos: Pos(t.pos), Name: name}
	if rule.namespace && p.skip(".") {
		attr, err := p.expectKind(tokName)
		if err != nil {
			return Target{}, err
		}
		to.Attr = attr.text
	}
	return to, nil
}

// mention notes that the bodies being read use a name that decides what their
// macros take.
func (p *parser) mention(name string) {
	if name == "loop" {
		for _, n := range p.bodies {
			n.UsesLoop = true
		}
	}
	for _, m := range p.macros {
		if slices.Contains(m.Params, name) {
			m.OwnCaller = m.OwnCaller || name == "caller"
			continue
		}
		switch name {
		case "caller":
			m.Caller = true
		case "varargs":
			m.Varargs = true
		case "kwargs":
			m.Kwargs = true
		}
	}
}
