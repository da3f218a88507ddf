package jinja

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/python"
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
	f := Frame{Macro: macro, Template: c.tmpl.name}
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

func syntaxError(pos int, format string, args ...any) error {
	return &fault{pos, Error{Kind: Syntax, Message: fmt.Sprintf(format, args...)}}
}

func errOpenComment(pos int) error {
	return syntaxError(pos, "the comment is never closed: `#}` is missing")
}

func errOpenRaw(pos int) error {
	return syntaxError(pos, "the raw block is never closed: `{%% endraw %%}` is missing")
}

func errNeverClosed(pos int, tag, end string) error {
	return syntaxError(pos, "`%s` is never closed: `{%% %s %%}` is missing", tag, end)
}

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
	switch {
	case errors.As(err, &unknown):
		e = &Error{Kind: Unknown, Name: unknown.Name, Message: unknown.Message, Known: unknown.Known}
	case errors.As(err, &f):
		e = &f.is
		if f.pos >= 0 {
			pos = f.pos
		}
	}
	e.Template = t.name
	e.Line, e.Column = t.place(pos)
	return e
}

// place returns the line and column of an offset in the author's file.
func (t *Template) place(pos int) (line, column int) {
	line, column = t.placeInText(pos)
	if line == 1 {
		column += t.column
	}
	return line + t.line, column
}

func (t *Template) placeInText(pos int) (line, column int) {
	before := t.source[:min(pos, len(t.source))]
	if strings.IndexByte(before, '\r') < 0 {
		return 1 + strings.Count(before, "\n"), utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	}
	start := 0
	line = 1
	for i := range len(before) {
		switch {
		case before[i] == '\n':
		case before[i] == '\r' && !strings.HasPrefix(t.source[i+1:], "\n"):
		default:
			continue
		}
		line, start = line+1, i+1
	}
	return line, utf8.RuneCountInString(before[start:]) + 1
}
