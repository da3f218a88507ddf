package python

import "math/big"

// The interfaces below are what an [Object] may have besides its attributes:
// what Python's special methods are. An object without one behaves as a plain
// object of Python's does: it is true, equal to itself only, and has no order,
// length or items.
type (
	// Typed names its type as Python would, for messages.
	Typed interface{ TypeName() string }
	// Listed lists its attributes, for the errors about those it does not have.
	Listed interface{ Names() []string }
	// Representer prints inside of lists and the like; without it [Stringer]
	// does.
	Representer interface{ Repr() string }
	// Truthful is true or false; without it [Sized] decides.
	Truthful interface{ Truth() bool }
	// Sized has a length.
	Sized interface{ Len() int }
	// Indexed has items: `v[key]`, and `v.key` where there is no attribute.
	Indexed interface {
		Item(key any) (value any, ok bool, err error)
	}
	// Sliced is indexed by position, and can be sliced.
	Sliced interface {
		Slice(positions []int) any
	}
	// Iterable can be looped over.
	Iterable interface{ Iterate() *Iterator }
	// Once is looped over by using it up; it has no plain form.
	Once interface{ Rest() *Iterator }
	// Container answers `item in v` by itself; without it [Iterable] does.
	Container interface {
		Contains(item any) (bool, error)
	}
	// Equaler is equal to more than itself.
	Equaler interface{ Equal(other any) bool }
	// Ordered has an order: below 0, 0 or above 0. What it cannot be compared
	// with is not ok.
	Ordered interface {
		Compare(other any) (c int, ok bool, err error)
	}
	// Hashed can be a key: two objects with equal hashes are the same key. The
	// hash is comparable; false says that the object cannot be one.
	Hashed interface{ Hash() (any, bool) }
	// Operand takes part in arithmetic, on the right of op where reversed. What
	// it does not know is not ok.
	Operand interface {
		Operate(op string, other any, reversed bool) (v any, ok bool, err error)
	}
	// Signed takes part in `-v`, `+v` and abs: op is "-", "+" or "abs".
	Signed interface {
		Sign(op string) (any, error)
	}
	// Number is a number that the language itself does not know.
	Number interface {
		Float() float64
		Int() (n *big.Int, ok bool)
	}
	// Rounded is rounded by the filter `round`.
	Rounded interface {
		Round(precision int64, method string) (any, error)
	}
	// Formatted prints by a format, as in `'{:%Y}'.format(v)`.
	Formatted interface {
		Format(spec string) (string, error)
	}
)

// operate lets an object on either side decide what an operator does.
func operate(op string, a, b any) (v any, ok bool, err error) {
	if x, is := a.(Operand); is {
		if v, ok, err := x.Operate(op, b, false); ok || err != nil {
			return From(v), true, err
		}
	}
	if y, is := b.(Operand); is {
		if v, ok, err := y.Operate(op, a, true); ok || err != nil {
			return From(v), true, err
		}
	}
	return nil, false, nil
}

// compareObjects compares where one side at least is an object.
func compareObjects(a, b any) (c int, ok bool, err error) {
	if x, is := a.(Ordered); is {
		if c, ok, err := x.Compare(b); ok || err != nil {
			return c, ok, err
		}
	}
	if y, is := b.(Ordered); is {
		c, ok, err := y.Compare(a)
		return -c, ok, err
	}
	return 0, false, nil
}

func equalObjects(a, b any) bool {
	if x, ok := a.(Equaler); ok && x.Equal(b) {
		return true
	}
	y, ok := b.(Equaler)
	return ok && y.Equal(a)
}

// sliceOf is [Sliced] by a slice.
func sliceOf(v Sliced, n int, take func(int) ([]int, error)) (any, error) {
	positions, err := take(n)
	if err != nil {
		return nil, err
	}
	return From(v.Slice(positions)), nil
}

// Compare is Python's order: a value below 0, 0 or above 0.
func Compare(a, b any) (int, error) {
	less, err := Order("<", a, b)
	if err != nil || less {
		return -1, err
	}
	more, err := Order(">", a, b)
	if err != nil || !more {
		return 0, err
	}
	return 1, nil
}

// FormatDigits is [Format] for a number whose digits are known: sign, width and
// grouping are those of the specification.
func FormatDigits(negative bool, digits, spec string) (string, error) {
	f, err := parseFormatSpec(spec)
	return f.pad(f.signOf(negative), f.grouped(digits), '>'), err
}
