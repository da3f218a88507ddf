package jinja

import (
	"fmt"
	"strings"
)

// Call is one call of a function, filter or test from a template.
type Call struct {
	Args  []any
	Named []Named
	it    *interp
	tmpl  *Template
	pos   int
}

// Named is one argument that was given by name.
type Named struct {
	Name  string
	Value any
	pos   int
}

// Place returns the line and column of what is called, counting from 1.
func (c *Call) Place() (line, column int) { return c.tmpl.place(c.pos) }

// NamedPlace returns the line and column of the i-th named argument; one that
// came out of `**` is where the call is.
func (c *Call) NamedPlace(i int) (line, column int) {
	if p := c.Named[i].pos; p > 0 {
		return c.tmpl.place(p)
	}
	return c.Place()
}

// Template returns the name of the template that the call stands in.
func (c *Call) Template() string { return c.tmpl.name }

// Arg returns the argument at a position or of a name.
func (c *Call) Arg(i int, name string) (any, bool) {
	if i < len(c.Args) {
		return c.Args[i], true
	}
	for _, n := range c.Named {
		if n.Name == name {
			return n.Value, true
		}
	}
	return nil, false
}

// Bind matches the arguments to parameters as Python does and returns them in
// order, nil for those left out. A name that ends with "?" may be left out; one
// that begins with "_" is positional only.
func (c *Call) Bind(params ...string) (Bound, error) {
	if len(c.Args) > len(params) {
		return Bound{}, fmt.Errorf("takes %s, not %d", count(len(params), "argument"), len(c.Args))
	}
	b := Bound{values: make([]any, len(params)), given: make([]bool, len(params))}
	for i, v := range c.Args {
		b.values[i], b.given[i] = v, true
	}
	for _, n := range c.Named {
		i := parameter(params, n.Name)
		switch {
		case i < 0:
			return Bound{}, fmt.Errorf("has no argument `%s`", n.Name)
		case b.given[i]:
			return Bound{}, fmt.Errorf("got `%s` twice", n.Name)
		}
		b.values[i], b.given[i] = n.Value, true
	}
	for i, p := range params {
		if !b.given[i] && !strings.HasSuffix(p, "?") {
			return Bound{}, fmt.Errorf("needs the argument `%s`", strings.Trim(p, "_"))
		}
	}
	return b, nil
}

func parameter(params []string, name string) int {
	for i, p := range params {
		if strings.TrimSuffix(p, "?") == name {
			return i
		}
	}
	return -1
}

// Bound is the arguments of a call in the order of its parameters.
type Bound struct {
	values []any
	given  []bool
}

// Has reports whether the i-th parameter got an argument.
func (b Bound) Has(i int) bool { return b.given[i] }

// Any returns the i-th argument, or what to take in its place.
func (b Bound) Any(i int, missing any) any {
	if !b.given[i] {
		return missing
	}
	return b.values[i]
}

// String returns the i-th argument, which has to be a string.
func (b Bound) String(i int, missing string) (string, error) {
	v := b.Any(i, missing)
	s, ok := v.(string)
	if !ok {
		return "", undefinedOr(fmt.Errorf("needs a str as argument %d, got %s", i+1, typeName(v)), v)
	}
	return s, nil
}

// Int returns the i-th argument, which has to be an integer.
func (b Bound) Int(i int, missing int64) (int64, error) {
	v := b.Any(i, missing)
	n, ok := smallInt(v)
	if !ok {
		return 0, undefinedOr(fmt.Errorf("needs an int as argument %d, got %s", i+1, typeName(v)), v)
	}
	return n, nil
}

// Bool returns the truth of the i-th argument.
func (b Bound) Bool(i int, missing bool) bool { return truth(b.Any(i, missing)) }

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return itoa(n) + " " + what
}

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
	if _, missing := v.(*Undefined); missing {
		return nil, false
	}
	return v, true
}

// Render runs another template with the globals of this render, and within
// its limits.
func (c *Call) Render(t *Template) (string, error) {
	it := c.it
	outer := it.out
	it.out = &strings.Builder{}
	it.depth++
	var err error
	if it.depth > it.limits.Depth {
		err = it.tooDeep(t, 0)
	} else {
		err = t.locate(it.execTemplate(t), 0)
	}
	text := it.out.String()
	it.depth--
	it.out = outer
	return text, err
}
