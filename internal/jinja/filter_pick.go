package jinja

import (
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func addPickFilters(m map[string]Callable) {
	m["map"] = filterMap
	m["select"], m["reject"] = picking("select", true, false), picking("reject", false, false)
	m["selectattr"], m["rejectattr"] = picking("selectattr", true, true), picking("rejectattr", false, true)
}

// lazy returns an iterator that passes each item through pick, which says
// whether it stays.
func (c *Call) lazy(name string, items *python.Iterator, pick func(any) (any, bool, error)) *python.Iterator {
	return items.Through(name, func(item any) (any, bool, error) {
		if err := c.it.step(1); err != nil {
			return nil, false, err
		}
		return pick(item)
	})
}

// filterMap applies a filter to each item, or takes an attribute of it.
func filterMap(c *Call) (any, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("needs a value")
	}
	if !python.Truth(c.Args[0]) {
		return python.Iterate(python.Tuple{})
	}
	it, err := python.Iterate(c.Args[0])
	if err != nil {
		return nil, err
	}
	if len(c.Args) == 1 && len(c.Named) > 0 {
		return c.mapAttribute(it)
	}
	if len(c.Args) < 2 {
		return nil, errors.New("needs the name of a filter")
	}
	name, f, err := c.builtin(c.Args[1], "filter", c.it.env.filter, unknownFilter)
	if err != nil {
		return nil, err
	}
	rest, named := c.Args[2:], c.Named
	return c.lazy("map", it, func(item any) (any, bool, error) {
		v, err := c.it.callBuiltin(name, f, c.with(item, rest, named))
		return v, true, err
	}), nil
}

func (c *Call) mapAttribute(it *python.Iterator) (any, error) {
	var path, missing any
	for _, n := range c.Named {
		switch n.Name {
		case "attribute":
			path = n.Value
		case "default":
			missing = n.Value
		default:
			return nil, fmt.Errorf("has no argument `%s`", n.Name)
		}
	}
	if path == nil {
		return nil, errors.New("needs `attribute`, or the name of a filter")
	}
	parts := pathParts(path)
	return c.lazy("map", it, func(item any) (any, bool, error) {
		var err error
		for _, p := range parts {
			if item, err = python.Subscript(item, p); err != nil {
				return nil, false, err
			}
			if _, ok := item.(*python.Undefined); ok && missing != nil {
				item = missing
			}
		}
		return item, true, nil
	}), nil
}

// with returns a call of the same place with other arguments.
func (c *Call) with(item any, rest []any, named []python.Named) *Call {
	return &Call{python.Arguments{Args: append([]any{item}, rest...), Named: named}, c.it, c.tmpl, c.pos}
}

// builtin looks up the filter or test that an argument names.
func (c *Call) builtin(arg any, what string, find func(string) Callable, unknown func(int, string) error) (string, Callable, error) {
	name, ok := arg.(string)
	if !ok {
		return "", nil, python.UndefinedOr(fmt.Errorf("needs the name of a %s, not %s", what, python.TypeName(arg)), arg)
	}
	f := find(name)
	if f == nil {
		return "", nil, unknown(c.pos, name)
	}
	return name, f, nil
}

// picking makes select, reject and their forms with an attribute.
func picking(name string, keep, byAttribute bool) Callable {
	return func(c *Call) (any, error) {
		if len(c.Args) == 0 {
			return nil, errors.New("needs a value")
		}
		if !python.Truth(c.Args[0]) {
			return python.Iterate(python.Tuple{})
		}
		it, err := python.Iterate(c.Args[0])
		if err != nil {
			return nil, err
		}
		args := c.Args[1:]
		key := attributeKey(nil, true)
		if byAttribute {
			if len(args) == 0 {
				return nil, errors.New("needs the name of an attribute")
			}
			key = attributeKey(args[0], true)
			args = args[1:]
		}
		holds, err := c.tester(args)
		if err != nil {
			return nil, err
		}
		return c.lazy(name, it, func(item any) (any, bool, error) {
			v, err := key(item)
			if err != nil {
				return nil, false, err
			}
			ok, err := holds(v)
			return item, ok == keep, err
		}), nil
	}
}

// tester returns the test that arguments name, or whether a value is true.
func (c *Call) tester(args []any) (func(any) (bool, error), error) {
	if len(args) == 0 {
		return func(v any) (bool, error) { return python.Truth(v), nil }, nil
	}
	name, test, err := c.builtin(args[0], "test", c.it.env.test, unknownTest)
	if err != nil {
		return nil, err
	}
	return func(v any) (bool, error) {
		r, err := c.it.callBuiltin(name, test, c.with(v, args[1:], c.Named))
		return python.Truth(r), err
	}, nil
}

func filterBatch(c *Call) (any, error) {
	b, err := c.Bind("_value", "linecount", "fill_with?")
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	size, err := b.Int(1, 0)
	if err != nil {
		return nil, err
	}
	if size > python.MaxItems {
		return nil, python.ErrTooLong
	}
	var lines []any
	line := python.NewList()
	for _, item := range items {
		if int64(len(line.Items)) == size {
			lines, line = append(lines, line), python.NewList()
		}
		line.Items = append(line.Items, item)
	}
	if len(line.Items) > 0 {
		fill := b.Any(2, nil)
		for fill != nil && int64(len(line.Items)) < size {
			line.Items = append(line.Items, fill)
		}
		lines = append(lines, line)
	}
	return python.Iterate(python.Tuple(lines))
}

func filterSlice(c *Call) (any, error) {
	b, err := c.Bind("_value", "slices", "fill_with?")
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	n, err := b.Int(1, 0)
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, python.ErrZero
	case n > python.MaxItems:
		return nil, python.ErrTooLong
	}
	var columns []any
	for i := range int(max(n, 0)) {
		size := len(items) / (int(n) - i)
		if len(items)%(int(n)-i) > 0 {
			size++
		}
		column := append([]any(nil), items[:size]...)
		items = items[size:]
		if fill := b.Any(2, nil); fill != nil && len(columns) > 0 && size < len(columns[0].(*python.List).Items) {
			column = append(column, fill)
		}
		columns = append(columns, python.NewList(column...))
	}
	return python.Iterate(python.Tuple(columns))
}
