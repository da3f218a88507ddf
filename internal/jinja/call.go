package jinja

import (
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Call is one call of a function, filter or test from a template.
type Call struct {
	python.Arguments
	it   *interp
	tmpl *Template
	pos  int
}

// Func is a function that templates can call.
type Func struct {
	Name string
	Call Callable
}

// NewFunc returns a function of that name.
func NewFunc(name string, f Callable) *Func { return &Func{Name: name, Call: f} }

// Attr returns nothing: functions have no attributes here.
func (*Func) Attr(string) (any, bool) { return nil, false }

// TypeName is what errors call it.
func (*Func) TypeName() string { return "function" }

// Repr returns how it prints.
func (f *Func) Repr() string { return "<function " + f.Name + ">" }

// Attr returns nothing: a function of the host's is a value as it is.
func (Callable) Attr(string) (any, bool) { return nil, false }

// Caller is an [Object] that can be called.
type Caller interface {
	Call(*Call) (any, error)
}

// Place returns the line and column of what is called, counting from 1.
func (c *Call) Place() (line, column int) { return c.tmpl.src.Place(c.pos) }

// NamedPlace returns the line and column of the i-th named argument; one that
// came out of `**` is where the call is.
func (c *Call) NamedPlace(i int) (line, column int) {
	if p := c.Named[i].At; p > 0 {
		return c.tmpl.src.Place(p)
	}
	return c.Place()
}

// Template returns the name of the template that the call stands in.
func (c *Call) Template() string { return c.tmpl.src.Name }

// Invoke calls a value with positional arguments, on behalf of this call.
func (c *Call) Invoke(fn any, args ...any) (any, error) { return c.InvokeNamed(fn, args, nil) }

// Caller returns what `call` hands to what it calls: a value that gives the
// text of the block, to be called with [Call.Invoke].
func (c *Call) Caller() (any, bool) {
	for _, n := range c.Named {
		if n.Name == "caller" {
			return n.Value, true
		}
	}
	return nil, false
}

// Host returns [Globals.Host] of the render.
func (c *Call) Host() any { return c.it.space.globals.Host }

// Global returns the value of one of the globals of the render, or of the
// language.
func (c *Call) Global(name string) (any, bool) {
	v := c.it.lookup(name, nil)
	if _, missing := v.(*python.Undefined); missing {
		return nil, false
	}
	return v, true
}

// Render runs another template with the globals of this render, and within
// its limits.
func (c *Call) Render(t *Template) (string, error) {
	it := c.it
	outer := it.out
	it.out = &output{}
	it.depth++
	var err error
	if it.depth > it.limits.Depth {
		err = it.tooDeep(t, 0)
	} else {
		err = t.locate(it.execTemplate(t), 0)
	}
	text := it.taken(it.out, "")
	it.depth--
	it.out = outer
	return text, err
}

// InvokeNamed calls a value with arguments, on behalf of this call.
// Go values are converted as by [From].
func (c *Call) InvokeNamed(fn any, args []any, named []python.Named) (any, error) {
	inner := &Call{it: c.it, tmpl: c.tmpl, pos: c.pos}
	for _, a := range args {
		inner.Args = append(inner.Args, python.From(a))
	}
	for _, n := range named {
		inner.Named = append(inner.Named, python.Named{Name: n.Name, Value: python.From(n.Value), At: n.At})
	}
	return c.it.invoke(python.From(fn), inner)
}

// Step counts work against the limits of the render, for functions that loop.
func (c *Call) Step(n int) error { return c.it.step(n) }
