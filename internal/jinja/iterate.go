package jinja

import "errors"

// Iterator is a sequence that is read once, such as what `map` returns.
type Iterator struct {
	name  string
	next  func() (item any, ok bool, err error)
	depth int // how many iterators it reads from, one behind the other
}

var errDictChanged = errors.New("the dict changed size while it was iterated over")

// NewIterator returns an iterator over next, which returns false at the end.
func NewIterator(name string, next func() (item any, ok bool, err error)) *Iterator {
	return &Iterator{name: name, next: next}
}

// iterate returns an iterator over a value. Lists may grow meanwhile, as in
// Python.
func iterate(v any) (*Iterator, error) {
	switch v := v.(type) {
	case *Iterator:
		return v, nil
	case *List:
		return counting("list_iterator", func() int { return len(v.Items) }, func(i int) any { return v.Items[i] }), nil
	case Tuple:
		return counting("tuple_iterator", func() int { return len(v) }, func(i int) any { return v[i] }), nil
	case rangeValue:
		return counting("range_iterator", v.len, v.item), nil
	case string:
		runes := []rune(v)
		return counting("str_iterator", func() int { return len(runes) }, func(i int) any { return string(runes[i]) }), nil
	case *Dict:
		return iterateView(view{viewKeys, v}), nil
	case view:
		return iterateView(v), nil
	case *Undefined:
		return counting("iterator", func() int { return 0 }, nil), nil
	case *loop:
		return v.iterator(), nil
	case Iterable:
		return v.Iterate(), nil
	case Mapping:
		return NewIteratorOver(v.Keys()), nil
	}
	return nil, errors.New("a " + typeName(v) + " cannot be iterated over")
}

// counting iterates by index over something whose length may change.
func counting(name string, length func() int, item func(int) any) *Iterator {
	i := 0
	return NewIterator(name, func() (any, bool, error) {
		if i >= length() {
			return nil, false, nil
		}
		i++
		return item(i - 1), true, nil
	})
}

func iterateView(v view) *Iterator {
	i, n := 0, v.of.Len()
	return NewIterator("dict_"+string(v.kind)+"iterator", func() (any, bool, error) {
		switch {
		case v.of.Len() != n:
			return nil, false, errDictChanged
		case i >= n:
			return nil, false, nil
		}
		i++
		return v.item(i - 1), true, nil
	})
}

// collect returns all items of a value.
func collect(v any) ([]any, error) {
	switch v := v.(type) {
	case *List:
		return append([]any(nil), v.Items...), nil
	case Tuple:
		return append([]any(nil), v...), nil
	}
	it, err := iterate(v)
	if err != nil {
		return nil, err
	}
	var items []any
	for {
		item, ok, err := it.next()
		if err != nil || !ok {
			return items, err
		}
		if len(items) >= maxItems {
			return nil, errTooLong
		}
		items = append(items, item)
	}
}

// length is Python's len(); ok is false for what has none.
func length(v any) (n int, ok bool) {
	switch v := v.(type) {
	case string:
		return runeLen(v), true
	case *List:
		return len(v.Items), true
	case Tuple:
		return len(v), true
	case *Dict:
		return v.Len(), true
	case view:
		return v.of.Len(), true
	case rangeValue:
		return v.len(), true
	case *Undefined:
		return 0, true
	case *loop:
		n, err := v.length()
		return n, err == nil
	case Sized:
		return v.Len(), true
	case Mapping:
		return len(v.Keys()), true
	}
	return 0, false
}

// truth is Python's bool().
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case Truthful:
		return v.Truth()
	}
	if n, ok := length(v); ok {
		return n > 0
	}
	return true
}
