package jinja

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// eval returns the value of an expression.
func (it *interp) eval(e expr, sc *scope) (any, error) {
	switch e := e.(type) {
	case *constExpr:
		return e.value, nil
	case *nameExpr:
		return it.lookup(e.name, sc), nil
	case *attrExpr:
		return it.evalAttr(e, sc)
	case *callExpr:
		return it.evalCall(e, sc)
	case *filterExpr:
		return it.evalFilter(e, sc)
	case *testExpr:
		return it.evalTest(e, sc)
	case *itemExpr:
		return it.evalItem(e, sc)
	case *listExpr:
		items, err := it.evalAll(e.items, sc)
		return &python.List{Items: items}, err
	case *tupleExpr:
		items, err := it.evalAll(e.items, sc)
		return python.Tuple(items), err
	case *dictExpr:
		return it.evalDict(e, sc)
	case *capturedExpr:
		return it.captured, nil
	}
	return it.evalOperator(e, sc)
}

func (it *interp) evalOperator(e expr, sc *scope) (any, error) {
	switch e := e.(type) {
	case *binaryExpr:
		return it.evalBinary(e, sc)
	case *unaryExpr:
		v, err := it.eval(e.value, sc)
		if err != nil {
			return nil, err
		}
		return it.result(e, sc)(python.Unary(e.op, v))
	case *concatExpr:
		return it.evalConcat(e, sc)
	case *notExpr:
		v, err := it.eval(e.value, sc)
		return !python.Truth(v), err
	case *logicExpr:
		left, err := it.eval(e.left, sc)
		if err != nil || python.Truth(left) == e.or {
			return left, err
		}
		return it.eval(e.right, sc)
	case *compareExpr:
		return it.evalCompare(e, sc)
	case *condExpr:
		return it.evalCond(e, sc)
	}
	return nil, it.fail(e, sc, fmt.Errorf("this expression cannot stand here"))
}

// result returns a function that gives the error of an operation its place;
// it takes what the operation returns, so that the two chain.
func (it *interp) result(n node, sc *scope) func(any, error) (any, error) {
	return func(v any, err error) (any, error) {
		if err == nil {
			return v, nil
		}
		return nil, it.fail(n, sc, err)
	}
}

func (it *interp) evalAttr(e *attrExpr, sc *scope) (any, error) {
	of, err := it.eval(e.of, sc)
	if err != nil {
		return nil, err
	}
	v, err := python.Attribute(of, e.name)
	switch {
	case err == nil:
		return v, nil
	case it.lenient():
		return of, nil
	case of.(*python.Undefined).IsPart:
		return nil, it.fail(e, sc, err)
	}
	return nil, it.fail(e.of, sc, err) // the name that has no value, not what was asked of it
}

func (it *interp) evalAll(list []expr, sc *scope) ([]any, error) {
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

func (it *interp) evalDict(e *dictExpr, sc *scope) (any, error) {
	d := python.NewDict()
	for i, k := range e.keys {
		key, err := it.eval(k, sc)
		if err != nil {
			return nil, err
		}
		value, err := it.eval(e.values[i], sc)
		if err != nil {
			return nil, err
		}
		if err := d.Set(key, value); err != nil {
			return nil, it.fail(k, sc, err)
		}
	}
	return d, nil
}

func (it *interp) evalBinary(e *binaryExpr, sc *scope) (any, error) {
	left, err := it.eval(e.left, sc)
	if err != nil {
		return nil, err
	}
	right, err := it.eval(e.right, sc)
	if err != nil {
		return nil, err
	}
	v, err := python.Operate(e.op, left, right)
	if err == nil {
		err = it.account(v)
	}
	if err != nil {
		return nil, it.fail(e, sc, err)
	}
	return v, nil
}

func (it *interp) evalConcat(e *concatExpr, sc *scope) (any, error) {
	var b strings.Builder
	for _, part := range e.parts {
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

func (it *interp) evalCompare(e *compareExpr, sc *scope) (any, error) {
	left, err := it.eval(e.first, sc)
	if err != nil {
		return nil, err
	}
	for _, c := range e.ops {
		right, err := it.eval(c.right, sc)
		if err != nil {
			return nil, err
		}
		if err := it.weigh(right); err != nil {
			return nil, it.fail(c, sc, err)
		}
		ok, err := python.Holds(c.op, left, right)
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

func (it *interp) evalCond(e *condExpr, sc *scope) (any, error) {
	test, err := it.eval(e.test, sc)
	switch {
	case err != nil:
		return nil, err
	case python.Truth(test):
		return it.eval(e.then, sc)
	case e.or == nil:
		return &python.Undefined{Hint: "the inline `if` was false and has no `else`"}, nil
	}
	return it.eval(e.or, sc)
}

func (it *interp) evalItem(e *itemExpr, sc *scope) (any, error) {
	of, err := it.eval(e.of, sc)
	if err != nil {
		return nil, err
	}
	s, ok := e.index.(*sliceExpr)
	if !ok {
		key, err := it.eval(e.index, sc)
		if err != nil {
			return nil, err
		}
		if _, undefined := of.(*python.Undefined); undefined && it.lenient() {
			return of, nil
		}
		return it.result(e, sc)(python.Subscript(of, key))
	}
	var bounds [3]any
	for i, part := range []expr{s.start, s.stop, s.step} {
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
