package python

import (
	"fmt"
	"math/big"
)

// Attribute is `v.name`: an attribute, or else the item of that name.
func Attribute(v any, name string) (any, error) {
	if a, ok := GetAttr(v, name); ok {
		return a, nil
	}
	switch v := v.(type) {
	case *Dict:
		if item, ok := v.GetString(name); ok {
			return item, nil
		}
	case Indexed:
		if item, ok, err := v.Item(name); ok || err != nil {
			return From(item), err
		}
	case *Undefined:
		return nil, v.Err()
	}
	return &Undefined{Name: name, Of: v, IsPart: true}, nil
}

// Subscript is `v[key]`: the item, or else the attribute of that name.
func Subscript(v, key any) (any, error) {
	if u, ok := v.(*Undefined); ok {
		return nil, u.Err()
	}
	if item, ok, err := Item(v, key); ok || err != nil {
		return item, err
	}
	if name, ok := key.(string); ok {
		if a, ok := GetAttr(v, name); ok {
			return a, nil
		}
		return &Undefined{Name: name, Of: v, IsPart: true}, nil
	}
	return &Undefined{Of: v, IsPart: true, key: key}, nil
}

// Item looks an item up; ok is false where there is none.
func Item(v, key any) (value any, ok bool, err error) {
	switch v := v.(type) {
	case *Dict:
		value, ok, err := v.Get(key)
		if err != nil {
			return nil, false, nil //nolint:nilerr // Python's TypeError, which jinja2 takes for "not there"
		}
		return value, ok, nil
	case *List:
		return indexed(key, len(v.Items), func(i int) any { return v.Items[i] })
	case Tuple:
		return indexed(key, len(v), func(i int) any { return v[i] })
	case Range:
		return indexed(key, v.Len(), v.item)
	case string:
		runes := []rune(v)
		return indexed(key, len(runes), func(i int) any { return string(runes[i]) })
	case Indexed:
		value, ok, err := v.Item(key)
		return From(value), ok, err
	}
	return nil, false, nil
}

func indexed(key any, n int, at func(int) any) (any, bool, error) {
	i, ok := Int(key)
	if !ok {
		return nil, false, nil
	}
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		return nil, false, nil
	}
	return at(int(i)), true, nil
}

// GetAttr looks for a method or an attribute proper.
func GetAttr(v any, name string) (any, bool) {
	var methods map[string]method
	switch v := v.(type) {
	case Object:
		a, ok := v.Attr(name)
		return From(a), ok
	case *Namespace:
		return v.attrs.GetString(name)
	case string:
		methods = builtinMethods().strings
	case *List:
		methods = builtinMethods().lists
	case *Dict:
		methods = builtinMethods().dicts
	case Tuple:
		methods = builtinMethods().tuples
	case float64:
		if part, ok := numberPart(v, name); ok {
			return part, true
		}
		methods = builtinMethods().floats
	case int64, bool, *big.Int:
		if part, ok := numberPart(v, name); ok {
			return part, true
		}
		methods = builtinMethods().ints
	}
	m, ok := methods[name]
	if !ok {
		return nil, false
	}
	return &Method{Name: name, Of: v, run: m}, true
}

// Slice is `v[start:stop:step]`.
func Slice(v, start, stop, step any) (any, error) {
	take := func(n int) ([]int, error) { return sliceIndices(n, start, stop, step) }
	switch v := v.(type) {
	case string:
		runes := []rune(v)
		idx, err := take(len(runes))
		out := make([]rune, len(idx))
		for i, at := range idx {
			out[i] = runes[at]
		}
		return string(out), err
	case *List:
		items, err := pick(v.Items, take)
		return &List{items}, err
	case Tuple:
		items, err := pick(v, take)
		return Tuple(items), err
	case Range:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.item(i)
		}
		items, err := pick(items, take)
		return &List{items}, err
	case Sliced:
		if n, ok := Len(v); ok {
			return sliceOf(v, n, take)
		}
	case *Undefined:
		return nil, v.Err()
	}
	return nil, fmt.Errorf("a %s cannot be sliced", TypeName(v))
}

func pick(items []any, take func(int) ([]int, error)) ([]any, error) {
	idx, err := take(len(items))
	out := make([]any, len(idx))
	for i, at := range idx {
		out[i] = items[at]
	}
	return out, err
}

// sliceIndices returns which of n items a slice takes, in order.
func sliceIndices(n int, start, stop, step any) ([]int, error) {
	by := 1
	if step != nil {
		s, ok := Int(step)
		if !ok || s == 0 {
			return nil, fmt.Errorf("the step of a slice is a number other than 0")
		}
		by = int(max(min(s, 1<<40), -1<<40))
	}
	low, high := 0, n
	first, last := low, high
	if by < 0 {
		low, high = -1, n-1
		first, last = high, low
	}
	from, err := sliceBound(start, first, n, low, high)
	if err != nil {
		return nil, err
	}
	to, err := sliceBound(stop, last, n, low, high)
	if err != nil {
		return nil, err
	}
	var idx []int
	for i := from; by > 0 && i < to || by < 0 && i > to; i += by {
		idx = append(idx, i)
	}
	return idx, nil
}

// sliceBound is one end of a slice over n items, kept between low and high.
func sliceBound(v any, missing, n, low, high int) (int, error) {
	if v == nil {
		return missing, nil
	}
	i, ok := Int(v)
	if !ok {
		return 0, UndefinedOr(fmt.Errorf("a slice takes numbers, not %s", TypeName(v)), v)
	}
	if i < 0 {
		i += int64(n)
	}
	return int(max(int64(low), min(i, int64(high)))), nil
}
