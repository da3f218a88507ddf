package jinja

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each «word» of the output comes from where the case says, by way of what it
// says.
func TestTheOriginOfWhatWasWritten(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"text", "select\n  «a»\n", "t:2:3"},
		{"behind a tag of several lines", "{% if\n true %}\nselect\n{{ 1 }}, «a»{% endif %}", "t:4:10"},
		{"behind whitespace that goes", "{%- if true -%}\n\n   select\n «a»\n{%- endif -%}", "t:4:2"},
		{"in a loop", "{% for i in [1, 2] %}\n  {{ i }},\n{% endfor %}\n «a»", "t:4:2"},
		{"a value", "select\n {{ '«a»' }}", "t:2:2"},
		{"in a macro", "{% macro m() %}\n  x,\n  «a»\n{% endmacro %}\nselect {{ m() }}", "t:3:3 < m t:5:8"},
		{"in a macro of a macro", "{% macro n() %} «a»{% endmacro %}{% macro m() %}\n {{ n() }} as x\n{% endmacro %}\nselect {{ m() }}", "t:1:17 < n t:2:2 < m t:4:8"},
		{"an argument", "{% macro m(c) %}\n coalesce({{ c }}){% endmacro %}\n{{ m('«a»') }}", "t:2:11 < m t:3:1"},
		{"in a block that sets a name", "{% set q %}\nselect\n «a»\n{% endset %}\n({{ q }})", "t:3:2 < t:5:2"},
		{"trimmed and joined", "{% set q %}\nselect long\n «a»\n{% endset %}\n{{ 'with ' ~ (q | trim) ~ ' end' }}", "t:3:2 < t:5:1"},
		{"by a caller", "{% macro m() %}begin {{ caller() }} end{% endmacro %}\n{% call m() %}\n  «a»\n{% endcall %}", "t:3:3 < t:1:22 < m t:2:9"},
		{"one of two macros that write the same", "{% macro m() %}«a»{% endmacro %}\n{% macro n() %}\n{{ m() }}{% endmacro %}{{ m() | replace('«a»', '') }}{{ n() }}", "t:1:16 < m t:3:1 < n t:3:54"},
		{"lines that end as on Windows", "select\r\n  b,\r\n  «a»\r\n", "t:3:3"},
		{"characters of several bytes", "select 'äöü', «a»", "t:1:15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			template, err := (&Env{}).Parse("t", c.source)
			if err != nil {
				t.Fatal(err)
			}
			var o Origins
			text, err := template.RenderWith(&Globals{Origins: &o})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range o.Of(text, strings.Index(text, "«")) {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s:%d:%d", f.Macro, f.Template, f.Line, f.Column)))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " < ")); diff != "" {
				t.Errorf("(-want +got):\n%s\n%q", diff, text)
			}
		})
	}
}
