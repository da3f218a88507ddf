package template

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// Origin returns where a byte of a text that was rendered comes from, and the
// calls of macros that led there, the innermost first. What dbt's own macros
// write comes from where the author's text called them. known is false for what
// no text wrote; the place is zero where dbt's own macros wrote it by themselves.
func Origin(o *jinja.Origins, text string, offset int) (at diag.Place, calls []string, known bool) {
	frames := o.Of(text, offset)
	known = len(frames) > 0
	for len(frames) > 0 && isBuiltin(frames[0].Template) {
		frames = frames[1:]
	}
	if len(frames) == 0 {
		return diag.Place{}, nil, known
	}
	for _, f := range frames[1:] {
		if f.Macro != "" && !isBuiltin(f.Template) {
			calls = append(calls, fmt.Sprintf("in `%s`, called from %s", f.Macro, placeOf(f)))
		}
	}
	return placeOf(frames[0]), calls, true
}

func placeOf(f jinja.Frame) diag.Place {
	return diag.Place{File: f.Template, Line: f.Line, Column: f.Column}
}
