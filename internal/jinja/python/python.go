// Package python is Python's values as templates have them: what they print,
// how they compare, what operators, built-in functions and methods make of them.
//
// Values are Go values where Python and Go agree (nil, bool, int64, float64,
// string), *big.Int for larger integers, and [List], [Dict], [Tuple], [Range],
// [View], [Iterator], [Method], [Undefined] and [Namespace] where they do not.
// What a host or the language adds is an [Object]; the interfaces in object.go
// are what it may be able to do. [From] and [ToGo] convert.
//
// It promises the answers of Python, errors included (in words of its own), and
// that no single value grows without bounds: see [MaxString], [MaxItems] and
// [MaxDepth].
//
// It leaves to others templates and their names, functions and limits over a
// whole render: package jinja.
package python

import (
	"errors"
	"math/big"
)

// Bounds of one value.
const (
	// MaxString is the most bytes of a string.
	MaxString = 64 << 20
	// MaxItems is the most items of a list.
	MaxItems = 4 << 20
	// MaxDepth is how deep values are followed into each other.
	MaxDepth = 500
	// maxBits bounds integers, and maxDigits those that are printed or read,
	// as in Python.
	maxBits   = 1 << 16
	maxDigits = 4300
)

// What values without bounds, and divisions by zero, come to.
var (
	ErrTooLong = errors.New("the value grows too long")
	ErrTooBig  = errors.New("the number grows too big")
	ErrTooDeep = errors.New("values are nested too deep")
	ErrZero    = errors.New("division by zero")
)

// List is Python's list. It is shared by reference.
type List struct{ Items []any }

// NewList returns a list of the given values.
func NewList(items ...any) *List { return &List{Items: items} }

// Tuple is Python's tuple; it is not changed once it is made.
type Tuple []any

// Object is a value with attributes that the host defines. What else it can
// do is in the interfaces of object.go.
type Object interface {
	// Attr returns the attribute of that name.
	Attr(name string) (any, bool)
}

// Stringer is an [Object] that prints as something better than its type.
type Stringer interface {
	Str() string
}

// Namespace is what namespace() makes: an object whose attributes `set` can
// assign.
type Namespace struct{ attrs *Dict }

// NewNamespace returns a namespace with the given attributes.
func NewNamespace(attrs *Dict) *Namespace { return &Namespace{attrs} }

// Set assigns an attribute.
func (n *Namespace) Set(name string, v any) { n.attrs.SetString(name, v) }

// TypeName is the name that Python gives to the type of a value.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *List:
		return "list"
	case *Dict:
		return "dict"
	case Tuple:
		return "tuple"
	case *Undefined:
		return "Undefined"
	case *Method:
		return "function"
	case *Namespace:
		return "namespace"
	case Range:
		return "range"
	case View:
		return "dict_" + string(v.kind)
	case *Iterator:
		return "generator"
	case Typed:
		return v.TypeName()
	default:
		return "object"
	}
}
