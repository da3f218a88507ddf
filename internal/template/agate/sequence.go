package agate

import (
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// sequence is agate's MappedSequence: values by position, and by name where
// they have names.
type sequence struct {
	values []any
	keys   []string
}

// Len is the number of values.
func (s *sequence) Len() int { return len(s.values) }

// Iterate goes over the values.
func (s *sequence) Iterate() *python.Iterator {
	i := 0
	return python.NewIterator("MappedSequence", func() (any, bool, error) {
		if i >= len(s.values) {
			return nil, false, nil
		}
		i++
		return s.values[i-1], true, nil
	})
}

// Item returns a value by position or name.
func (s *sequence) Item(key any) (any, bool, error) {
	if name, ok := key.(string); ok {
		for i, k := range s.keys {
			if k == name {
				return s.values[i], true, nil
			}
		}
		return nil, false, nil
	}
	return python.Item(python.Tuple(s.values), key)
}

// Slice returns a tuple.
func (s *sequence) Slice(positions []int) any {
	out := make(python.Tuple, len(positions))
	for i, p := range positions {
		out[i] = s.values[p]
	}
	return out
}

// Equal compares the values with those of any sequence.
func (s *sequence) Equal(other any) bool {
	items, err := python.Collect(other)
	if err != nil {
		return false
	}
	if _, text := other.(string); text {
		return false
	}
	eq, err := python.Equal(python.Tuple(s.values), python.Tuple(items))
	return err == nil && eq
}

// TypeName is Python's.
func (s *sequence) TypeName() string { return "MappedSequence" }

// Str prints the values.
func (s *sequence) Str() string { return s.shown("MappedSequence") }

func (s *sequence) shown(name string) string {
	r, err := python.Repr(python.Tuple(s.values))
	if err != nil {
		return "<agate." + name + ">"
	}
	return "<agate." + name + ": " + r + ">"
}

// Attr returns a method.
func (s *sequence) Attr(name string) (any, bool) {
	f, ok := sequenceMethods()[name]
	if !ok {
		return nil, false
	}
	return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) { return f(s, c) }}, true
}

type sequenceMethod func(s *sequence, c *jinja.Call) (any, error)

// simple is a method without arguments.
func simple(f func(s *sequence) any) sequenceMethod {
	return func(s *sequence, c *jinja.Call) (any, error) {
		if _, err := c.Bind(); err != nil {
			return nil, err
		}
		return f(s), nil
	}
}

var sequenceMethods = sync.OnceValue(func() map[string]sequenceMethod {
	return map[string]sequenceMethod{
		"values": simple(func(s *sequence) any { return append(python.Tuple{}, s.values...) }),
		"keys": simple(func(s *sequence) any {
			if s.keys == nil {
				return nil
			}
			return texts(s.keys)
		}),
		"items": simple(func(s *sequence) any {
			out := make(python.Tuple, len(s.keys))
			for i, k := range s.keys {
				out[i] = python.Tuple{k, s.values[i]}
			}
			return out
		}),
		"dict": simple(func(s *sequence) any {
			d := python.NewDict()
			for i, k := range s.keys {
				d.SetString(k, s.values[i])
			}
			return d
		}),
		"get": func(s *sequence, c *jinja.Call) (any, error) {
			b, err := c.Bind("key", "default?")
			if err != nil {
				return nil, err
			}
			if v, ok, err := s.Item(b.Any(0, nil)); ok || err != nil {
				return v, err
			}
			return b.Any(1, nil), nil
		},
		"index": func(s *sequence, c *jinja.Call) (any, error) { return listMethod(s, c, "index") },
		"count": func(s *sequence, c *jinja.Call) (any, error) { return listMethod(s, c, "count") },
	}
})

// listMethod does as a list of the values does.
func listMethod(s *sequence, c *jinja.Call, name string) (any, error) {
	f, err := python.Attribute(python.NewList(s.values...), name)
	if err != nil {
		return nil, err
	}
	return c.Invoke(f, c.Args...)
}

// Row is one row: its values by position and by the names of the columns.
type Row struct{ sequence }

// TypeName is Python's.
func (r *Row) TypeName() string { return "Row" }

// Str prints the values.
func (r *Row) Str() string { return r.shown("Row") }
