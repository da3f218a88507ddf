package pymodule

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func iterProduct(c *jinja.Call) (any, error) {
	times := int64(1)
	for _, n := range c.Named {
		v, ok := n.Value.(int64)
		if n.Name != "repeat" || !ok || v < 0 || v > 100 {
			return nil, errors.New("takes `repeat` only by name, 0 to 100")
		}
		times = v
	}
	var pools [][]any
	for range times {
		for _, a := range c.Args {
			items, err := python.Collect(a)
			if err != nil {
				return nil, err
			}
			pools = append(pools, items)
		}
	}
	// Counts like an odometer: the last pool moves fastest.
	at := make([]int, len(pools))
	done := false
	for _, p := range pools {
		done = done || len(p) == 0
	}
	return iterator(c, "product", func() (any, bool, error) {
		if done {
			return nil, false, nil
		}
		row := make(python.Tuple, len(pools))
		for i, p := range pools {
			row[i] = p[at[i]]
		}
		i := len(at) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < len(pools[i]) {
				break
			}
			at[i] = 0
		}
		done = i < 0
		return row, true, nil
	}), nil
}

// chooser reads the pool and how many of it to take.
func chooser(c *jinja.Call, optional bool) (pool []any, r int, err error) {
	params := []string{"iterable", "r"}
	if optional {
		params[1] = "r?"
	}
	b, err := c.Bind(params...)
	if err != nil {
		return nil, 0, err
	}
	if pool, err = python.Collect(b.Any(0, nil)); err != nil {
		return nil, 0, err
	}
	n := int64(len(pool))
	if b.Any(1, nil) != nil {
		if n, err = b.Int(1, 0); err != nil {
			return nil, 0, err
		}
	}
	if n < 0 || n > 1000 {
		return nil, 0, errors.New("takes 0 to 1000 of the items")
	}
	return pool, int(n), nil
}

// choices iterates over rows of indices of a pool: first makes the first one,
// or nil, and next moves on, or returns false at the end.
func choices(c *jinja.Call, name string, pool []any, first []int, next func(at []int) bool) *python.Iterator {
	at := first
	return iterator(c, name, func() (any, bool, error) {
		if at == nil {
			return nil, false, nil
		}
		row := make(python.Tuple, len(at))
		for i, p := range at {
			row[i] = pool[p]
		}
		if !next(at) {
			at = nil
		}
		return row, true, nil
	})
}

func counted(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func iterCombinations(c *jinja.Call) (any, error) {
	pool, r, err := chooser(c, false)
	if err != nil {
		return nil, err
	}
	first := counted(r)
	if r > len(pool) {
		first = nil
	}
	return choices(c, "combinations", pool, first, func(at []int) bool {
		for i := r - 1; i >= 0; i-- {
			if at[i] == i+len(pool)-r {
				continue
			}
			at[i]++
			for j := i + 1; j < r; j++ {
				at[j] = at[j-1] + 1
			}
			return true
		}
		return false
	}), nil
}

func iterCombinationsWithReplacement(c *jinja.Call) (any, error) {
	pool, r, err := chooser(c, false)
	if err != nil {
		return nil, err
	}
	first := make([]int, r)
	if len(pool) == 0 && r > 0 {
		first = nil
	}
	return choices(c, "combinations_with_replacement", pool, first, func(at []int) bool {
		for i := r - 1; i >= 0; i-- {
			if at[i] == len(pool)-1 {
				continue
			}
			v := at[i] + 1
			for j := i; j < r; j++ {
				at[j] = v
			}
			return true
		}
		return false
	}), nil
}

func iterPermutations(c *jinja.Call) (any, error) {
	pool, r, err := chooser(c, true)
	if err != nil {
		return nil, err
	}
	first := counted(r)
	if r > len(pool) {
		first = nil
	}
	return choices(c, "permutations", pool, first, func(at []int) bool {
		used := make([]bool, len(pool))
		for _, p := range at {
			used[p] = true
		}
		for i := r - 1; i >= 0; i-- {
			used[at[i]] = false
			for p := at[i] + 1; p < len(pool); p++ {
				if used[p] {
					continue
				}
				at[i], used[p] = p, true
				free := 0
				for j := i + 1; j < r; j++ {
					for used[free] {
						free++
					}
					at[j], used[free] = free, true
				}
				return true
			}
		}
		return false
	}), nil
}
