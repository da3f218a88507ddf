package jinja

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Signals are errors that change where a render goes on; they get no place.

// returned ends the macro that is being called.
type returned struct{ value any }

func (*returned) Error() string { return "`return` stands outside of a macro" }

var (
	errBreak    = errors.New("`break` stands outside of a loop")
	errContinue = errors.New("`continue` stands outside of a loop")
)

// Return makes the macro in which the host's function was called end at once,
// with v as what its call gives; its text is dropped. A host's function returns
// it as its error.
func Return(v any) error { return &returned{python.From(v)} }

// Returned reports whether err is that of [Return], and its value: a render
// whose text itself returns, outside of any macro, ends with such an error.
func Returned(err error) (any, bool) {
	var r *returned
	if errors.As(err, &r) {
		return r.value, true
	}
	return nil, false
}

func isSignal(err error) bool {
	if errors.Is(err, errBreak) || errors.Is(err, errContinue) {
		return true
	}
	var r *returned
	return errors.As(err, &r)
}
