package pymodule

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// picked reads the predicate and the iterable, and returns an iterator over
// what keep takes; keep returns false for stop to end.
func picked(c *jinja.Call, name string, keep func(holds bool) (take, stop bool)) (any, error) {
	b, err := c.Bind("_function", "_iterable")
	if err != nil {
		return nil, err
	}
	f := b.Any(0, nil)
	from, err := python.Iterate(b.Any(1, nil))
	if err != nil {
		return nil, err
	}
	ended := false
	return iterator(c, name, func() (any, bool, error) {
		for !ended {
			v, ok, err := from.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			answer := v
			if f != nil {
				if answer, err = c.Invoke(f, v); err != nil {
					return nil, false, err
				}
			}
			take, stop := keep(python.Truth(answer))
			ended = stop
			if take {
				return v, true, nil
			}
		}
		return nil, false, nil
	}), nil
}

func iterFilterFalse(c *jinja.Call) (any, error) {
	return picked(c, "filterfalse", func(holds bool) (bool, bool) { return !holds, false })
}

func iterTakeWhile(c *jinja.Call) (any, error) {
	return picked(c, "takewhile", func(holds bool) (bool, bool) { return holds, !holds })
}

func iterDropWhile(c *jinja.Call) (any, error) {
	dropping := true
	return picked(c, "dropwhile", func(holds bool) (bool, bool) {
		dropping = dropping && holds
		return !dropping, false
	})
}

func iterCompress(c *jinja.Call) (any, error) {
	b, err := c.Bind("data", "selectors")
	if err != nil {
		return nil, err
	}
	from, err := iterators([]any{b.Any(0, nil), b.Any(1, nil)})
	if err != nil {
		return nil, err
	}
	return iterator(c, "compress", func() (any, bool, error) {
		for {
			v, ok, err := from[0].Next()
			if err != nil || !ok {
				return nil, false, err
			}
			chosen, ok, err := from[1].Next()
			if err != nil || !ok {
				return nil, false, err
			}
			if python.Truth(chosen) {
				return v, true, nil
			}
		}
	}), nil
}

func iterStarMap(c *jinja.Call) (any, error) {
	b, err := c.Bind("_function", "_iterable")
	if err != nil {
		return nil, err
	}
	from, err := python.Iterate(b.Any(1, nil))
	if err != nil {
		return nil, err
	}
	return iterator(c, "starmap", func() (any, bool, error) {
		v, ok, err := from.Next()
		if err != nil || !ok {
			return nil, false, err
		}
		args, err := python.Collect(v)
		if err != nil {
			return nil, false, err
		}
		v, err = c.Invoke(b.Any(0, nil), args...)
		return v, err == nil, err
	}), nil
}

func iterGroupBy(c *jinja.Call) (any, error) {
	b, err := c.Bind("iterable", "key?")
	if err != nil {
		return nil, err
	}
	items, err := python.Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	f := b.Any(1, nil)
	var groups []any
	var key any
	for i, v := range items {
		k := v
		if f != nil {
			if k, err = c.Invoke(f, v); err != nil {
				return nil, err
			}
		}
		same := i > 0
		if same {
			if same, err = python.Equal(k, key); err != nil {
				return nil, err
			}
		}
		if !same {
			key = k
			groups = append(groups, python.Tuple{k, python.NewList()})
		}
		l := groups[len(groups)-1].(python.Tuple)[1].(*python.List)
		l.Items = append(l.Items, v)
	}
	for _, g := range groups {
		t := g.(python.Tuple)
		t[1] = over(t[1].(*python.List).Items)
	}
	return over(groups), nil
}

func iterPairwise(c *jinja.Call) (any, error) {
	b, err := c.Bind("_iterable")
	if err != nil {
		return nil, err
	}
	from, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	var last any
	started := false
	return iterator(c, "pairwise", func() (any, bool, error) {
		if !started {
			v, ok, err := from.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			started, last = true, v
		}
		v, ok, err := from.Next()
		if err != nil || !ok {
			return nil, false, err
		}
		pair := python.Tuple{last, v}
		last = v
		return pair, true, nil
	}), nil
}

func iterZipLongest(c *jinja.Call) (any, error) {
	var fill any
	for _, n := range c.Named {
		if n.Name != "fillvalue" {
			return nil, errors.New("takes `fillvalue` only by name")
		}
		fill = n.Value
	}
	from, err := iterators(c.Args)
	if err != nil {
		return nil, err
	}
	ended := make([]bool, len(from))
	return iterator(c, "zip_longest", func() (any, bool, error) {
		row, any := make(python.Tuple, len(from)), false
		for i, it := range from {
			row[i] = fill
			if ended[i] {
				continue
			}
			v, ok, err := it.Next()
			if err != nil {
				return nil, false, err
			}
			if ended[i] = !ok; ok {
				row[i], any = v, true
			}
		}
		return row, any, nil
	}), nil
}
