package jinja

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// interp runs one render.
type interp struct {
	env    *Env
	limits Limits
	// tmpl is the template whose nodes are being run: places are in its text.
	tmpl *Template
	// root is the template that is rendered: Globals.Lenient is about it.
	root  *Template
	space *space
	out   *output
	// page is what a template and those it extends have in common.
	page *page
	// modules are the templates that were imported without context.
	modules  map[*Template]*module
	captured string // the text that a block's filter applies to

	steps, written, memory, depth int
}

// space is the globals that code sees, with their values in the form of
// templates, made at first use.
type space struct {
	globals *Globals
	values  map[string]any
}

func newInterp(t *Template, g *Globals) *interp {
	return &interp{
		env: t.env, limits: t.env.Limits.withDefaults(), tmpl: t, root: t,
		space: &space{globals: g}, out: &output{},
	}
}

// ended turns a signal that nothing waited for into an error.
func (it *interp) ended(err error) error {
	if !isSignal(err) {
		return err
	}
	e := &Error{Message: err.Error(), Err: err}
	e.Template = it.tmpl.src.Name
	e.Line, e.Column = it.tmpl.src.Place(0)
	return e
}

// lenient reports whether undefined values answer everything here.
func (it *interp) lenient() bool { return it.space.globals.Lenient && it.tmpl == it.root }

// get returns the value of a global.
func (s *space) get(name string) (any, bool) {
	if v, ok := s.values[name]; ok {
		return v, true
	}
	if s.globals.Lookup == nil {
		return nil, false
	}
	v, ok := s.globals.Lookup(name)
	if !ok {
		return nil, false
	}
	if f, is := v.(func(*Call) (any, error)); is {
		v = Callable(f)
	}
	v = python.From(v)
	if s.values == nil {
		s.values = map[string]any{}
	}
	s.values[name] = v
	return v, true
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
		s.set(name, &python.Undefined{Name: name, Blank: true})
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
	if v, ok := it.space.get(name); ok {
		return v
	}
	if v, ok := core().globals[name]; ok {
		return v
	}
	return &python.Undefined{Name: name}
}

// known returns every name in scope, for errors.
func (it *interp) known(sc *scope) []string {
	var names []string
	for s := sc; s != nil; s = s.outer {
		names = append(names, s.names...)
	}
	if list := it.space.globals.Names; list != nil {
		names = append(names, list()...)
	}
	for name := range core().globals {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fail gives an error the place of a node.
func (it *interp) fail(n syntax.Node, sc *scope, err error) error {
	if isSignal(err) {
		return err
	}
	var unknown *python.UnknownName
	if errors.As(err, &unknown) && unknown.Known == nil {
		unknown.Known = it.known(sc)
	}
	return it.tmpl.locate(err, n.At())
}

// step counts work, so that every render ends.
func (it *interp) step(n int) error {
	if it.steps += n; it.steps > it.limits.Steps {
		return limitError("stopped after %d steps", it.limits.Steps)
	}
	return nil
}

// weigh counts the work of going through a value once.
func (it *interp) weigh(v any) error {
	switch v := v.(type) {
	case string:
		return it.step(len(v) >> 10)
	case *python.List:
		return it.step(len(v.Items) >> 6)
	case python.Tuple:
		return it.step(len(v) >> 6)
	}
	return nil
}

// account counts memory that an expression asked for.
func (it *interp) account(v any) error {
	switch v := v.(type) {
	case string:
		it.memory += len(v)
	case *python.List:
		it.memory += 16 * len(v.Items)
	case python.Tuple:
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
func (it *interp) capture(body []syntax.Node, sc *scope) (string, error) {
	outer := it.out
	it.out = &output{}
	err := it.execAll(body, sc)
	text := it.taken(it.out, "")
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
	case *python.Method:
		if err := it.weigh(fn.Of); err != nil {
			return nil, err
		}
		if v, err = fn.Call(&c.Arguments, c.Invoke); err != nil {
			return nil, named(fn.Name, err)
		}
	case Callable:
		if v, err = fn(c); err != nil {
			return nil, named("function", err)
		}
	case *macro:
		v, err = fn.call(it, c)
		return v, trace(fn.node.Name, c, err)
	case *Definition:
		v, err = fn.call(it, c)
		return v, trace(fn.Name, c, err)
	case *loop:
		return fn.call(it, c)
	case *superRef:
		return fn.call(it, c)
	case Caller:
		if v, err = fn.Call(c); err != nil {
			return nil, err
		}
	case *python.Undefined:
		if it.lenient() {
			return fn, nil
		}
		return nil, fn.Err()
	default:
		return nil, fmt.Errorf("a %s cannot be called", python.TypeName(fn))
	}
	v = python.From(v)
	return v, it.account(v)
}

// named puts the name of a builtin before its error; errors that know their
// place or come from the host are left alone.
func named(name string, err error) error {
	if isSignal(err) {
		return err
	}
	var unknown *python.UnknownName
	if _, wraps := err.(interface{ Unwrap() error }); wraps || errors.As(err, &unknown) {
		return err
	}
	return fmt.Errorf("`%s`: %w", name, err)
}
