package python

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

// Iterate returns an iterator over a value. Lists may grow meanwhile, as in
// Python.
func Iterate(v any) (*Iterator, error) {
	switch v := v.(type) {
	case *Iterator:
		return v, nil
	case *List:
		return counting("list_iterator", func() int { return len(v.Items) }, func(i int) any { return v.Items[i] }), nil
	case Tuple:
		return counting("tuple_iterator", func() int { return len(v) }, func(i int) any { return v[i] }), nil
	case Range:
		return counting("range_iterator", v.Len, v.item), nil
	case string:
		runes := []rune(v)
		return counting("str_iterator", func() int { return len(runes) }, func(i int) any { return string(runes[i]) }), nil
	case *Dict:
		return iterateView(View{viewKeys, v}), nil
	case View:
		return iterateView(v), nil
	case *Undefined:
		return counting("iterator", func() int { return 0 }, nil), nil
	case Once:
		return v.Rest(), nil
	case Iterable:
		return v.Iterate(), nil
	case Mapping:
		return NewIteratorOver(v.Keys()), nil
	}
	return nil, errors.New("a " + TypeName(v) + " cannot be iterated over")
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

func iterateView(v View) *Iterator {
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

// Next returns the next item; false at the end.
func (it *Iterator) Next() (item any, ok bool, err error) { return it.next() }

// Through returns an iterator that passes each item through pick, which says
// whether it stays.
func (it *Iterator) Through(name string, pick func(item any) (any, bool, error)) *Iterator {
	through := &Iterator{name: name, depth: it.depth + 1}
	through.next = func() (any, bool, error) {
		if through.depth > MaxDepth {
			return nil, false, ErrTooDeep
		}
		for {
			item, ok, err := it.next()
			if err != nil || !ok {
				return nil, false, err
			}
			if item, ok, err = pick(item); err != nil || ok {
				return item, ok, err
			}
		}
	}
	return through
}

// Name returns what it is called, as `map`.
func (it *Iterator) Name() string { return it.name }

// Collect returns all items of a value.
func Collect(v any) ([]any, error) {
	switch v := v.(type) {
	case *List:
		return append([]any(nil), v.Items...), nil
	case Tuple:
		return append([]any(nil), v...), nil
	}
	it, err := Iterate(v)
	if err != nil {
		return nil, err
	}
	var items []any
	for {
		item, ok, err := it.next()
		if err != nil || !ok {
			return items, err
		}
		if len(items) >= MaxItems {
			return nil, ErrTooLong
		}
		items = append(items, item)
	}
}

// Len is Python's len(); ok is false for what has none.
func Len(v any) (n int, ok bool) {
	switch v := v.(type) {
	case string:
		return runeLen(v), true
	case *List:
		return len(v.Items), true
	case Tuple:
		return len(v), true
	case *Dict:
		return v.Len(), true
	case View:
		return v.of.Len(), true
	case Range:
		return v.Len(), true
	case *Undefined:
		return 0, true
	case Sized:
		return v.Len(), true
	case Mapping:
		return len(v.Keys()), true
	}
	return 0, false
}

// Truth is Python's bool().
func Truth(v any) bool {
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
	if n, ok := Len(v); ok {
		return n > 0
	}
	return true
}
