package python

import "slices"

// Sorted returns the items in order of their keys; equal ones keep theirs.
func Sorted(items []any, key func(item any) (any, error), reverse bool) ([]any, error) {
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
		if less, err = Order("<", a.key, b.key); less {
			return -1
		}
		if err == nil {
			if less, err = Order("<", b.key, a.key); less {
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
