package jinja

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// interp runs one render.
type interp struct {
	env    *Env
	limits Limits
	// tmpl is the template whose nodes are being run: places are in its text.
	tmpl *Template
	vars map[string]any
	// converted holds the template's form of vars, made at first use.
	converted map[string]any
	out       *strings.Builder
	captured  string // the text that a block's filter applies to

	steps, written, memory, depth int
}

func newInterp(t *Template, vars map[string]any) *interp {
	return &interp{
		env: t.env, limits: t.env.Limits.withDefaults(), tmpl: t,
		vars: vars, converted: map[string]any{}, out: &strings.Builder{},
	}
}

// scope holds the names set in one block; blocks see those around them.
type scope struct {
	outer  *scope
	names  []string
	values []any
}

// newScope returns a scope within another, with names that start undefined.
func newScope(outer *scope, blank []string) *scope {
	s := &scope{outer: outer}
	for _, name := range blank {
		s.set(name, &Undefined{Name: name})
	}
	return s
}

func (s *scope) set(name string, value any) {
	for i, n := range s.names {
		if n == name {
			s.values[i] = value
			return
		}
	}
	s.names, s.values = append(s.names, name), append(s.values, value)
}

// lookup returns the value of a name; undefined if there is none.
func (it *interp) lookup(name string, sc *scope) any {
	for s := sc; s != nil; s = s.outer {
		for i, n := range s.names {
			if n == name {
				return s.values[i]
			}
		}
	}
	if v, ok := it.converted[name]; ok {
		return v
	}
	if v, ok := it.vars[name]; ok {
		v = From(v)
		it.converted[name] = v
		return v
	}
	if v, ok := core().globals[name]; ok {
		return v
	}
	return &Undefined{Name: name}
}

// known returns every name in scope, for errors.
func (it *interp) known(sc *scope) []string {
	var names []string
	for s := sc; s != nil; s = s.outer {
		names = append(names, s.names...)
	}
	for name := range it.vars {
		names = append(names, name)
	}
	for name := range core().globals {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fail gives an error the place of a node.
func (it *interp) fail(n node, sc *scope, err error) error {
	var f *fault
	if errors.As(err, &f) && f.is.Kind == Unknown && f.is.Known == nil {
		f.is.Known = it.known(sc)
	}
	return it.tmpl.locate(err, n.at())
}

// step counts work, so that every render ends.
func (it *interp) step(n int) error {
	if it.steps += n; it.steps > it.limits.Steps {
		return limitError("stopped after %d steps", it.limits.Steps)
	}
	return nil
}

// account counts memory that an expression asked for.
func (it *interp) account(v any) error {
	switch v := v.(type) {
	case string:
		it.memory += len(v)
	case *List:
		it.memory += 16 * len(v.Items)
	case Tuple:
		it.memory += 16 * len(v)
	default:
		return nil
	}
	if it.memory > it.limits.Memory {
		return limitError("stopped after %d bytes of values", it.limits.Memory)
	}
	return nil
}

func (it *interp) write(s string) error {
	if it.written += len(s); it.written > it.limits.Output {
		return limitError("stopped after %d bytes of output", it.limits.Output)
	}
	it.out.WriteString(s)
	return nil
}

// capture runs statements and returns what they write.
func (it *interp) capture(body []node, sc *scope) (string, error) {
	outer := it.out
	it.out = &strings.Builder{}
	err := it.execAll(body, sc)
	text := it.out.String()
	it.out = outer
	return text, err
}

// invoke calls a value.
func (it *interp) invoke(fn any, c *Call) (any, error) {
	if err := it.step(1); err != nil {
		return nil, err
	}
	var v any
	var err error
	switch fn := fn.(type) {
	case *Func:
		if v, err = fn.Call(c); err != nil {
			return nil, named(fn.Name, err)
		}
	case *macro:
		return fn.call(it, c)
	case *loop:
		return fn.call(it, c)
	case Caller:
		if v, err = fn.Call(c); err != nil {
			return nil, err
		}
	case *Undefined:
		return nil, fn.err()
	default:
		return nil, fmt.Errorf("a %s cannot be called", typeName(fn))
	}
	v = From(v)
	return v, it.account(v)
}

// named puts the name of a builtin before its error; errors that know their
// place or come from the host are left alone.
func named(name string, err error) error {
	if _, ok := err.(interface{ Unwrap() error }); ok {
		return err
	}
	return fmt.Errorf("`%s`: %w", name, err)
}
