// Package pymodule is the part of Python's standard library that dbt hands to
// texts as `modules`: datetime, re, itertools and pytz; and [Decimal], which is
// how numbers of results arrive.
//
// Its values are objects of package jinja and print, compare and calculate as
// Python's do, which testdata/corpus.json holds them to. They are immutable.
//
// It promises an error, and never a panic, for what Python raises an exception
// for, and that regular expressions end: each match has a limit of time. The
// clock of these limits is a goroutine of the library's, which ends by itself
// three seconds after the last match.
//
// It leaves to others where the modules are put, and how values of results
// become these.
package pymodule

import (
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Modules returns dbt's `modules`. The clock is what now() and today() read;
// its location is the local time zone.
func Modules(clock func() time.Time) python.Object {
	return &module{name: "modules", attrs: map[string]any{
		"datetime":  datetimeModule(clock),
		"pytz":      pytzModule(),
		"re":        reModule(),
		"itertools": itertoolsModule(),
	}}
}

// module is a namespace.
type module struct {
	name  string
	attrs map[string]any
}

// Attr returns a member.
func (m *module) Attr(name string) (any, bool) {
	v, ok := m.attrs[name]
	return v, ok
}

// Names lists the members, for messages.
func (m *module) Names() []string {
	names := make([]string, 0, len(m.attrs))
	for name := range m.attrs {
		names = append(names, name)
	}
	return names
}

// TypeName is Python's.
func (m *module) TypeName() string { return "module" }

// Str prints the module.
func (m *module) Str() string { return "<module '" + m.name + "'>" }

// class is a type: it is called to make a value, and has members.
type class struct {
	module
	make jinja.Callable
}

func newClass(name string, construct jinja.Callable, attrs map[string]any) *class {
	return &class{module{name, attrs}, construct}
}

// Call makes a value.
func (k *class) Call(c *jinja.Call) (any, error) { return k.make(c) }

// TypeName is Python's.
func (k *class) TypeName() string { return "type" }

// Str prints the type.
func (k *class) Str() string { return "<class '" + k.name + "'>" }

// method is a function of a value.
type method[T any] func(v T, c *jinja.Call) (any, error)

// bound is a method as an attribute of its value.
func bound[T any](v T, name string, methods map[string]method[T]) (any, bool) {
	m, ok := methods[name]
	if !ok {
		return nil, false
	}
	return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) { return m(v, c) }}, true
}

// plain is a method without arguments that cannot fail.
func plain[T any](f func(T) any) method[T] {
	return func(v T, c *jinja.Call) (any, error) {
		if _, err := c.Bind(); err != nil {
			return nil, err
		}
		return f(v), nil
	}
}

// ints returns the first n arguments, which are integers.
func ints(b python.Bound, missing ...int64) ([]int64, error) {
	out := make([]int64, len(missing))
	for i, m := range missing {
		v, err := b.Int(i, m)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
