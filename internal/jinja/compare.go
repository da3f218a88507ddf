package jinja

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
)

// equal is Python's ==.
func equal(a, b any) (bool, error) { return equalAt(a, b, 0) }

func equalAt(a, b any, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errTooDeep
	}
	if c, ok := compareNumbers(a, b); ok {
		return c == 0, nil
	}
	if y, ok := b.(Equaler); ok {
		return same(a, b) || y.Equal(a) || equalObjects(a, b), nil
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
	return same(a, b) || equalObjects(a, b), nil
}

func equalItems(a, b []any, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for i := range a {
		if same(a[i], b[i]) {
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
		other, ok, err := b.get(key)
		if err != nil || !ok {
			return false, err
		}
		if same(a.values[i], other) {
			continue
		}
		if eq, err := equalAt(a.values[i], other, depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

// same is Python's `is`, as far as values have an identity here.
func same(a, b any) bool {
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
	if !isNumber(a) || !isNumber(b) {
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
	return new(big.Rat).SetInt(bigInt(v))
}

// order compares with <, <=, > or >=.
func order(op string, a, b any) (bool, error) { return orderAt(op, a, b, 0) }

func orderAt(op string, a, b any, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errTooDeep
	}
	if c, ok := compareNumbers(a, b); ok {
		return c != 2 && holds(op, c), nil
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return holds(op, strings.Compare(x, y)), nil
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
		return holds(op, c), err
	}
	return false, undefinedOr(fmt.Errorf("`%s` does not compare %s with %s", op, typeName(a), typeName(b)), a, b)
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
	return holds(op, len(a)-len(b)), nil
}

func holds(op string, c int) bool {
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

// contains is Python's `item in container`.
func contains(container, item any) (bool, error) {
	switch c := container.(type) {
	case string:
		s, ok := item.(string)
		if !ok {
			return false, undefinedOr(fmt.Errorf("`in` looks for a str in a str, not for %s", typeName(item)))
		}
		return strings.Contains(c, s), nil
	case *Dict:
		_, ok, err := c.get(item)
		return ok, err
	case Container:
		return c.Contains(item)
	case view:
		if c.kind == viewKeys {
			_, ok, err := c.of.get(item)
			return ok, err
		}
	case Mapping:
		_, ok, err := c.Item(item)
		return ok, err
	}
	it, err := iterate(container)
	if err != nil {
		return false, fmt.Errorf("`in` does not look into %s", typeName(container))
	}
	for {
		other, ok, err := it.next()
		if err != nil || !ok {
			return false, err
		}
		if eq, err := equal(other, item); err != nil || eq || same(other, item) {
			return err == nil, err
		}
	}
}
