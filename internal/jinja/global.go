package jinja

import (
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/jinja/python"
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
		v, ok := python.Int(a)
		if !ok {
			return nil, python.UndefinedOr(fmt.Errorf("takes int, not %s", python.TypeName(a)), a)
		}
		n[i] = v
	}
	r := python.Range{Start: n[0], Stop: n[1], Step: 1}
	if len(c.Args) == 1 {
		r = python.Range{Stop: n[0], Step: 1}
	}
	if len(c.Args) == 3 {
		r.Step = n[2]
	}
	const far = 1 << 61
	switch {
	case r.Step == 0:
		return nil, errors.New("the step is 0")
	case max(r.Start, r.Stop, r.Step) > far || min(r.Start, r.Stop, r.Step) < -far:
		return nil, python.ErrTooBig
	case r.Len() > maxRange:
		return nil, limitError("range() makes at most %d items, not %d", maxRange, r.Len())
	}
	return r, nil
}

func globalDict(c *Call) (any, error) {
	if len(c.Args) > 1 {
		return nil, errors.New("takes one argument")
	}
	d := python.NewDict()
	return d, d.Fill(&c.Arguments)
}

func globalNamespace(c *Call) (any, error) {
	v, err := globalDict(c)
	if err != nil {
		return nil, err
	}
	return python.NewNamespace(v.(*python.Dict)), nil
}
