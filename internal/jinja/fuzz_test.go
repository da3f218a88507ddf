package jinja

import (
	"errors"
	"testing"
)

// FuzzRender looks for texts that panic, run away or fail without a place.
func FuzzRender(f *testing.F) {
	env, vars, entries := readCorpus(f)
	for i := 0; i < len(entries); i += 10 {
		f.Add(entries[i].Template)
	}
	env.Limits = Limits{Steps: 5_000, Output: 1 << 16, Memory: 1 << 20, Depth: 50}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := env.Parse("t", text)
		if err == nil {
			var out string
			if out, err = tmpl.Render(values(t, vars)); len(out) > env.Limits.Output {
				t.Errorf("%d bytes of output", len(out))
			}
		}
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Message == "") {
			t.Errorf("an error without a place: %#v", err)
		}
	})
}
