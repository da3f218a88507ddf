package jinja

import "sync"

// builtins is what the language itself brings.
type builtins struct {
	filters, tests map[string]Callable
	globals        map[string]any
}

var (
	builtinOnce sync.Once
	builtin     builtins
)

// core returns the builtins, which are made at first use: they refer to
// the interpreter, and it to them.
func core() *builtins {
	builtinOnce.Do(func() {
		builtin = builtins{filters: makeFilters(), tests: makeTests(), globals: makeGlobals()}
	})
	return &builtin
}
