package jinja

import (
	"errors"
	"strings"
	"testing"
)

// smallLimits keep what fuzzing finds short.
var smallLimits = Limits{Steps: 5_000, Output: 1 << 16, Memory: 1 << 20, Depth: 50}

// checkPlace fails if an error does not say where and what.
func checkPlace(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Message == "") {
		t.Errorf("an error without a place: %#v", err)
	}
}

// FuzzRender looks for texts that panic, run away or fail without a place.
func FuzzRender(f *testing.F) {
	env, vars, entries := readCorpus(f)
	for i := 0; i < len(entries); i += 10 {
		f.Add(entries[i].Template)
	}
	env.Limits = smallLimits
	env.Tags = dbtTags
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := env.Parse("t", text)
		if err == nil {
			tmpl.Calls()
			var out string
			if out, err = tmpl.Render(values(t, vars)); len(out) > env.Limits.Output {
				t.Errorf("%d bytes of output", len(out))
			}
		}
		checkPlace(t, err)
	})
}

// FuzzDefinitions looks for files that panic or fail without a place, for
// definitions that are not where they say, and for ones that read differently
// when they stand alone.
func FuzzDefinitions(f *testing.F) {
	f.Add("{% macro m(a, b: list[int]=[1]) -%} {{ a }} {%- endmacro %} x {% docs d %}{{ {% enddocs %}")
	f.Add("{% snapshot s %}{{ config(a=1) }}{% endsnapshot %}{# c #}{% materialization m, adapter='x', default %}{% endmaterialization %}")
	f.Add("{%- test t(model) -%}{% raw %}{% endtest %}{% endraw %}{%- endtest -%}\n\n{{ 'a}}' }}{% if x %}{% endif %}")
	env := &Env{Tags: dbtTags, Limits: smallLimits}
	f.Fuzz(func(t *testing.T, source string) {
		list, err := env.Definitions("f", source)
		checkPlace(t, err)
		for _, d := range list {
			if d.Line < 1 || d.Column < 1 || !strings.Contains(source, d.Source()) || !strings.Contains(d.Source(), d.Text()) {
				t.Errorf("%s %s is not in its file: %q", d.Kind, d.Name, d.Source())
			}
			d.Calls()
			alone, err := env.Definitions("f", d.Source())
			if err != nil || len(alone) != 1 || alone[0].Name != d.Name || alone[0].Text() != d.Text() {
				t.Errorf("%q by itself: %v", d.Source(), err)
			}
			_, err = d.Run(&Globals{}, nil)
			checkPlace(t, err)
		}
	})
}
