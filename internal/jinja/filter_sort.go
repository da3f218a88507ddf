package jinja

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// sorted returns the items in order of their keys; equal ones keep theirs.
func sorted(items []any, key keyFunc, reverse bool) ([]any, error) {
	type keyed struct{ key, item any }
	list := make([]keyed, len(items))
	var err error
	for i, item := range items {
		if list[i].item = item; err == nil {
			list[i].key, err = key(item)
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		if err != nil {
			return 0
		}
		if reverse {
			a, b = b, a
		}
		var less bool
		if less, err = order("<", a.key, b.key); less {
			return -1
		}
		if err == nil {
			if less, err = order("<", b.key, a.key); less {
				return 1
			}
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, k := range list {
		out[i] = k.item
	}
	return out, nil
}

func filterSort(c *Call) (any, error) {
	b, err := c.Bind("_value", "reverse?", "case_sensitive?", "attribute?")
	if err != nil {
		return nil, err
	}
	items, err := collect(b.Any(0, nil))
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
	out, err := sorted(items, func(item any) (any, error) {
		t := make(Tuple, len(keys))
		for i, key := range keys {
			var err error
			if t[i], err = key(item); err != nil {
				return nil, err
			}
		}
		return t, nil
	}, b.Bool(1, false))
	return &List{out}, err
}

func filterUnique(c *Call) (any, error) {
	b, err := c.Bind("_value", "case_sensitive?", "attribute?")
	if err != nil {
		return nil, err
	}
	it, err := iterate(b.Any(0, nil))
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
		h, err := hashKey(k, 0)
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
	d, ok := b.Any(0, nil).(*Dict)
	if !ok {
		return nil, undefinedOr(fmt.Errorf("needs a dict, not %s", typeName(b.Any(0, nil))), b.Any(0, nil))
	}
	at, ok := map[any]int64{"key": 0, "value": 1}[b.Any(2, "key")]
	if !ok {
		return nil, errors.New("sorts by \"key\" or \"value\"")
	}
	items, err := collect(view{viewItems, d})
	if err != nil {
		return nil, err
	}
	out, err := sorted(items, attributeKey(at, b.Bool(1, false)), b.Bool(3, false))
	return &List{out}, err
}
