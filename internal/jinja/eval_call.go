package jinja

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

func (it *interp) evalCall(e *syntax.Call, sc *scope) (any, error) {
	fn, err := it.eval(e.Fn, sc)
	if err != nil {
		return nil, err
	}
	c := &Call{it: it, tmpl: it.tmpl, pos: e.At()}
	if err := it.arguments(c, &e.Args, sc); err != nil {
		return nil, err
	}
	return it.result(e, sc)(it.invoke(fn, c))
}

func (it *interp) evalFilter(e *syntax.Filter, sc *scope) (any, error) {
	v, err := it.eval(e.Of, sc)
	if err != nil {
		return nil, err
	}
	f := it.env.filter(e.Name)
	if f == nil {
		return nil, it.fail(e, sc, unknownFilter(e.At(), e.Name))
	}
	return it.apply(e, e.Name, f, v, &e.Args, sc)
}

func (it *interp) evalTest(e *syntax.Test, sc *scope) (any, error) {
	v, err := it.eval(e.Of, sc)
	if err != nil {
		return nil, err
	}
	f := it.env.test(e.Name)
	if f == nil {
		return nil, it.fail(e, sc, unknownTest(e.At(), e.Name))
	}
	v, err = it.apply(e, e.Name, f, v, &e.Args, sc)
	return python.Truth(v), err
}

// apply calls a filter or a test on a value.
func (it *interp) apply(n syntax.Node, name string, f Callable, v any, args *syntax.Arguments, sc *scope) (any, error) {
	c := &Call{Arguments: python.Arguments{Args: []any{v}}, it: it, tmpl: it.tmpl, pos: n.At()}
	if err := it.arguments(c, args, sc); err != nil {
		return nil, err
	}
	v, err := it.callBuiltin(name, f, c)
	return it.result(n, sc)(v, err)
}

func (it *interp) callBuiltin(name string, f Callable, c *Call) (any, error) {
	if err := it.step(1); err != nil {
		return nil, err
	}
	if len(c.Args) > 0 {
		if err := it.weigh(c.Args[0]); err != nil {
			return nil, err
		}
	}
	v, err := f(c)
	if err != nil {
		return nil, named(name, err)
	}
	v = python.From(v)
	return v, it.account(v)
}

// arguments evaluates arguments into a call.
func (it *interp) arguments(c *Call, a *syntax.Arguments, sc *scope) error {
	for _, e := range a.Positional {
		v, err := it.eval(e, sc)
		if err != nil {
			return err
		}
		c.Args = append(c.Args, v)
	}
	if a.Rest != nil {
		v, err := it.eval(a.Rest, sc)
		if err != nil {
			return err
		}
		items, err := python.Collect(v)
		if err != nil {
			return it.fail(a.Rest, sc, fmt.Errorf("after `*` stands a list, not %s", python.TypeName(v)))
		}
		c.Args = append(c.Args, items...)
	}
	for _, n := range a.Named {
		v, err := it.eval(n.Value, sc)
		if err != nil {
			return err
		}
		c.Named = append(c.Named, python.Named{Name: n.Name, Value: v, At: n.At()})
	}
	if a.RestNamed != nil {
		return it.restNamed(c, a.RestNamed, sc)
	}
	return nil
}

func (it *interp) restNamed(c *Call, e syntax.Expr, sc *scope) error {
	v, err := it.eval(e, sc)
	if err != nil {
		return err
	}
	d, ok, err := python.AsDict(v)
	if err != nil {
		return it.fail(e, sc, err)
	}
	if !ok {
		return it.fail(e, sc, python.UndefinedOr(fmt.Errorf("after `**` stands a dict, not %s", python.TypeName(v)), v))
	}
	for i := range d.Len() {
		key, value := d.Entry(i)
		name, ok := key.(string)
		if !ok {
			return it.fail(e, sc, fmt.Errorf("the names of arguments are strings"))
		}
		for _, n := range c.Named {
			if n.Name == name {
				return it.fail(e, sc, fmt.Errorf("the argument `%s` stands twice", name))
			}
		}
		c.Named = append(c.Named, python.Named{Name: name, Value: value})
	}
	return nil
}
