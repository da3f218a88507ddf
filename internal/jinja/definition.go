package jinja

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Tag says how a block tag of the host's reads: `{% kind name … %}…{% endkind %}`
// defines something that the host takes out of the file with
// [Env.Definitions]. In a template that is rendered such a block does nothing.
type Tag struct {
	// Signature lets parameters follow the name, as those of a macro.
	Signature bool
	// Options lets `, word` and `, word=value` follow the name.
	Options bool
	// Raw makes what stands between the tags text, whatever it looks like.
	Raw bool
}

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
	Params       []Param
	Options      []Option

	tmpl *Template
	node *macroNode
	body *Template
}

// Param is one parameter of a definition.
type Param struct {
	Name string
	// Type is its annotation as written, as in `name: list[str]`; mostly empty.
	Type string
	// Default is its default as written; HasDefault tells an empty one from none.
	Default    string
	HasDefault bool
}

// Option is one word after the name of a definition. Its value is as [ToGo]
// gives it, and true where none is written.
type Option struct {
	Name         string
	Value        any
	Line, Column int
}

// Template returns the name of the template that it is defined in.
func (d *Definition) Template() string { return d.tmpl.name }

// Source returns the whole block as written, with the whitespace that its
// outer `-` take away, unless a `-` before the block has taken it already.
func (d *Definition) Source() string {
	src, s := d.tmpl.source, d.node.span
	from, to := s.from, s.to
	before := strings.TrimRightFunc(src[:from], python.IsSpace)
	if strings.HasPrefix(src[from:], "{%-") && !strings.HasSuffix(before, "-%}") {
		from = len(before)
	}
	if strings.HasSuffix(src[:to], "-%}") {
		to = skipSpace(src, to)
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
func (d *Definition) Text() string { return d.tmpl.source[d.node.span.bodyFrom:d.node.span.bodyTo] }

// TextPlace returns where [Definition.Text] begins.
func (d *Definition) TextPlace() (line, column int) { return d.tmpl.place(d.node.span.bodyFrom) }

// Body returns what stands between the tags as a template to be rendered by
// itself; only blocks of tags without [Tag.Signature] have one.
func (d *Definition) Body() *Template { return d.body }

// Call runs the definition for a call of a template's, as [Caller].
func (d *Definition) Call(c *Call) (any, error) { return c.it.invoke(d, c) }

// Run calls the definition in a render of its own.
func (d *Definition) Run(g *Globals, args []any, named ...python.Named) (any, error) {
	it := newInterp(d.tmpl, g)
	c := &Call{it: it, tmpl: d.tmpl, pos: d.node.span.from}
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

// Definitions returns the macros and blocks of [Env.Tags] at the top of a
// parsed template.
func (t *Template) Definitions() []*Definition {
	var list []*Definition
	for _, n := range t.body {
		switch n := n.(type) {
		case *macroNode:
			list = append(list, t.definition("macro", n))
		case *definitionNode:
			list = append(list, n.is)
		}
	}
	return list
}

func (t *Template) definition(kind string, n *macroNode) *Definition {
	d := &Definition{Kind: kind, Name: n.name, Params: n.declared, tmpl: t, node: n}
	d.Line, d.Column = t.place(n.span.from)
	return d
}
