package python

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
)

// Equal is Python's ==.
func Equal(a, b any) (bool, error) { return equalAt(a, b, 0) }

func equalAt(a, b any, depth int) (bool, error) {
	if depth > MaxDepth {
		return false, ErrTooDeep
	}
	if c, ok := compareNumbers(a, b); ok {
		return c == 0, nil
	}
	if y, ok := b.(Equaler); ok {
		return Same(a, b) || y.Equal(a) || equalObjects(a, b), nil
	}
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case string:
		y, ok := b.(string)
		return ok && x == y, nil
	case *List:
		y, ok := b.(*List)
		if !ok {
			return false, nil
		}
		return equalItems(x.Items, y.Items, depth)
	case Tuple:
		y, ok := b.(Tuple)
		if !ok {
			return false, nil
		}
		return equalItems(x, y, depth)
	case *Dict:
		y, ok := b.(*Dict)
		if !ok {
			return false, nil
		}
		return equalDicts(x, y, depth)
	case *Undefined:
		_, ok := b.(*Undefined)
		return ok, nil
	}
	return Same(a, b) || equalObjects(a, b), nil
}

func equalItems(a, b []any, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for i := range a {
		if Same(a[i], b[i]) {
			continue
		}
		if eq, err := equalAt(a[i], b[i], depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

func equalDicts(a, b *Dict, depth int) (bool, error) {
	if a.Len() != b.Len() {
		return false, nil
	}
	for i, key := range a.keys {
		other, ok, err := b.Get(key)
		if err != nil || !ok {
			return false, err
		}
		if Same(a.values[i], other) {
			continue
		}
		if eq, err := equalAt(a.values[i], other, depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

// Same is Python's `is`, as far as values have an identity here.
func Same(a, b any) bool {
	if x, ok := a.(Tuple); ok {
		y, ok := b.(Tuple)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	}
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// compareNumbers compares two numbers exactly; ok is false if one is none. NaN
// is unequal to everything, which 2 stands for.
func compareNumbers(a, b any) (c int, ok bool) {
	if x, isInt := a.(int64); isInt {
		if y, isInt := b.(int64); isInt {
			return compareInts(x, y), true
		}
	}
	if !IsNumber(a) || !IsNumber(b) {
		return 0, false
	}
	x, xFloat := a.(float64)
	y, yFloat := b.(float64)
	switch {
	case xFloat && math.IsNaN(x) || yFloat && math.IsNaN(y):
		return 2, true
	case xFloat && math.IsInf(x, 0):
		if yFloat && x == y {
			return 0, true
		}
		return int(math.Copysign(1, x)), true
	case yFloat && math.IsInf(y, 0):
		return -int(math.Copysign(1, y)), true
	case xFloat && yFloat:
		return big.NewFloat(x).Cmp(big.NewFloat(y)), true
	}
	return exact(a).Cmp(exact(b)), true
}

func compareInts(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// exact returns a finite number without rounding.
func exact(v any) *big.Rat {
	if f, ok := v.(float64); ok {
		return new(big.Rat).SetFloat64(f)
	}
	return new(big.Rat).SetInt(BigInt(v))
}

// Holds is a comparison as templates write it; `not in` is "notin" here.
func Holds(op string, a, b any) (bool, error) {
	switch op {
	case "==":
		return Equal(a, b)
	case "!=":
		eq, err := Equal(a, b)
		return !eq, err
	case "in":
		return Contains(b, a)
	case "notin":
		in, err := Contains(b, a)
		return !in, err
	}
	return Order(op, a, b)
}

// Order compares with <, <=, > or >=.
func Order(op string, a, b any) (bool, error) { return orderAt(op, a, b, 0) }

func orderAt(op string, a, b any, depth int) (bool, error) {
	if depth > MaxDepth {
		return false, ErrTooDeep
	}
	if c, ok := compareNumbers(a, b); ok {
		return c != 2 && ordered(op, c), nil
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return ordered(op, strings.Compare(x, y)), nil
		}
	case *List:
		if y, ok := b.(*List); ok {
			return orderItems(op, x.Items, y.Items, depth)
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			return orderItems(op, x, y, depth)
		}
	}
	if c, ok, err := compareObjects(a, b); ok || err != nil {
		return ordered(op, c), err
	}
	return false, UndefinedOr(fmt.Errorf("`%s` does not compare %s with %s", op, TypeName(a), TypeName(b)), a, b)
}

// orderItems compares by the first items that differ.
func orderItems(op string, a, b []any, depth int) (bool, error) {
	for i := range min(len(a), len(b)) {
		eq, err := equalAt(a[i], b[i], depth+1)
		if err != nil {
			return false, err
		}
		if !eq {
			return orderAt(op, a[i], b[i], depth+1)
		}
	}
	return ordered(op, len(a)-len(b)), nil
}

func ordered(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}

// Contains is Python's `item in container`.
func Contains(container, item any) (bool, error) {
	switch c := container.(type) {
	case string:
		s, ok := item.(string)
		if !ok {
			return false, UndefinedOr(fmt.Errorf("`in` looks for a str in a str, not for %s", TypeName(item)))
		}
		return strings.Contains(c, s), nil
	case *Dict:
		_, ok, err := c.Get(item)
		return ok, err
	case Container:
		return c.Contains(item)
	case View:
		if c.kind == viewKeys {
			_, ok, err := c.of.Get(item)
			return ok, err
		}
	case Mapping:
		_, ok, err := c.Item(item)
		return ok, err
	}
	it, err := Iterate(container)
	if err != nil {
		return false, fmt.Errorf("`in` does not look into %s", TypeName(container))
	}
	for {
		other, ok, err := it.next()
		if err != nil || !ok {
			return false, err
		}
		if eq, err := Equal(other, item); err != nil || eq || Same(other, item) {
			return err == nil, err
		}
	}
}
