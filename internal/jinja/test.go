package jinja

import (
	"math/big"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// makeTests makes the tests of jinja2.
func makeTests() map[string]Callable {
	m := map[string]Callable{
		"sameas": testOf(func(v any, b python.Bound) (bool, error) { return python.Same(v, b.Any(1, nil)), nil }, "other"),
		"in":     testOf(func(v any, b python.Bound) (bool, error) { return python.Contains(b.Any(1, nil), v) }, "seq"),
		"divisibleby": testOf(func(v any, b python.Bound) (bool, error) {
			return isRest(v, b.Any(1, nil), 0)
		}, "num"),
		"even": testOf(func(v any, _ python.Bound) (bool, error) { return isRest(v, int64(2), 0) }),
		"odd":  testOf(func(v any, _ python.Bound) (bool, error) { return isRest(v, int64(2), 1) }),
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
			m[name] = testOf(func(v any, b python.Bound) (bool, error) { return python.Holds(op, v, b.Any(1, nil)) }, "other")
		}
	}
	return m
}

// testOf makes a test of a function over the value and the arguments.
func testOf(f func(v any, b python.Bound) (bool, error), params ...string) Callable {
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
	m, err := python.Operate("%", v, num)
	if err != nil {
		return false, err
	}
	return python.Equal(m, rest)
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
		"number":    func(v any) bool { _, ok := v.(python.Number); return ok || python.IsNumber(v) },
		"undefined": func(v any) bool { _, ok := v.(*python.Undefined); return ok },
		"defined":   func(v any) bool { _, ok := v.(*python.Undefined); return !ok },
		"iterable":  func(v any) bool { _, err := python.Iterate(v); return err == nil },
		"callable":  isCallable,
		"escaped":   func(any) bool { return false },
		"integer":   isInteger,
		"sequence":  isSequence,
		"lower":     caseTest(func(s string) bool { return isLowerText(s) }),
		"upper":     caseTest(func(s string) bool { return isUpperText(s) }),
	} {
		m[name] = testOf(func(v any, _ python.Bound) (bool, error) { return test(v), nil })
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
	case *Func, Callable, *python.Method, *macro, *loop, *superRef, Caller, *python.Undefined:
		return true
	}
	return false
}

func isSequence(v any) bool {
	switch v.(type) {
	case string, *python.List, python.Tuple, *python.Dict, python.Range, *python.Undefined:
		return true
	case python.Mapping:
		return true
	case python.Indexed:
		_, sized := v.(python.Sized)
		return sized
	}
	return false
}

func isMapping(v any) bool {
	switch v.(type) {
	case *python.Dict, python.Mapping:
		return true
	}
	return false
}

func caseTest(test func(string) bool) func(any) bool {
	return func(v any) bool {
		s, err := python.Str(v)
		return err == nil && test(s)
	}
}

func isLowerText(s string) bool { return s != python.Upper(s) && s == python.Lower(s) }
func isUpperText(s string) bool { return s != python.Lower(s) && s == python.Upper(s) }
