package jinja

import (
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

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
	for _, n := range t.tree.Body {
		switch n := n.(type) {
		case *syntax.Text:
			continue
		case *syntax.Print:
			if c, ok := n.Value.(*syntax.Call); ok && isLiteralCall(c) {
				continue
			}
		}
		plain = false
	}
	return t.calls(t.tree.Body), plain
}

// Calls returns all calls in a definition, its defaults included.
func (d *Definition) Calls() []Site { return d.tmpl.calls([]syntax.Node{d.node}) }

func (t *Template) calls(body []syntax.Node) []Site {
	var sites []Site
	syntax.Walk(body, func(e syntax.Expr) {
		if c, ok := e.(*syntax.Call); ok {
			sites = append(sites, t.site(c))
		}
	})
	return sites
}

func (t *Template) site(c *syntax.Call) Site {
	s := Site{Name: dottedName(c.Fn), Rest: c.Args.Rest != nil || c.Args.RestNamed != nil}
	s.Line, s.Column = t.src.Place(c.At())
	for _, a := range c.Args.Positional {
		s.Args = append(s.Args, t.written("", a, a.At()))
	}
	for _, a := range c.Args.Named {
		s.Named = append(s.Named, t.written(a.Name, a.Value, a.At()))
	}
	return s
}

func (t *Template) written(name string, e syntax.Expr, at int) Written {
	w := Written{Name: name}
	w.Line, w.Column = t.src.Place(at)
	if isLiteral(e) {
		v, err := newInterp(t, &Globals{}).eval(e, nil)
		if err == nil {
			w.Value, err = python.ToGo(v)
		}
		w.Known = err == nil
	}
	return w
}

func dottedName(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Name:
		return e.Name
	case *syntax.Attr:
		if of := dottedName(e.Of); of != "" {
			return of + "." + e.Name
		}
	}
	return ""
}

func isLiteralCall(c *syntax.Call) bool {
	if _, ok := c.Fn.(*syntax.Name); !ok || c.Args.Rest != nil || c.Args.RestNamed != nil {
		return false
	}
	for _, a := range c.Args.Named {
		if !isLiteral(a.Value) {
			return false
		}
	}
	return areLiterals(c.Args.Positional)
}

func isLiteral(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Const:
		return true
	case *syntax.List:
		return areLiterals(e.Items)
	case *syntax.Tuple:
		return areLiterals(e.Items)
	case *syntax.Dict:
		return areLiterals(e.Keys) && areLiterals(e.Values)
	case *syntax.Unary:
		return isLiteral(e.Value)
	}
	return false
}

func areLiterals(list []syntax.Expr) bool {
	for _, e := range list {
		if !isLiteral(e) {
			return false
		}
	}
	return true
}
