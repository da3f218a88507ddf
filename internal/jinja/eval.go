package jinja

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// eval returns the value of an expression.
func (it *interp) eval(e syntax.Expr, sc *scope) (any, error) {
	switch e := e.(type) {
	case *syntax.Const:
		return e.Value, nil
	case *syntax.Name:
		return it.lookup(e.Name, sc), nil
	case *syntax.Attr:
		return it.evalAttr(e, sc)
	case *syntax.Call:
		return it.evalCall(e, sc)
	case *syntax.Filter:
		return it.evalFilter(e, sc)
	case *syntax.Test:
		return it.evalTest(e, sc)
	case *syntax.Item:
		return it.evalItem(e, sc)
	case *syntax.List:
		items, err := it.evalAll(e.Items, sc)
		return &python.List{Items: items}, err
	case *syntax.Tuple:
		items, err := it.evalAll(e.Items, sc)
		return python.Tuple(items), err
	case *syntax.Dict:
		return it.evalDict(e, sc)
	case *syntax.Captured:
		return it.captured, nil
	}
	return it.evalOperator(e, sc)
}

func (it *interp) evalOperator(e syntax.Expr, sc *scope) (any, error) {
	switch e := e.(type) {
	case *syntax.Binary:
		return it.evalBinary(e, sc)
	case *syntax.Unary:
		v, err := it.eval(e.Value, sc)
		if err != nil {
			return nil, err
		}
		return it.result(e, sc)(python.Unary(e.Op, v))
	case *syntax.Concat:
		return it.evalConcat(e, sc)
	case *syntax.Not:
		v, err := it.eval(e.Value, sc)
		return !python.Truth(v), err
	case *syntax.Logic:
		left, err := it.eval(e.Left, sc)
		if err != nil || python.Truth(left) == e.Or {
			return left, err
		}
		return it.eval(e.Right, sc)
	case *syntax.Compare:
		return it.evalCompare(e, sc)
	case *syntax.Cond:
		return it.evalCond(e, sc)
	}
	return nil, it.fail(e, sc, fmt.Errorf("this expression cannot stand here"))
}

// result returns a function that gives the error of an operation its place;
// it takes what the operation returns, so that the two chain.
func (it *interp) result(n syntax.Node, sc *scope) func(any, error) (any, error) {
	return func(v any, err error) (any, error) {
		if err == nil {
			return v, nil
		}
		return nil, it.fail(n, sc, err)
	}
}

func (it *interp) evalAttr(e *syntax.Attr, sc *scope) (any, error) {
	of, err := it.eval(e.Of, sc)
	if err != nil {
		return nil, err
	}
	v, err := python.Attribute(of, e.Name)
	switch {
	case err == nil:
		return v, nil
	case it.lenient():
		return of, nil
	case of.(*python.Undefined).IsPart:
		return nil, it.fail(e, sc, err)
	}
	return nil, it.fail(e.Of, sc, err) // the name that has no value, not what was asked of it
}

func (it *interp) evalAll(list []syntax.Expr, sc *scope) ([]any, error) {
	items := make([]any, len(list))
	for i, e := range list {
		v, err := it.eval(e, sc)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

func (it *interp) evalDict(e *syntax.Dict, sc *scope) (any, error) {
	d := python.NewDict()
	for i, k := range e.Keys {
		key, err := it.eval(k, sc)
		if err != nil {
			return nil, err
		}
		value, err := it.eval(e.Values[i], sc)
		if err != nil {
			return nil, err
		}
		if err := d.Set(key, value); err != nil {
			return nil, it.fail(k, sc, err)
		}
	}
	return d, nil
}

func (it *interp) evalBinary(e *syntax.Binary, sc *scope) (any, error) {
	left, err := it.eval(e.Left, sc)
	if err != nil {
		return nil, err
	}
	right, err := it.eval(e.Right, sc)
	if err != nil {
		return nil, err
	}
	v, err := python.Operate(e.Op, left, right)
	if err == nil {
		err = it.account(v)
	}
	if err != nil {
		return nil, it.fail(e, sc, err)
	}
	return v, nil
}

func (it *interp) evalConcat(e *syntax.Concat, sc *scope) (any, error) {
	var b strings.Builder
	for _, part := range e.Parts {
		v, err := it.eval(part, sc)
		if err != nil {
			return nil, err
		}
		s, err := python.Str(v)
		if err == nil && b.Len()+len(s) > python.MaxString {
			err = python.ErrTooLong
		}
		if err != nil {
			return nil, it.fail(e, sc, err)
		}
		b.WriteString(s)
	}
	if err := it.account(b.String()); err != nil {
		return nil, it.fail(e, sc, err)
	}
	return b.String(), nil
}

func (it *interp) evalCompare(e *syntax.Compare, sc *scope) (any, error) {
	left, err := it.eval(e.First, sc)
	if err != nil {
		return nil, err
	}
	for _, c := range e.Ops {
		right, err := it.eval(c.Right, sc)
		if err != nil {
			return nil, err
		}
		if err := it.weigh(right); err != nil {
			return nil, it.fail(c, sc, err)
		}
		ok, err := python.Holds(c.Op, left, right)
		if err != nil {
			return nil, it.fail(c, sc, err)
		}
		if !ok {
			return false, nil
		}
		left = right
	}
	return true, nil
}

func (it *interp) evalCond(e *syntax.Cond, sc *scope) (any, error) {
	test, err := it.eval(e.Test, sc)
	switch {
	case err != nil:
		return nil, err
	case python.Truth(test):
		return it.eval(e.Then, sc)
	case e.Or == nil:
		return &python.Undefined{Hint: "the inline `if` was false and has no `else`"}, nil
	}
	return it.eval(e.Or, sc)
}

func (it *interp) evalItem(e *syntax.Item, sc *scope) (any, error) {
	of, err := it.eval(e.Of, sc)
	if err != nil {
		return nil, err
	}
	s, ok := e.Index.(*syntax.Slice)
	if !ok {
		key, err := it.eval(e.Index, sc)
		if err != nil {
			return nil, err
		}
		if _, undefined := of.(*python.Undefined); undefined && it.lenient() {
			return of, nil
		}
		return it.result(e, sc)(python.Subscript(of, key))
	}
	var bounds [3]any
	for i, part := range []syntax.Expr{s.Start, s.Stop, s.Step} {
		if part == nil {
			continue
		}
		if bounds[i], err = it.eval(part, sc); err != nil {
			return nil, err
		}
	}
	v, err := python.Slice(of, bounds[0], bounds[1], bounds[2])
	if err == nil {
		err = it.account(v)
	}
	return it.result(e, sc)(v, err)
}
