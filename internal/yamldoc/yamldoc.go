// Package yamldoc is for reading YAML that people wrote: a tree of values that
// know their place, and typed getters that collect what does not fit.
//
// It promises that every problem has file, line and column, that nothing a
// person typed is dropped in silence (unknown and repeated keys are reported,
// with the key that was probably meant), and that plain scalars mean what they
// mean in dbt, which reads YAML 1.1. No input makes it panic. It leaves to
// others what the values stand for.
package yamldoc

import (
	"github.com/tarn-lake/tarn/internal/diag"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	Sequence
	Mapping
)

var kindNames = [...]string{
	Null: "nothing", Bool: "true or false", Int: "a whole number", Float: "a number",
	String: "text", Sequence: "a list", Mapping: "a mapping",
}

// String returns the kind in words that fit after "expected".
func (k Kind) String() string { return kindNames[k] }

// Node is one value of a document.
type Node struct {
	Kind  Kind
	Place diag.Place
	// Text is a scalar as written, without its quotes.
	Text string
	// Quoted tells that a scalar was quoted, or a block of text.
	Quoted bool

	number any // int64 or float64
	truth  bool
	items  []*Node
	fields []Field
	weight int
}

// Field is one key of a mapping and its value.
type Field struct {
	Key   string
	Place diag.Place
	Value *Node
}

// Items returns the values of a list; none for other kinds.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	return n.items
}

// Fields returns the keys of a mapping in the order in which they were
// written; none for other kinds.
func (n *Node) Fields() []Field {
	if n == nil {
		return nil
	}
	return n.fields
}

// Get returns the value of a key of a mapping, nil where there is none.
func (n *Node) Get(key string) *Node {
	for _, f := range n.Fields() {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}

// IsScalar reports whether n is a single value that was written.
func (n *Node) IsScalar() bool {
	return n != nil && n.Kind >= Bool && n.Kind <= String
}

// Value returns n as plain Go values: nil, bool, int64, float64, string,
// []any and map[string]any.
func (n *Node) Value() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Bool:
		return n.truth
	case Int, Float:
		return n.number
	case String:
		return n.Text
	case Sequence:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.Value()
		}
		return list
	case Mapping:
		m := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			m[f.Key] = f.Value.Value()
		}
		return m
	default:
		return nil
	}
}

// Reader parses documents and reads typed values from them; what does not fit
// is added to Problems.
type Reader struct {
	Problems *diag.Problems
	// Tolerant makes unknown and repeated keys warnings instead of errors.
	Tolerant bool
}

// complain adds an error, or a warning where the reader is tolerant.
func (r *Reader) complain(code string, place diag.Place, format string, args ...any) *diag.Problem {
	if r.Tolerant {
		return r.Problems.Warnf(code, place, format, args...)
	}
	return r.Problems.Errorf(code, place, format, args...)
}
