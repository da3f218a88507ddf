package jinja

import (
	"errors"
	"fmt"
)

// maxRange bounds range(), as jinja2's sandbox does.
const maxRange = 100_000

// makeGlobals makes the functions of jinja2 that every template sees.
func makeGlobals() map[string]any {
	m := map[string]any{}
	for name, f := range map[string]Callable{
		"range": globalRange, "dict": globalDict, "namespace": globalNamespace,
		"cycler": globalCycler, "joiner": globalJoiner,
	} {
		m[name] = &Func{Name: name, Call: f}
	}
	return m
}

func globalRange(c *Call) (any, error) {
	if len(c.Args) == 0 || len(c.Args) > 3 || len(c.Named) > 0 {
		return nil, errors.New("takes one to three numbers")
	}
	var n [3]int64
	for i, a := range c.Args {
		v, ok := smallInt(a)
		if !ok {
			return nil, undefinedOr(fmt.Errorf("takes int, not %s", typeName(a)), a)
		}
		n[i] = v
	}
	r := rangeValue{n[0], n[1], 1}
	if len(c.Args) == 1 {
		r = rangeValue{0, n[0], 1}
	}
	if len(c.Args) == 3 {
		r.step = n[2]
	}
	const far = 1 << 61
	switch {
	case r.step == 0:
		return nil, errors.New("the step is 0")
	case max(r.start, r.stop, r.step) > far || min(r.start, r.stop, r.step) < -far:
		return nil, errTooBig
	case r.len() > maxRange:
		return nil, limitError("range() makes at most %d items, not %d", maxRange, r.len())
	}
	return r, nil
}

func globalDict(c *Call) (any, error) {
	if len(c.Args) > 1 {
		return nil, errors.New("takes one argument")
	}
	d := NewDict()
	return d, fill(d, c)
}

func globalNamespace(c *Call) (any, error) {
	v, err := globalDict(c)
	if err != nil {
		return nil, err
	}
	return &Namespace{attrs: v.(*Dict)}, nil
}
