package pymodule

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// itertoolsModule is Python's itertools. What has no end is read as far as a
// text asks; the limits of the render stop the rest.
func itertoolsModule() *module {
	m := &module{name: "itertools", attrs: map[string]any{
		"chain": newClass("itertools.chain", iterChain, map[string]any{
			"from_iterable": jinja.NewFunc("from_iterable", func(c *jinja.Call) (any, error) {
				b, err := c.Bind("_iterable")
				if err != nil {
					return nil, err
				}
				outer, err := python.Iterate(b.Any(0, nil))
				if err != nil {
					return nil, err
				}
				return chained(outer), nil
			}),
		}),
	}}
	for name, f := range map[string]jinja.Callable{
		"accumulate": iterAccumulate, "combinations": iterCombinations,
		"combinations_with_replacement": iterCombinationsWithReplacement, "compress": iterCompress, "count": iterCount,
		"cycle": iterCycle, "dropwhile": iterDropWhile, "filterfalse": iterFilterFalse, "groupby": iterGroupBy,
		"islice": iterSlice, "pairwise": iterPairwise, "permutations": iterPermutations, "product": iterProduct,
		"repeat": iterRepeat, "starmap": iterStarMap, "takewhile": iterTakeWhile, "tee": iterTee,
		"zip_longest": iterZipLongest,
	} {
		m.attrs[name] = jinja.NewFunc(name, f)
	}
	return m
}

// next makes an iterator of a function, whose work counts.
func iterator(c *jinja.Call, name string, next func() (any, bool, error)) *python.Iterator {
	return python.NewIterator("itertools."+name, func() (any, bool, error) {
		if err := c.Step(1); err != nil {
			return nil, false, err
		}
		return next()
	})
}

// iterators returns one iterator for each value.
func iterators(values []any) ([]*python.Iterator, error) {
	out := make([]*python.Iterator, len(values))
	for i, v := range values {
		it, err := python.Iterate(v)
		if err != nil {
			return nil, err
		}
		out[i] = it
	}
	return out, nil
}

func iterChain(c *jinja.Call) (any, error) {
	if len(c.Named) > 0 {
		return nil, errors.New("takes no named arguments")
	}
	if _, err := iterators(c.Args); err != nil {
		return nil, err
	}
	return chained(over(c.Args)), nil
}

// chained reads one iterable after the other.
func chained(outer *python.Iterator) *python.Iterator {
	var inner *python.Iterator
	return python.NewIterator("itertools.chain", func() (any, bool, error) {
		for {
			if inner != nil {
				if v, ok, err := inner.Next(); ok || err != nil {
					return v, ok, err
				}
			}
			v, ok, err := outer.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			if inner, err = python.Iterate(v); err != nil {
				return nil, false, err
			}
		}
	})
}

func iterCount(c *jinja.Call) (any, error) {
	b, err := c.Bind("start?", "step?")
	if err != nil {
		return nil, err
	}
	at, step := b.Any(0, int64(0)), b.Any(1, int64(1))
	return iterator(c, "count", func() (any, bool, error) {
		v := at
		at, err = python.Operate("+", at, step)
		return v, err == nil, err
	}), nil
}

func iterRepeat(c *jinja.Call) (any, error) {
	b, err := c.Bind("object", "times?")
	if err != nil {
		return nil, err
	}
	left, err := b.Int(1, -1)
	if err != nil {
		return nil, err
	}
	endless := !b.Has(1)
	return iterator(c, "repeat", func() (any, bool, error) {
		if !endless {
			if left <= 0 {
				return nil, false, nil
			}
			left--
		}
		return b.Any(0, nil), true, nil
	}), nil
}

func iterCycle(c *jinja.Call) (any, error) {
	b, err := c.Bind("_iterable")
	if err != nil {
		return nil, err
	}
	from, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	var seen []any
	i, done := 0, false
	return iterator(c, "cycle", func() (any, bool, error) {
		if !done {
			v, ok, err := from.Next()
			if err != nil {
				return nil, false, err
			}
			if ok {
				seen = append(seen, v)
				return v, true, nil
			}
			done = true
		}
		if len(seen) == 0 {
			return nil, false, nil
		}
		i++
		return seen[(i-1)%len(seen)], true, nil
	}), nil
}

func iterAccumulate(c *jinja.Call) (any, error) {
	b, err := c.Bind("iterable", "func?", "initial?")
	if err != nil {
		return nil, err
	}
	from, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	f, total := b.Any(1, nil), b.Any(2, nil)
	started, pending := total != nil, total != nil
	return iterator(c, "accumulate", func() (any, bool, error) {
		if pending {
			pending = false
			return total, true, nil
		}
		v, ok, err := from.Next()
		switch {
		case err != nil || !ok:
			return nil, false, err
		case !started:
			started, total = true, v
		case f == nil:
			total, err = python.Operate("+", total, v)
		default:
			total, err = c.Invoke(f, total, v)
		}
		return total, err == nil, err
	}), nil
}

func iterSlice(c *jinja.Call) (any, error) {
	if len(c.Args) < 2 || len(c.Args) > 4 || len(c.Named) > 0 {
		return nil, errors.New("takes an iterable and one to three numbers")
	}
	from, err := python.Iterate(c.Args[0])
	if err != nil {
		return nil, err
	}
	bounds := c.Args[1:]
	if len(bounds) == 1 {
		bounds = []any{nil, bounds[0]}
	}
	n := [3]int64{0, -1, 1} // start, stop (-1: none), step
	for i, v := range bounds {
		if v == nil {
			continue
		}
		number, ok := v.(int64)
		if !ok || number < 0 || i == 2 && number == 0 {
			return nil, errors.New("the bounds are None or whole numbers from 0 on, the step from 1 on")
		}
		n[i] = number
	}
	at, wanted := int64(0), n[0]
	return iterator(c, "islice", func() (any, bool, error) {
		for n[1] < 0 || wanted < n[1] {
			v, ok, err := from.Next()
			if err != nil || !ok {
				return nil, false, err
			}
			if at++; at-1 == wanted {
				wanted += n[2]
				return v, true, nil
			}
		}
		return nil, false, nil
	}), nil
}

func iterTee(c *jinja.Call) (any, error) {
	b, err := c.Bind("_iterable", "_n?")
	if err != nil {
		return nil, err
	}
	n, err := b.Int(1, 2)
	if err != nil {
		return nil, err
	}
	from, err := python.Iterate(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	if n < 0 || n > 1000 {
		return nil, errors.New("makes 0 to 1000 iterators")
	}
	var read []any
	out := make(python.Tuple, n)
	for i := range out {
		at := 0
		out[i] = iterator(c, "tee", func() (any, bool, error) {
			if at == len(read) {
				v, ok, err := from.Next()
				if err != nil || !ok {
					return nil, false, err
				}
				read = append(read, v)
			}
			at++
			return read[at-1], true, nil
		})
	}
	return out, nil
}
