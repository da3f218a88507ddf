package python

import (
	"fmt"
	"strings"
)

// Arguments are what a function is called with.
type Arguments struct {
	Args  []any
	Named []Named
}

// Named is one argument that was given by name.
type Named struct {
	Name  string
	Value any
	// At is where it stands in its text, 0 where that is not known.
	At int
}

// Arg returns the argument at a position or of a name.
func (a *Arguments) Arg(i int, name string) (any, bool) {
	if i < len(a.Args) {
		return a.Args[i], true
	}
	for _, n := range a.Named {
		if n.Name == name {
			return n.Value, true
		}
	}
	return nil, false
}

// Bind matches the arguments to parameters as Python does and returns them in
// order, nil for those left out. A name that ends with "?" may be left out; one
// that begins with "_" is positional only.
func (a *Arguments) Bind(params ...string) (Bound, error) {
	if len(a.Args) > len(params) {
		return Bound{}, TooMany(len(params), len(a.Args))
	}
	b := Bound{values: make([]any, len(params)), given: make([]bool, len(params))}
	for i, v := range a.Args {
		b.values[i], b.given[i] = v, true
	}
	for _, n := range a.Named {
		i := parameter(params, n.Name)
		switch {
		case i < 0:
			return Bound{}, fmt.Errorf("has no argument `%s`", n.Name)
		case b.given[i]:
			return Bound{}, fmt.Errorf("got `%s` twice", n.Name)
		}
		b.values[i], b.given[i] = n.Value, true
	}
	for i, p := range params {
		if !b.given[i] && !strings.HasSuffix(p, "?") {
			return Bound{}, fmt.Errorf("needs the argument `%s`", strings.Trim(p, "_"))
		}
	}
	return b, nil
}

func parameter(params []string, name string) int {
	for i, p := range params {
		if strings.TrimSuffix(p, "?") == name {
			return i
		}
	}
	return -1
}

// Bound is the arguments of a call in the order of its parameters.
type Bound struct {
	values []any
	given  []bool
}

// Has reports whether the i-th parameter got an argument.
func (b Bound) Has(i int) bool { return b.given[i] }

// Any returns the i-th argument, or what to take in its place.
func (b Bound) Any(i int, missing any) any {
	if !b.given[i] {
		return missing
	}
	return b.values[i]
}

// String returns the i-th argument, which has to be a string.
func (b Bound) String(i int, missing string) (string, error) {
	v := b.Any(i, missing)
	s, ok := v.(string)
	if !ok {
		return "", UndefinedOr(fmt.Errorf("needs a str as argument %d, got %s", i+1, TypeName(v)), v)
	}
	return s, nil
}

// Int returns the i-th argument, which has to be an integer.
func (b Bound) Int(i int, missing int64) (int64, error) {
	v := b.Any(i, missing)
	n, ok := Int(v)
	if !ok {
		return 0, UndefinedOr(fmt.Errorf("needs an int as argument %d, got %s", i+1, TypeName(v)), v)
	}
	return n, nil
}

// Bool returns the truth of the i-th argument.
func (b Bound) Bool(i int, missing bool) bool { return Truth(b.Any(i, missing)) }

// TooMany is the error of a call with more arguments than there are parameters.
func TooMany(params, args int) error {
	if params == 1 {
		return fmt.Errorf("takes 1 argument, not %d", args)
	}
	return fmt.Errorf("takes %d arguments, not %d", params, args)
}
