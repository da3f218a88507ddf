package python

import (
	"errors"
	"fmt"
	"sync"
)

// Method is a method of a built-in type, with the value it is called on.
type Method struct {
	Name string
	Of   any
	run  method
}

// Invoke calls a value that a method was given, such as the key of a sort.
type Invoke func(fn any, args ...any) (any, error)

// Call calls the method.
func (m *Method) Call(a *Arguments, invoke Invoke) (any, error) { return m.run(m.Of, a, invoke) }

// CallMethod calls a method of a value's that needs nothing but arguments.
func CallMethod(v any, name string, args ...any) (any, error) {
	m, ok := GetAttr(v, name)
	if m, is := m.(*Method); is && ok {
		return m.Call(&Arguments{Args: args}, nil)
	}
	return nil, fmt.Errorf("a %s has no method `%s`", TypeName(v), name)
}

// method is what a method does; v is the value it is called on and has its type.
type method func(v any, a *Arguments, invoke Invoke) (any, error)

// on makes a method from a function over the Go type of the value.
func on[T any](params []string, f func(v T, b Bound) (any, error)) method {
	return func(v any, a *Arguments, _ Invoke) (any, error) {
		b, err := a.Bind(params...)
		if err != nil {
			return nil, err
		}
		return f(v.(T), b)
	}
}

// methods are those of the built-in types.
type methods struct {
	strings, lists, dicts, tuples, ints, floats map[string]method
}

var (
	methodsOnce sync.Once
	allMethods  methods
)

// builtinMethods returns the methods, which are made at first use: some look
// for methods themselves.
func builtinMethods() *methods {
	methodsOnce.Do(func() {
		allMethods = methods{
			strings: makeStringMethods(), lists: makeListMethods(), dicts: makeDictMethods(),
			tuples: makeTupleMethods(), ints: makeIntMethods(), floats: makeFloatMethods(),
		}
	})
	return &allMethods
}

func takes(params ...string) []string { return params }

func makeTupleMethods() map[string]method {
	return map[string]method{
		"index": on(takes("_value", "_start?", "_stop?"), func(t Tuple, b Bound) (any, error) { return indexOf(t, b) }),
		"count": on(takes("_value"), func(t Tuple, b Bound) (any, error) { return countOf(t, b.Any(0, nil)) }),
	}
}

func makeListMethods() map[string]method {
	return map[string]method{
		"append":  on(takes("_item"), listAppend),
		"extend":  on(takes("_items"), listExtend),
		"insert":  on(takes("_index", "_item"), listInsert),
		"pop":     on(takes("_index?"), listPop),
		"remove":  on(takes("_item"), listRemove),
		"index":   on(takes("_item", "_start?", "_stop?"), func(l *List, b Bound) (any, error) { return indexOf(l.Items, b) }),
		"count":   on(takes("_item"), func(l *List, b Bound) (any, error) { return countOf(l.Items, b.Any(0, nil)) }),
		"sort":    listSort,
		"reverse": on(nil, listReverse),
		"copy": on(nil, func(l *List, _ Bound) (any, error) {
			return NewList(append([]any(nil), l.Items...)...), nil
		}),
		"clear": on(nil, func(l *List, _ Bound) (any, error) {
			l.Items = nil
			return nil, nil
		}),
	}
}

func listAppend(l *List, b Bound) (any, error) {
	if len(l.Items) >= MaxItems {
		return nil, ErrTooLong
	}
	l.Items = append(l.Items, b.Any(0, nil))
	return nil, nil
}

func listExtend(l *List, b Bound) (any, error) {
	items, err := Collect(b.Any(0, nil))
	if err == nil {
		l.Items, err = concatItems(l.Items, items)
	}
	return nil, err
}

func listInsert(l *List, b Bound) (any, error) {
	at, err := b.Int(0, 0)
	if err != nil {
		return nil, err
	}
	n := int64(len(l.Items))
	if at < 0 {
		at += n
	}
	i := int(max(0, min(at, n)))
	if len(l.Items) >= MaxItems {
		return nil, ErrTooLong
	}
	l.Items = append(l.Items[:i:i], append([]any{b.Any(1, nil)}, l.Items[i:]...)...)
	return nil, nil
}

func listPop(l *List, b Bound) (any, error) {
	at, err := b.Int(0, -1)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		at += int64(len(l.Items))
	}
	if at < 0 || at >= int64(len(l.Items)) {
		return nil, errors.New("there is no item at that index")
	}
	item := l.Items[at]
	l.Items = append(l.Items[:at:at], l.Items[at+1:]...)
	return item, nil
}

func listRemove(l *List, b Bound) (any, error) {
	i, err := indexIn(l.Items, b.Any(0, nil), 0, len(l.Items))
	if err != nil {
		return nil, err
	}
	at := i.(int64)
	l.Items = append(l.Items[:at:at], l.Items[at+1:]...)
	return nil, nil
}

func listReverse(l *List, _ Bound) (any, error) {
	for i, j := 0, len(l.Items)-1; i < j; i, j = i+1, j-1 {
		l.Items[i], l.Items[j] = l.Items[j], l.Items[i]
	}
	return nil, nil
}

func listSort(v any, a *Arguments, invoke Invoke) (any, error) {
	if len(a.Args) > 0 {
		return nil, errors.New("takes named arguments only")
	}
	b, err := a.Bind("key?", "reverse?")
	if err != nil {
		return nil, err
	}
	l := v.(*List)
	key := func(item any) (any, error) { return item, nil }
	if fn := b.Any(0, nil); fn != nil {
		key = func(item any) (any, error) { return invoke(fn, item) }
	}
	items, err := Sorted(l.Items, key, b.Bool(1, false))
	if err == nil {
		l.Items = items
	}
	return nil, err
}

// indexOf is index(value, start, stop).
func indexOf(items []any, b Bound) (any, error) {
	from, err := sliceBound(b.Any(1, nil), 0, len(items), 0, len(items))
	if err != nil {
		return nil, err
	}
	to, err := sliceBound(b.Any(2, nil), len(items), len(items), 0, len(items))
	if err != nil {
		return nil, err
	}
	return indexIn(items, b.Any(0, nil), from, to)
}

func indexIn(items []any, wanted any, from, to int) (any, error) {
	for i := from; i < to; i++ {
		if eq, err := Equal(items[i], wanted); err != nil || eq || Same(items[i], wanted) {
			return int64(i), err
		}
	}
	r, err := Repr(wanted)
	if err == nil {
		err = fmt.Errorf("%s is not in there", r)
	}
	return nil, err
}

func countOf(items []any, wanted any) (any, error) {
	n := int64(0)
	for _, item := range items {
		eq, err := Equal(item, wanted)
		if err != nil {
			return nil, err
		}
		if eq {
			n++
		}
	}
	return n, nil
}
