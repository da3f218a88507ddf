package exchange

import (
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// setOf is set(values), or the default for what cannot be one.
func setOf(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?")
	if err != nil {
		return nil, err
	}
	v, err := newSet(b.Any(0, nil))
	if err != nil {
		return b.Any(1, nil), nil //nolint:nilerr // as dbt does it
	}
	return v, nil
}

func setStrict(c *jinja.Call) (any, error) {
	b, err := c.Bind("value")
	if err != nil {
		return nil, err
	}
	return newSet(b.Any(0, nil))
}

// set is Python's set. It keeps the order in which things came.
type set struct{ of *python.Dict }

func newSet(v any) (*set, error) {
	items, err := python.Collect(v)
	if err != nil {
		return nil, err
	}
	s := &set{python.NewDict()}
	return s, s.add(items...)
}

func (s *set) add(items ...any) error {
	for _, item := range items {
		if err := s.of.Set(item, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *set) items() []any {
	out := make([]any, s.of.Len())
	for i := range out {
		out[i], _ = s.of.Entry(i)
	}
	return out
}

// TypeName is Python's.
func (s *set) TypeName() string { return "set" }

// Len is the number of items.
func (s *set) Len() int { return s.of.Len() }

// Iterate goes over the items.
func (s *set) Iterate() *python.Iterator {
	items, at := s.items(), 0
	return python.NewIterator("set_iterator", func() (any, bool, error) {
		if at == len(items) {
			return nil, false, nil
		}
		at++
		return items[at-1], true, nil
	})
}

// Contains answers `in`.
func (s *set) Contains(item any) (bool, error) {
	_, ok, err := s.of.Get(item)
	return ok, err
}

// Equal compares what is in them.
func (s *set) Equal(other any) bool {
	o, ok := other.(*set)
	return ok && s.Len() == o.Len() && len(s.minus(o)) == 0
}

// Str prints it as Python does.
func (s *set) Str() string {
	if s.Len() == 0 {
		return "set()"
	}
	list := make([]string, s.Len())
	for i, item := range s.items() {
		text, err := python.Repr(item)
		if err != nil {
			text = python.TypeName(item)
		}
		list[i] = text
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// minus returns what is in s and not in the other.
func (s *set) minus(other *set) []any {
	var out []any
	for _, item := range s.items() {
		if in, err := other.Contains(item); err == nil && !in {
			out = append(out, item)
		}
	}
	return out
}

// Operate is `a - b` between sets.
func (s *set) Operate(op string, other any, reversed bool) (any, bool, error) {
	o, ok := other.(*set)
	if !ok || op != "-" {
		return nil, false, nil
	}
	if reversed {
		s, o = o, s
	}
	v, err := setOfItems(s.minus(o))
	return v, true, err
}

func setOfItems(items []any) (*set, error) {
	s := &set{python.NewDict()}
	return s, s.add(items...)
}

// Attr returns Python's methods.
func (s *set) Attr(name string) (any, bool) {
	f, ok := map[string]func(other *set) (any, error){
		"union":      func(o *set) (any, error) { return setOfItems(append(s.items(), o.items()...)) },
		"difference": func(o *set) (any, error) { return setOfItems(s.minus(o)) },
		"symmetric_difference": func(o *set) (any, error) {
			return setOfItems(append(s.minus(o), o.minus(s)...))
		},
		"intersection": func(o *set) (any, error) {
			rest, err := setOfItems(s.minus(o))
			if err != nil {
				return nil, err
			}
			return setOfItems(s.minus(rest))
		},
		"issubset":   func(o *set) (any, error) { return len(s.minus(o)) == 0, nil },
		"issuperset": func(o *set) (any, error) { return len(o.minus(s)) == 0, nil },
		"isdisjoint": func(o *set) (any, error) { return len(s.minus(o)) == s.Len(), nil },
		"update":     func(o *set) (any, error) { return nil, s.add(o.items()...) },
		"copy":       func(*set) (any, error) { return setOfItems(s.items()) },
		"clear": func(*set) (any, error) {
			s.of = python.NewDict()
			return nil, nil
		},
	}[name]
	if ok {
		return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) {
			all := &set{python.NewDict()}
			for _, a := range c.Args {
				other, err := newSet(a)
				if err != nil {
					return nil, err
				}
				if err := all.add(other.items()...); err != nil {
					return nil, err
				}
			}
			return f(all)
		}}, true
	}
	switch name {
	case "add":
		return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) { return nil, s.add(c.Args...) }}, true
	case "remove", "discard":
		return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) {
			gone, err := setOfItems(c.Args)
			if err != nil {
				return nil, err
			}
			if len(gone.minus(s)) > 0 && name == "remove" {
				return nil, errors.New("the set does not hold what is to be removed")
			}
			left, err := setOfItems(s.minus(gone))
			s.of = left.of
			return nil, err
		}}, true
	}
	return nil, false
}
