package jinja

import (
	"errors"
	"fmt"
	"math/big"
)

// List is Python's list. It is shared by reference.
type List struct{ Items []any }

// NewList returns a list of the given values.
func NewList(items ...any) *List { return &List{Items: items} }

// Tuple is Python's tuple; it is not changed once it is made.
type Tuple []any

// Undefined is what a name without a value is. It prints as nothing, is false
// and empty, and fails on almost anything else.
type Undefined struct {
	// Hint explains the failure; without it Name (and Of, for an attribute)
	// makes the message.
	Hint string
	Name string
	// Of is the value that has no attribute or item Name, where IsPart.
	Of     any
	IsPart bool
	// key is the index that found nothing, if it was no name.
	key any
	// blank is whether it stands for a name before its first assignment.
	blank bool
}

// Func is a function that templates can call.
type Func struct {
	Name string
	Call Callable
}

// Object is a value with attributes that the host defines. It may also be a
// [Caller] and a [Stringer].
type Object interface {
	// Attr returns the attribute of that name.
	Attr(name string) (any, bool)
}

// Caller is an [Object] that can be called.
type Caller interface {
	Call(*Call) (any, error)
}

// Stringer is an [Object] that prints as something better than its type.
type Stringer interface {
	Str() string
}

// Namespace is what namespace() makes: an object whose attributes `set` can
// assign.
type Namespace struct{ attrs *Dict }

// rangeValue is what range() makes.
type rangeValue struct{ start, stop, step int64 }

func (r rangeValue) len() int {
	switch {
	case r.step > 0 && r.stop > r.start:
		return int((r.stop-r.start-1)/r.step + 1)
	case r.step < 0 && r.stop < r.start:
		return int((r.start-r.stop-1)/-r.step + 1)
	}
	return 0
}

func (r rangeValue) item(i int) any { return r.start + int64(i)*r.step }

// viewKind tells what a dict view shows.
type viewKind string

const (
	viewKeys   viewKind = "keys"
	viewValues viewKind = "values"
	viewItems  viewKind = "items"
)

// view is what dict.keys(), values() and items() return: it follows its dict.
type view struct {
	kind viewKind
	of   *Dict
}

func (v view) item(i int) any {
	switch v.kind {
	case viewKeys:
		return v.of.keys[i]
	case viewValues:
		return v.of.values[i]
	default:
		return Tuple{v.of.keys[i], v.of.values[i]}
	}
}

// errUndefined is what every failing use of an undefined value comes to.
func (u *Undefined) err() error {
	if u.Hint != "" {
		return errors.New(u.Hint)
	}
	if u.IsPart {
		if u.key != nil {
			r, err := Repr(u.key)
			if err != nil {
				return err
			}
			return fmt.Errorf("the %s has no element %s", typeName(u.Of), r)
		}
		message := fmt.Sprintf("the %s has no attribute `%s`", typeName(u.Of), u.Name)
		if listed, ok := u.Of.(Listed); ok {
			return &fault{-1, Error{Kind: Unknown, Name: u.Name, Message: message, Known: listed.Names()}}
		}
		return errors.New(message)
	}
	return &fault{-1, Error{Kind: Unknown, Name: u.Name, Message: "`" + u.Name + "` is undefined"}}
}

// undefinedOr returns the failure of the first undefined value, else err.
func undefinedOr(err error, values ...any) error {
	for _, v := range values {
		if u, ok := v.(*Undefined); ok {
			return u.err()
		}
	}
	return err
}

// typeName is the name that Python gives to the type of a value.
func typeName(v any) string {
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
	case *Func:
		return "function"
	case *macro, *Definition:
		return "macro"
	case *module:
		return "module"
	case *Namespace:
		return "namespace"
	case rangeValue:
		return "range"
	case view:
		return "dict_" + string(v.kind)
	case *Iterator:
		return "generator"
	case Typed:
		return v.TypeName()
	default:
		return "object"
	}
}
