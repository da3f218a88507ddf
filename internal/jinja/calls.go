package jinja

import "github.com/tarn-lake/tarn/internal/jinja/python"

// Site is one call as it stands in a text, whether or not it will ever run.
type Site struct {
	// Name is what is called, with the names before it: "ref",
	// "adapter.dispatch". What is called by anything else has none.
	Name string
	// Args and Named are the arguments; Rest is whether `*` or `**` add others.
	Args  []Written
	Named []Written
	Rest  bool
	// Line and Column are the place of the call, as [Call.Place] gives it.
	Line, Column int
}

// Written is an argument. If it is a literal, Known is true and Value is what
// it means, as [ToGo] gives it.
type Written struct {
	Name         string
	Value        any
	Known        bool
	Line, Column int
}

// Calls returns all calls of a template, in the order in which they stand. It
// is plain if it consists of text and of `{{ name(literals) }}` alone: then its
// calls happen once each, in this order, whatever they return.
func (t *Template) Calls() (sites []Site, plain bool) {
	plain = true
	for _, n := range t.body {
		switch n := n.(type) {
		case *textNode:
			continue
		case *printNode:
			if c, ok := n.value.(*callExpr); ok && isLiteralCall(c) {
				continue
			}
		}
		plain = false
	}
	return t.calls(t.body), plain
}

// Calls returns all calls in a definition, its defaults included.
func (d *Definition) Calls() []Site { return d.tmpl.calls([]node{d.node}) }

func (t *Template) calls(body []node) []Site {
	var sites []Site
	walk(body, func(e expr) {
		if c, ok := e.(*callExpr); ok {
			sites = append(sites, t.site(c))
		}
	})
	return sites
}

func (t *Template) site(c *callExpr) Site {
	s := Site{Name: dottedName(c.fn), Rest: c.args.rest != nil || c.args.restNamed != nil}
	s.Line, s.Column = t.place(c.at())
	for _, a := range c.args.positional {
		s.Args = append(s.Args, t.written("", a, a.at()))
	}
	for _, a := range c.args.named {
		s.Named = append(s.Named, t.written(a.name, a.value, a.at()))
	}
	return s
}

func (t *Template) written(name string, e expr, at int) Written {
	w := Written{Name: name}
	w.Line, w.Column = t.place(at)
	if isLiteral(e) {
		v, err := newInterp(t, &Globals{}).eval(e, nil)
		if err == nil {
			w.Value, err = python.ToGo(v)
		}
		w.Known = err == nil
	}
	return w
}

func dottedName(e expr) string {
	switch e := e.(type) {
	case *nameExpr:
		return e.name
	case *attrExpr:
		if of := dottedName(e.of); of != "" {
			return of + "." + e.name
		}
	}
	return ""
}

func isLiteralCall(c *callExpr) bool {
	if _, ok := c.fn.(*nameExpr); !ok || c.args.rest != nil || c.args.restNamed != nil {
		return false
	}
	for _, a := range c.args.named {
		if !isLiteral(a.value) {
			return false
		}
	}
	return areLiterals(c.args.positional)
}

func isLiteral(e expr) bool {
	switch e := e.(type) {
	case *constExpr:
		return true
	case *listExpr:
		return areLiterals(e.items)
	case *tupleExpr:
		return areLiterals(e.items)
	case *dictExpr:
		return areLiterals(e.keys) && areLiterals(e.values)
	case *unaryExpr:
		return isLiteral(e.value)
	}
	return false
}

func areLiterals(list []expr) bool {
	for _, e := range list {
		if !isLiteral(e) {
			return false
		}
	}
	return true
}
