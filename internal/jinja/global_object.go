package jinja

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// cyclerValue is what cycler() makes.
type cyclerValue struct {
	items []any
	at    int
}

func globalCycler(c *Call) (any, error) {
	if len(c.Args) == 0 || len(c.Named) > 0 {
		return nil, errors.New("needs one value at least")
	}
	return &cyclerValue{items: c.Args}, nil
}

// Attr returns current, next and reset.
func (v *cyclerValue) Attr(name string) (any, bool) {
	switch name {
	case "current":
		return v.items[v.at], true
	case "items":
		return python.Tuple(v.items), true
	case "pos":
		return int64(v.at), true
	case "next":
		return &Func{Name: name, Call: func(c *Call) (any, error) {
			_, err := c.Bind()
			current := v.items[v.at]
			v.at = (v.at + 1) % len(v.items)
			return current, err
		}}, true
	case "reset":
		return &Func{Name: name, Call: func(c *Call) (any, error) {
			_, err := c.Bind()
			v.at = 0
			return nil, err
		}}, true
	}
	return nil, false
}

// joinerValue is what joiner() makes: nothing when it is called first, then its
// separator.
type joinerValue struct {
	sep  any
	used bool
}

func globalJoiner(c *Call) (any, error) {
	b, err := c.Bind("sep?")
	if err != nil {
		return nil, err
	}
	return &joinerValue{sep: b.Any(0, ", ")}, nil
}

// Attr returns sep and used.
func (v *joinerValue) Attr(name string) (any, bool) {
	switch name {
	case "sep":
		return v.sep, true
	case "used":
		return v.used, true
	}
	return nil, false
}

// Call returns the separator, the first time nothing.
func (v *joinerValue) Call(c *Call) (any, error) {
	if _, err := c.Bind(); err != nil {
		return nil, err
	}
	if !v.used {
		v.used = true
		return "", nil
	}
	return v.sep, nil
}
