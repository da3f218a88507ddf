package jinja

import (
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// macro is a macro with the scope it was defined in.
type macro struct {
	node  *syntax.Macro
	scope *scope
	tmpl  *Template
	space *space
}

// call runs the macro and returns what it writes.
func (m *macro) call(it *interp, c *Call) (any, error) {
	sc := &scope{outer: m.scope} // the parameters come first, see bind
	outer, around := it.tmpl, it.space
	it.tmpl, it.space = m.tmpl, m.space
	defer func() { it.tmpl, it.space = outer, around }()
	if err := m.bind(it, c, sc); err != nil {
		return nil, err
	}
	for _, name := range m.node.Blank {
		sc.set(name, &python.Undefined{Name: name, Blank: true})
	}
	text, err := it.nested(m.node, func() error { return it.execAll(m.node.Body, sc) })
	if err != nil && !m.node.IsCaller {
		if v, ok := Returned(err); ok {
			return v, nil
		}
	}
	return text, err
}

// nested runs statements one level deeper and returns what they write.
func (it *interp) nested(n syntax.Node, run func() error) (any, error) {
	if it.depth++; it.depth > it.limits.Depth {
		return nil, it.tooDeep(it.tmpl, n.At())
	}
	outer := it.out
	it.out = &output{}
	err := run()
	text := it.taken(it.out, nameOf(n))
	it.out = outer
	it.depth--
	return text, err
}

// nameOf is the name of a macro.
func nameOf(n syntax.Node) string {
	if m, ok := n.(*syntax.Macro); ok && !m.IsCaller {
		return m.Name
	}
	return ""
}

func (it *interp) tooDeep(t *Template, pos int) error {
	return t.locate(limitError("calls are nested more than %d deep: does it call itself without end?", it.limits.Depth), pos)
}

// bind gives the parameters their values. Defaults are evaluated in order and
// see the parameters before them.
func (m *macro) bind(it *interp, c *Call, sc *scope) error {
	n := m.node
	given := make([]bool, len(n.Params))
	for i, p := range n.Params {
		sc.set(p, &python.Undefined{Hint: "the parameter `" + p + "` was not given"})
		if i < len(c.Args) {
			sc.values[i], given[i] = c.Args[i], true
		}
	}
	extra, err := m.bindNamed(c, sc, given)
	if err != nil {
		return err
	}
	if n.Varargs {
		var rest python.Tuple
		if len(c.Args) > len(n.Params) {
			rest = append(rest, c.Args[len(n.Params):]...)
		}
		sc.set("varargs", rest)
	} else if len(c.Args) > len(n.Params) {
		return m.misuse(c, "%w", python.TooMany(len(n.Params), len(c.Args)))
	}
	if n.Kwargs {
		sc.set("kwargs", extra)
	} else if extra.Len() > 0 {
		name, _ := extra.Entry(0)
		return m.misuse(c, "has no argument `%s`", name)
	}
	first := len(n.Params) - len(n.Defaults)
	for i, e := range n.Defaults {
		if given[first+i] {
			continue
		}
		v, err := it.eval(e, sc)
		if err != nil {
			return err
		}
		sc.values[first+i] = v
	}
	return nil
}

// bindNamed places the named arguments and returns those left over.
func (m *macro) bindNamed(c *Call, sc *scope, given []bool) (*python.Dict, error) {
	extra := python.NewDict()
	caller := any(&python.Undefined{Hint: "the macro was not called by `call`", Name: "caller"})
	for _, named := range c.Named {
		i := slices.Index(m.node.Params, named.Name)
		switch {
		case i >= 0 && given[i]:
			if !m.node.Kwargs {
				return nil, m.misuse(c, "got `%s` twice", named.Name)
			}
			extra.SetString(named.Name, named.Value)
		case i >= 0:
			sc.values[i], given[i] = named.Value, true
		case named.Name == "caller" && m.node.Caller:
			caller = named.Value
		default:
			extra.SetString(named.Name, named.Value)
		}
	}
	if m.node.Caller {
		sc.set("caller", caller)
	}
	return extra, nil
}

// misuse is a wrong call: it is the caller's place that matters.
func (m *macro) misuse(c *Call, format string, args ...any) error {
	err := fmt.Errorf("the macro `"+m.node.Name+"` "+format, args...)
	return c.tmpl.locate(err, c.pos)
}

// TypeName is what errors call it.
func (m *macro) TypeName() string { return "macro" }

// Repr returns how it prints.
func (m *macro) Repr() string { return "<Macro " + python.Quote(m.node.Name) + ">" }

// Attr returns what jinja2 says of macros.
func (m *macro) Attr(name string) (any, bool) {
	switch name {
	case "name":
		if m.node.IsCaller {
			return nil, true
		}
		return m.node.Name, true
	case "arguments":
		t := make(python.Tuple, len(m.node.Params))
		for i, p := range m.node.Params {
			t[i] = p
		}
		return t, true
	case "catch_kwargs":
		return m.node.Kwargs, true
	case "catch_varargs":
		return m.node.Varargs, true
	case "caller":
		return m.node.Caller, true
	}
	return nil, false
}
