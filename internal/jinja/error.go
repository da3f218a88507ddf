package jinja

import (
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// Kind tells errors apart.
type Kind uint8

// The kinds of error.
const (
	// Runtime is an operation that failed.
	Runtime Kind = iota
	// Syntax is a text that is no template.
	Syntax
	// Unknown is a name that means nothing here: Error.Name, and Error.Known
	// are the names that would.
	Unknown
	// UnknownTag is a `{% name %}` that means nothing here.
	UnknownTag
	// UnknownTemplate is the name of a template that is not there: Error.Name.
	UnknownTemplate
	// Limit is a render that was stopped by [Limits].
	Limit
)

// Error says where in a template what went wrong.
type Error struct {
	// Template is the name given to Parse.
	Template string
	// Line and Column count from 1, columns in characters.
	Line, Column int
	Kind         Kind
	Message      string
	Hint         string
	// Name is the unknown or missing word, where there is one.
	Name string
	// Known are the names in scope, for Unknown.
	Known []string
	// Err is the error of the host's function, if that is what failed.
	Err error
	// Trace is the chain of macro calls that led here, the innermost first;
	// of chains longer than 20 the innermost ones.
	Trace []Frame
}

// Frame is one call of a macro that was under way.
type Frame struct {
	// Macro is the name of what was called.
	Macro string
	// Template, Line and Column are where it was called.
	Template     string
	Line, Column int
}

// maxTrace bounds Error.Trace.
const maxTrace = 20

// trace adds a call of a macro to the trace of its error.
func trace(macro string, c *Call, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) || len(e.Trace) >= maxTrace {
		return err
	}
	f := Frame{Macro: macro, Template: c.tmpl.src.Name}
	f.Line, f.Column = c.Place()
	e.Trace = append(e.Trace, f)
	return err
}

// Error returns `template:line:column: message`.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.Template, e.Line, e.Column, e.Message)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the host's error.
func (e *Error) Unwrap() error { return e.Err }

// fault is an error at an offset of the source that is yet to become a place.
type fault struct {
	pos int
	is  Error
}

func (f *fault) Error() string { return f.is.Message }

func (f *fault) Unwrap() error { return f.is.Err }

func limitError(format string, args ...any) error {
	return &fault{-1, Error{Kind: Limit, Message: fmt.Sprintf(format, args...)}}
}

// locate gives err a place in t; pos is where it happened if err does not know
// that better. An error that has a place already is returned as it is.
func (t *Template) locate(err error, pos int) error {
	var placed *Error
	if err == nil || errors.As(err, &placed) || isSignal(err) {
		return err
	}
	e := &Error{Message: err.Error(), Err: err}
	var f *fault
	var unknown *python.UnknownName
	var wrong *syntax.Error
	switch {
	case errors.As(err, &unknown):
		e = &Error{Kind: Unknown, Name: unknown.Name, Message: unknown.Message, Known: unknown.Known}
	case errors.As(err, &wrong):
		e, pos = &Error{Kind: Syntax, Message: wrong.Message, Hint: wrong.Hint}, wrong.Pos
		if wrong.Tag != "" {
			e.Kind, e.Name = UnknownTag, wrong.Tag
		}
	case errors.As(err, &f):
		e = &f.is
		if f.pos >= 0 {
			pos = f.pos
		}
	}
	e.Template = t.src.Name
	e.Line, e.Column = t.src.Place(pos)
	return e
}
