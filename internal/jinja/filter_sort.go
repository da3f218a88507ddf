package jinja

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func filterSort(c *Call) (any, error) {
	b, err := c.Bind("_value", "reverse?", "case_sensitive?", "attribute?")
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	if err := c.it.step(len(items)); err != nil {
		return nil, err
	}
	paths := []any{b.Any(3, nil)}
	if s, ok := paths[0].(string); ok {
		paths = nil
		for _, p := range strings.Split(s, ",") {
			paths = append(paths, p)
		}
	}
	keys := make([]keyFunc, len(paths))
	for i, p := range paths {
		keys[i] = attributeKey(p, b.Bool(2, false))
	}
	out, err := python.Sorted(items, func(item any) (any, error) {
		t := make(python.Tuple, len(keys))
		for i, key := range keys {
			var err error
			if t[i], err = key(item); err != nil {
				return nil, err
			}
		}
		return t, nil
	}, b.Bool(1, false))
	return &python.List{Items: out}, err
}

func filterUnique(c *Call) (any, error) {
	b, err := c.Bind("_value", "case_sensitive?", "attribute?")
	if err != nil {
		return nil, err
	}
	it, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	key := attributeKey(b.Any(2, nil), b.Bool(1, false))
	seen := map[any]bool{}
	return c.lazy("unique", it, func(item any) (any, bool, error) {
		k, err := key(item)
		if err != nil {
			return nil, false, err
		}
		h, err := python.Hash(k)
		if err != nil || seen[h] {
			return nil, false, err
		}
		seen[h] = true
		return item, true, nil
	}), nil
}

func filterDictSort(c *Call) (any, error) {
	b, err := c.Bind("_value", "case_sensitive?", "by?", "reverse?")
	if err != nil {
		return nil, err
	}
	d, ok := b.Any(0, nil).(*python.Dict)
	if !ok {
		return nil, python.UndefinedOr(fmt.Errorf("needs a dict, not %s", python.TypeName(b.Any(0, nil))), b.Any(0, nil))
	}
	at, ok := map[any]int64{"key": 0, "value": 1}[b.Any(2, "key")]
	if !ok {
		return nil, errors.New("sorts by \"key\" or \"value\"")
	}
	items, err := python.Collect(d.Items())
	if err != nil {
		return nil, err
	}
	out, err := python.Sorted(items, attributeKey(at, b.Bool(1, false)), b.Bool(3, false))
	return &python.List{Items: out}, err
}
