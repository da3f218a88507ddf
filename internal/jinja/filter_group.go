package jinja

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// group is what groupby makes of the items with one key: a tuple of the key
// and a list, whose parts have names.
type group struct {
	key  any
	list *python.List
}

func (g *group) tuple() python.Tuple             { return python.Tuple{g.key, g.list} }
func (g *group) TypeName() string                { return "tuple" }
func (g *group) Len() int                        { return 2 }
func (g *group) Iterate() *python.Iterator       { it, _ := python.Iterate(g.tuple()); return it }
func (g *group) Item(key any) (any, bool, error) { return python.Item(g.tuple(), key) }
func (g *group) Repr() string {
	s, err := python.Repr(g.tuple())
	if err != nil {
		return "(…)"
	}
	return s
}

func (g *group) Equal(other any) bool {
	if o, ok := other.(*group); ok {
		other = o.tuple()
	}
	eq, err := python.Equal(g.tuple(), other)
	return eq && err == nil
}

func (g *group) Compare(other any) (int, bool, error) {
	if o, ok := other.(*group); ok {
		other = o.tuple()
	}
	if _, ok := other.(python.Tuple); !ok {
		return 0, false, nil
	}
	c, err := python.Compare(g.tuple(), other)
	return c, err == nil, err
}

func (g *group) Slice(positions []int) any {
	t := g.tuple()
	out := python.Tuple{}
	for _, i := range positions {
		out = append(out, t[i])
	}
	return out
}

func (g *group) Plain() any { return []any{g.key, g.list} }

func (g *group) Attr(name string) (any, bool) {
	switch name {
	case "grouper":
		return g.key, true
	case "list":
		return g.list, true
	}
	return python.GetAttr(g.tuple(), name)
}

// filterGroupBy sorts items by an attribute and puts those together for which
// it is the same.
func filterGroupBy(c *Call) (any, error) {
	b, err := c.Bind("_value", "attribute", "default?", "case_sensitive?")
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
	real := attributeOr(b.Any(1, nil), b.Any(2, nil))
	key := func(item any) (any, error) {
		v, err := real(item)
		if s, ok := v.(string); ok && !b.Bool(3, false) {
			return python.Lower(s), err
		}
		return v, err
	}
	if items, err = python.Sorted(items, key, false); err != nil {
		return nil, err
	}
	var groups []any
	var current any
	for _, item := range items {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		if n := len(groups); n > 0 {
			eq, err := python.Equal(current, k)
			if err != nil {
				return nil, err
			}
			if eq {
				l := groups[n-1].(*group).list
				l.Items = append(l.Items, item)
				continue
			}
		}
		current = k
		if k, err = real(item); err != nil {
			return nil, err
		}
		groups = append(groups, &group{k, python.NewList(item)})
	}
	return python.NewList(groups...), nil
}

// attributeOr follows a path; parts that are not there are the default, if it
// is not None.
func attributeOr(path, missing any) keyFunc {
	parts := pathParts(path)
	return func(item any) (any, error) {
		var err error
		for _, p := range parts {
			if item, err = python.Subscript(item, p); err != nil {
				return nil, err
			}
			if _, ok := item.(*python.Undefined); ok && missing != nil {
				item = missing
			}
		}
		return item, nil
	}
}

func filterRandom(c *Call) (any, error) {
	b, err := c.Bind("_seq")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	n, ok := python.Len(v)
	switch {
	case !ok:
		return nil, errors.New("a " + python.TypeName(v) + " has no length")
	case n == 0:
		return &python.Undefined{Hint: "there is no random item: the sequence is empty"}, nil
	}
	chosen, ok, err := python.Item(v, int64(rand.IntN(n)))
	if err == nil && !ok {
		err = fmt.Errorf("a %s has no items by number", python.TypeName(v))
	}
	return chosen, err
}

func filterFileSize(c *Call) (any, error) {
	b, err := c.Bind("_value", "binary?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	n, ok := python.ToFloat(v)
	if !ok {
		return nil, python.UndefinedOr(fmt.Errorf("needs a number, not %s", python.TypeName(v)), v)
	}
	base, infix := 1000.0, ""
	if b.Bool(1, false) {
		base, infix = 1024, "i"
	}
	switch {
	case n == 1:
		return "1 Byte", nil
	case n < base:
		whole, ok := python.ToInt(n)
		if !ok {
			return nil, python.ErrTooBig
		}
		s, err := python.Str(whole)
		return s + " Bytes", err
	case math.IsInf(n, 0) || math.IsNaN(n):
		return nil, python.ErrTooBig
	}
	letters := "kMGTPEZY"
	if infix != "" {
		letters = "KMGTPEZY"
	}
	unit := big.NewInt(int64(base))
	for i := 0; ; i++ {
		unit.Mul(unit, big.NewInt(int64(base)))
		if c, _ := python.Compare(n, unit); c < 0 || i == len(letters)-1 {
			return fmt.Sprintf("%.1f %c%sB", base*n/python.Float(unit), letters[i], infix), nil
		}
	}
}
