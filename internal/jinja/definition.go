package jinja

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// Definition is a macro, or a block of one of [Env.Tags], taken out of its
// file. It is a value that templates can call: what it runs in are the globals
// of the render that calls it, and nothing else of its own file. It is
// immutable and safe for concurrent use.
type Definition struct {
	// Kind is the word of the tag: "macro", or a name in [Env.Tags].
	Kind string
	Name string
	// Line and Column are where the opening tag begins.
	Line, Column int
	Params       []syntax.Param
	Options      []Option

	tmpl *Template
	node *syntax.Macro
	body *Template
}

// Option is one word after the name of a definition. Its value is as [ToGo]
// gives it, and true where none is written.
type Option struct {
	Name         string
	Value        any
	Line, Column int
}

// Template returns the name of the template that it is defined in.
func (d *Definition) Template() string { return d.tmpl.src.Name }

// Source returns the whole block as written, with the whitespace that its
// outer `-` take away, unless a `-` before the block has taken it already.
func (d *Definition) Source() string {
	src, s := d.tmpl.src.Text, d.node.Span
	from, to := s.From, s.To
	before := strings.TrimRightFunc(src[:from], python.IsSpace)
	if strings.HasPrefix(src[from:], "{%-") && !strings.HasSuffix(before, "-%}") {
		from = len(before)
	}
	if strings.HasSuffix(src[:to], "-%}") {
		to = len(src) - len(strings.TrimLeftFunc(src[to:], python.IsSpace))
	}
	return src[from:to]
}

// TypeName is what errors call it.
func (d *Definition) TypeName() string { return "macro" }

// Repr returns how it prints.
func (d *Definition) Repr() string { return "<Macro " + python.Quote(d.Name) + ">" }

// Attr returns what jinja2 says of macros.
func (d *Definition) Attr(name string) (any, bool) { return (&macro{node: d.node}).Attr(name) }

// Text returns what stands between the tags, as written.
func (d *Definition) Text() string { return d.tmpl.src.Text[d.node.Span.BodyFrom:d.node.Span.BodyTo] }

// TextPlace returns where [Definition.Text] begins.
func (d *Definition) TextPlace() (line, column int) { return d.tmpl.src.Place(d.node.Span.BodyFrom) }

// Body returns what stands between the tags as a template to be rendered by
// itself; only blocks of tags without [Tag.Signature] have one.
func (d *Definition) Body() *Template { return d.body }

// Call runs the definition for a call of a template's, as [Caller].
func (d *Definition) Call(c *Call) (any, error) { return c.it.invoke(d, c) }

// Run calls the definition in a render of its own.
func (d *Definition) Run(g *Globals, args []any, named ...python.Named) (any, error) {
	it := newInterp(d.tmpl, g)
	c := &Call{it: it, tmpl: d.tmpl, pos: d.node.Span.From}
	for _, a := range args {
		c.Args = append(c.Args, python.From(a))
	}
	for _, n := range named {
		c.Named = append(c.Named, python.Named{Name: n.Name, Value: python.From(n.Value)})
	}
	v, err := d.call(it, c)
	if err != nil {
		return nil, it.ended(d.tmpl.locate(err, c.pos))
	}
	return v, nil
}

func (d *Definition) call(it *interp, c *Call) (any, error) {
	return (&macro{node: d.node, tmpl: d.tmpl, space: it.space}).call(it, c)
}

// Definitions reads the definitions of the given kinds in a file, all kinds if
// none is given, in their order. As in dbt the rest of the file may hold
// anything, and definitions do not stand inside each other, or inside `if` and
// `for`. With an error come those that were read before it.
func (e *Env) Definitions(name, source string, kinds ...string) ([]*Definition, error) {
	whole := &Template{env: e, src: &syntax.Source{Name: name, Text: source}}
	var found []*Definition
	err := syntax.Scan(whole.src, e.language(), kinds, func(from, to int) error {
		t := &Template{env: e, src: whole.src}
		err := t.parse(from, to)
		found = append(found, t.defined...)
		return err
	})
	return found, whole.locate(err, 0)
}

// Definitions returns the macros and blocks of [Env.Tags] at the top of a
// parsed template.
func (t *Template) Definitions() []*Definition { return t.defined }

// definitions makes the definitions at the top of the template.
func (t *Template) definitions() ([]*Definition, error) {
	var list []*Definition
	for _, n := range t.tree.Body {
		switch n := n.(type) {
		case *syntax.Macro:
			list = append(list, t.definition("macro", n))
		case *syntax.Definition:
			d := t.definition(n.Kind, n.Macro)
			if n.Body != nil {
				d.body = &Template{env: t.env, src: t.src, tree: n.Body}
			}
			for _, o := range n.Options {
				option, err := t.option(o)
				if err != nil {
					return nil, err
				}
				d.Options = append(d.Options, option)
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// option evaluates an option; its value knows no names.
func (t *Template) option(n syntax.Option) (Option, error) {
	o := Option{Name: n.Name, Value: true}
	o.Line, o.Column = t.src.Place(n.At())
	if n.Value == nil {
		return o, nil
	}
	v, err := newInterp(t, &Globals{}).eval(n.Value, &scope{})
	if err == nil {
		o.Value, err = python.ToGo(v)
	}
	return o, t.locate(err, n.Value.At())
}

func (t *Template) definition(kind string, n *syntax.Macro) *Definition {
	d := &Definition{Kind: kind, Name: n.Name, Params: n.Declared, tmpl: t, node: n}
	d.Line, d.Column = t.src.Place(n.Span.From)
	return d
}
