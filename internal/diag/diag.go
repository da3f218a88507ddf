// Package diag is for problems that people have to act on: where, what, why,
// and what to do.
//
// It promises one shape for every such message
// (`file:line:column: code: message`, with a hint below) and that a list of
// problems is complete and in order of place. It leaves to others how problems
// are found and printed.
package diag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Place is a point in a file that a person wrote. File is relative to the
// project where it can be; Line and Column count from 1, 0 is unknown.
type Place struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column, leaving out what is unknown.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Severity tells whether a problem stops the work.
type Severity uint8

// The severities.
const (
	Error Severity = iota
	Warning
)

// Problem is one thing that is wrong, for a person to read. It is an error.
type Problem struct {
	Severity Severity
	// Code is a short stable word for the kind of problem, such as
	// "unknown-key"; tests and documentation refer to it.
	Code string
	// Place is where the problem lies; zero where there is no such place.
	Place Place
	// Message says what is wrong and why, in one sentence without a full stop.
	Message string
	// Hint says what to do; may be empty.
	Hint string
	// Calls tell what led to the place, the innermost first.
	Calls []string `json:",omitempty"`
	// Cause is the underlying error, if any; it is not printed by Error.
	Cause error
}

// New returns a problem of error severity.
func New(code string, place Place, format string, args ...any) *Problem {
	return &Problem{Code: code, Place: place, Message: fmt.Sprintf(format, args...)}
}

// WithHint sets the hint and returns p.
func (p *Problem) WithHint(format string, args ...any) *Problem {
	p.Hint = fmt.Sprintf(format, args...)
	return p
}

// WithCause keeps the underlying error for errors.Is and errors.As.
func (p *Problem) WithCause(err error) *Problem {
	p.Cause = err
	return p
}

// Error returns `place: code: message`, and the hint on a line of its own.
func (p *Problem) Error() string {
	var b strings.Builder
	if s := p.Place.String(); s != "" {
		b.WriteString(s + ": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Code + ": " + p.Message)
	if advice := p.Advice(); advice != "" {
		b.WriteString("\n  hint: " + advice)
	}
	return b.String()
}

// Advice is the hint, with a line for each of the calls.
func (p *Problem) Advice() string {
	if p.Hint == "" {
		return strings.Join(p.Calls, "\n  ")
	}
	return strings.Join(append([]string{p.Hint}, p.Calls...), "\n  ")
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Problems collects what is wrong so that everything is reported at once. The
// zero value is ready; it is not safe for concurrent use.
type Problems struct {
	list []*Problem
}

// Add appends p and returns it, so that a hint can follow.
func (ps *Problems) Add(p *Problem) *Problem {
	ps.list = append(ps.list, p)
	return p
}

// Errorf adds a problem of error severity.
func (ps *Problems) Errorf(code string, place Place, format string, args ...any) *Problem {
	return ps.Add(New(code, place, format, args...))
}

// Warnf adds a warning.
func (ps *Problems) Warnf(code string, place Place, format string, args ...any) *Problem {
	p := New(code, place, format, args...)
	p.Severity = Warning
	return ps.Add(p)
}

// AddError adds err: its problems where it holds some, else one problem with
// the given code and place.
func (ps *Problems) AddError(code string, place Place, err error) {
	var many *ProblemsError
	var one *Problem
	switch {
	case err == nil:
	case errors.As(err, &many):
		ps.list = append(ps.list, many.Problems...)
	case errors.As(err, &one):
		ps.list = append(ps.list, one)
	default:
		ps.Errorf(code, place, "%v", err).WithCause(err)
	}
}

// All returns the problems in order of file, line and column; those of one
// place stay in the order in which they were found.
func (ps *Problems) All() []*Problem {
	sorted := slices.Clone(ps.list)
	slices.SortStableFunc(sorted, func(a, b *Problem) int {
		if c := strings.Compare(a.Place.File, b.Place.File); c != 0 {
			return c
		}
		if a.Place.Line != b.Place.Line {
			return a.Place.Line - b.Place.Line
		}
		return a.Place.Column - b.Place.Column
	})
	return sorted
}

// Warnings returns the problems that do not stop the work.
func (ps *Problems) Warnings() []*Problem { return ps.filter(Warning) }

// Err returns nil where no problem has error severity, else a [ProblemsError]
// with those that have.
func (ps *Problems) Err() error {
	if found := ps.filter(Error); len(found) > 0 {
		return &ProblemsError{Problems: found}
	}
	return nil
}

func (ps *Problems) filter(s Severity) []*Problem {
	var out []*Problem
	for _, p := range ps.All() {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// ProblemsError is the error form of a list of problems.
type ProblemsError struct {
	Problems []*Problem
}

// Error returns every problem, each on lines of its own.
func (e *ProblemsError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems as errors.
func (e *ProblemsError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}
