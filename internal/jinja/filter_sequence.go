package jinja

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func addSequenceFilters(m map[string]Callable) {
	m["list"] = filterList
	m["first"], m["last"] = filterFirst, filterLast
	m["join"] = filterJoin
	m["sort"], m["unique"], m["dictsort"] = filterSort, filterUnique, filterDictSort
	m["min"], m["max"] = filterExtreme("<"), filterExtreme(">")
	m["sum"] = filterSum
	m["reverse"] = filterReverse
	m["batch"], m["slice"] = filterBatch, filterSlice
}

// keyFunc reads the value that an item is sorted or compared by.
type keyFunc func(item any) (any, error)

// attributeKey follows a path such as "a.b.0"; no path is the item itself.
// Strings are lowered unless caseSensitive.
func attributeKey(path any, caseSensitive bool) keyFunc {
	parts := pathParts(path)
	return func(item any) (any, error) {
		var err error
		for _, p := range parts {
			if item, err = python.Subscript(item, p); err != nil {
				return nil, err
			}
		}
		if s, ok := item.(string); ok && !caseSensitive {
			return python.Lower(s), nil
		}
		return item, nil
	}
}

func pathParts(path any) []any {
	s, ok := path.(string)
	switch {
	case path == nil:
		return nil
	case !ok:
		return []any{path}
	}
	var parts []any
	for _, p := range strings.Split(s, ".") {
		if n, err := strconv.ParseUint(p, 10, 63); err == nil {
			parts = append(parts, int64(n))
		} else {
			parts = append(parts, p)
		}
	}
	return parts
}

func filterList(c *Call) (any, error) {
	items, err := c.items("_value")
	return &python.List{Items: items}, err
}

// items returns the items of the only argument.
func (c *Call) items(params ...string) ([]any, error) {
	b, err := c.Bind(params...)
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	return items, c.it.step(len(items))
}

func filterFirst(c *Call) (any, error) {
	b, err := c.Bind("_seq")
	if err != nil {
		return nil, err
	}
	it, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	item, ok, err := it.Next()
	if err == nil && !ok {
		return &python.Undefined{Hint: "there is no first item: the sequence is empty"}, nil
	}
	return item, err
}

func filterLast(c *Call) (any, error) {
	items, err := c.items("_seq")
	if err != nil {
		return nil, err
	}
	if it, ok := c.Args[0].(*python.Iterator); ok {
		return nil, errors.New("does not work on a generator such as " + it.Name() + ": put `| list` before it")
	}
	if len(items) == 0 {
		return &python.Undefined{Hint: "there is no last item: the sequence is empty"}, nil
	}
	return items[len(items)-1], nil
}

func filterJoin(c *Call) (any, error) {
	items, err := c.items("_value", "d?", "attribute?")
	if err != nil {
		return nil, err
	}
	b, err := c.Bind("_value", "d?", "attribute?")
	if err != nil {
		return nil, err
	}
	sep, err := python.Str(b.Any(1, ""))
	if err != nil {
		return nil, err
	}
	key := attributeKey(b.Any(2, nil), true)
	parts := make([]string, len(items))
	for i, item := range items {
		v, err := key(item)
		if err != nil {
			return nil, err
		}
		if parts[i], err = python.Str(v); err != nil {
			return nil, err
		}
	}
	return python.JoinParts(parts, sep)
}

func filterExtreme(op string) Callable {
	return func(c *Call) (any, error) {
		b, err := c.Bind("_value", "case_sensitive?", "attribute?")
		if err != nil {
			return nil, err
		}
		items, err := python.Collect(b.Any(0, nil))
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return &python.Undefined{Hint: "the sequence is empty"}, nil
		}
		key := attributeKey(b.Any(2, nil), b.Bool(1, false))
		best := items[0]
		bestKey, err := key(best)
		for _, item := range items[1:] {
			if err != nil {
				return nil, err
			}
			var k any
			if k, err = key(item); err != nil {
				return nil, err
			}
			var better bool
			if better, err = python.Order(op, k, bestKey); better {
				best, bestKey = item, k
			}
		}
		return best, errors.Join(err, c.it.step(len(items)))
	}
}

func filterSum(c *Call) (any, error) {
	b, err := c.Bind("_value", "attribute?", "start?")
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	key := attributeKey(b.Any(1, nil), true)
	total := b.Any(2, int64(0))
	if _, ok := total.(string); ok {
		return nil, errors.New("does not add strings: use `join`")
	}
	for _, item := range items {
		v, err := key(item)
		if err != nil {
			return nil, err
		}
		if total, err = python.Operate("+", total, v); err != nil {
			return nil, err
		}
		if err := c.it.account(total); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func filterReverse(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	items, err := python.Collect(v)
	if err != nil {
		return nil, err
	}
	slices.Reverse(items)
	switch v.(type) {
	case string:
		var s strings.Builder
		for _, item := range items {
			s.WriteString(item.(string))
		}
		return s.String(), nil
	case *python.List, python.Tuple, python.Range, python.View, *python.Dict:
		it, err := python.Iterate(python.Tuple(items))
		return it, err
	}
	return &python.List{Items: items}, nil
}
