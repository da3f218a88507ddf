package jinja

import (
	"math/big"
)

// makeTests makes the tests of jinja2.
func makeTests() map[string]Callable {
	m := map[string]Callable{
		"sameas": testOf(func(v any, b Bound) (bool, error) { return same(v, b.Any(1, nil)), nil }, "other"),
		"in":     testOf(func(v any, b Bound) (bool, error) { return contains(b.Any(1, nil), v) }, "seq"),
		"divisibleby": testOf(func(v any, b Bound) (bool, error) {
			return isRest(v, b.Any(1, nil), 0)
		}, "num"),
		"even": testOf(func(v any, _ Bound) (bool, error) { return isRest(v, int64(2), 0) }),
		"odd":  testOf(func(v any, _ Bound) (bool, error) { return isRest(v, int64(2), 1) }),
		"filter": func(c *Call) (any, error) {
			name, ok := c.Args[0].(string)
			return ok && c.it.env.filter(name) != nil, nil
		},
		"test": func(c *Call) (any, error) {
			name, ok := c.Args[0].(string)
			return ok && c.it.env.test(name) != nil, nil
		},
	}
	addTypeTests(m)
	for op, names := range map[string][]string{
		"==": {"==", "eq", "equalto"}, "!=": {"!=", "ne"}, "<": {"<", "lt", "lessthan"}, "<=": {"<=", "le"},
		">": {">", "gt", "greaterthan"}, ">=": {">=", "ge"},
	} {
		for _, name := range names {
			m[name] = testOf(func(v any, b Bound) (bool, error) { return compare(op, v, b.Any(1, nil)) }, "other")
		}
	}
	return m
}

// testOf makes a test of a function over the value and the arguments.
func testOf(f func(v any, b Bound) (bool, error), params ...string) Callable {
	params = append([]string{"_value"}, params...)
	return func(c *Call) (any, error) {
		b, err := c.Bind(params...)
		if err != nil {
			return nil, err
		}
		return f(b.Any(0, nil), b)
	}
}

func isRest(v, num any, rest int64) (bool, error) {
	m, err := binary("%", v, num)
	if err != nil {
		return false, err
	}
	return equal(m, rest)
}

// addTypeTests adds the tests that only look at what a value is.
func addTypeTests(m map[string]Callable) {
	for name, test := range map[string]func(any) bool{
		"none":      func(v any) bool { return v == nil },
		"true":      func(v any) bool { b, ok := v.(bool); return ok && b },
		"false":     func(v any) bool { b, ok := v.(bool); return ok && !b },
		"boolean":   func(v any) bool { _, ok := v.(bool); return ok },
		"float":     func(v any) bool { _, ok := v.(float64); return ok },
		"string":    func(v any) bool { _, ok := v.(string); return ok },
		"mapping":   isMapping,
		"number":    func(v any) bool { _, ok := v.(Number); return ok || isNumber(v) },
		"undefined": func(v any) bool { _, ok := v.(*Undefined); return ok },
		"defined":   func(v any) bool { _, ok := v.(*Undefined); return !ok },
		"iterable":  func(v any) bool { _, err := iterate(v); return err == nil },
		"callable":  isCallable,
		"escaped":   func(any) bool { return false },
		"integer":   isInteger,
		"sequence":  isSequence,
		"lower":     caseTest(func(s string) bool { return isLowerText(s) }),
		"upper":     caseTest(func(s string) bool { return isUpperText(s) }),
	} {
		m[name] = testOf(func(v any, _ Bound) (bool, error) { return test(v), nil })
	}
}

func isInteger(v any) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}

func isCallable(v any) bool {
	switch v.(type) {
	case *Func, *macro, *loop, *superRef, Caller, *Undefined:
		return true
	}
	return false
}

func isSequence(v any) bool {
	switch v.(type) {
	case string, *List, Tuple, *Dict, rangeValue, *Undefined:
		return true
	case Mapping:
		return true
	case Indexed:
		_, sized := v.(Sized)
		return sized
	}
	return false
}

func isMapping(v any) bool {
	switch v.(type) {
	case *Dict, Mapping:
		return true
	}
	return false
}

func caseTest(test func(string) bool) func(any) bool {
	return func(v any) bool {
		s, err := Str(v)
		return err == nil && test(s)
	}
}

func isLowerText(s string) bool { return s != upper(s) && s == lower(s) }
func isUpperText(s string) bool { return s != lower(s) && s == upper(s) }
