package jinja

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// dbtTags are tags such as dbt has them.
var dbtTags = map[string]syntax.Tag{
	"snapshot": {}, "docs": {Raw: true}, "test": {Signature: true}, "materialization": {Options: true},
}

// definitions reads definitions by name.
func definitions(t *testing.T, env *Env, name, source string, kinds ...string) map[string]*Definition {
	t.Helper()
	list, err := env.Definitions(name, source, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*Definition{}
	for _, d := range list {
		byName[d.Name] = d
	}
	return byName
}

// library makes globals of definitions and other values.
func library(defs map[string]*Definition, vars map[string]any) *Globals {
	return &Globals{Lookup: func(name string) (any, bool) {
		if v, ok := vars[name]; ok {
			return v, true
		}
		d, ok := defs[name]
		return d, ok
	}}
}

func TestDefinitionsAreTakenOutOfAFileAsTheyStand(t *testing.T) {
	source := `What is {{ around }} may be {% anything %} at all.
{# {% macro commented() %} #}
  {%- macro star(from, except=[], quote: bool = true, opts: dict[str, list[int]]={'a': ')'}) -%}
  select {{ from }}
  {%- endmacro -%}

{%- test positive(model, column_name) %}select 1{% endtest %}
{% materialization copy, adapter='duckdb', default, supported_languages=['sql', 'python'] %}x{% endmaterialization %}
{% docs orders %}Use {{ ref('x') }} or {% if.{% enddocs %}{% raw %}{% macro no() %}{% endraw %}
{% snapshot s %}
select {{ n }}
{% endsnapshot %}`
	list, err := (&Env{Tags: dbtTags}).Definitions("f.sql", source)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%s %s %d:%d %+v %+v\n%q\n%q", d.Kind, d.Name, d.Line, d.Column, d.Params, d.Options, d.Source(), d.Text()))
	}
	want := []string{
		"macro star 3:3 [{Name:from Type: Default: HasDefault:false} {Name:except Type: Default:[] HasDefault:true}" +
			" {Name:quote Type:bool Default:true HasDefault:true} {Name:opts Type:dict[str, list[int]] Default:{'a': ')'} HasDefault:true}] []\n" +
			`"\n  {%- macro star(from, except=[], quote: bool = true, opts: dict[str, list[int]]={'a': ')'}) -%}\n  select {{ from }}\n  {%- endmacro -%}\n\n"` +
			"\n" + `"\n  select {{ from }}\n  "`,
		"test positive 7:1 [{Name:model Type: Default: HasDefault:false} {Name:column_name Type: Default: HasDefault:false}] []\n" +
			`"{%- test positive(model, column_name) %}select 1{% endtest %}"` + "\n" + `"select 1"`,
		"materialization copy 8:1 [] [{Name:adapter Value:duckdb Line:8 Column:26} {Name:default Value:true Line:8 Column:44}" +
			" {Name:supported_languages Value:[sql python] Line:8 Column:53}]\n" +
			`"{% materialization copy, adapter='duckdb', default, supported_languages=['sql', 'python'] %}x{% endmaterialization %}"` + "\n" + `"x"`,
		"docs orders 9:1 [] []\n" + `"{% docs orders %}Use {{ ref('x') }} or {% if.{% enddocs %}"` + "\n" + `"Use {{ ref('x') }} or {% if."`,
		"snapshot s 10:1 [] []\n" + `"{% snapshot s %}\nselect {{ n }}\n{% endsnapshot %}"` + "\n" + `"\nselect {{ n }}\n"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text, err := list[4].Body().Render(map[string]any{"n": 7}); text != "\nselect 7\n" || err != nil {
		t.Errorf("the body renders as %q, %v", text, err)
	}
}

func TestDefinitionsStandAtTheTopOfAFile(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{% if a %}\n{% macro m() %}{% endmacro %}{% endif %}", "f:2:1: `macro` stands inside the `if` of line 1: it belongs at the top of the file"},
		{"{% macro m() %}{% macro n() %}{% endmacro %}{% endmacro %}", "f:1:16: `macro` stands inside the `macro` of line 1: it belongs at the top of the file"},
		{"\n{% macro m() %}", "f:2:1: `macro` is never closed: `{% endmacro %}` is missing"},
		{"{% docs d %}", "f:1:1: `docs` is never closed: `{% enddocs %}` is missing"},
		{"text\n{{ 'a' ", "f:2:1: the tag is never closed: `}}` is missing"},
		{"x {# y", "f:1:3: the comment is never closed: `#}` is missing"},
		{"\n\n{% macro m() %}\n{{ 1 + }}{% endmacro %}", "f:4:8: expected an expression, got `}}`"},
		{"{% materialization m, adapter=x %}{% endmaterialization %}", "f:1:31: `x` is undefined"},
		{"{% macro m(a: ) %}{% endmacro %}", "f:1:15: expected a name, got `)`"},
	} {
		_, err := (&Env{Tags: dbtTags}).Definitions("f", c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestMacrosSeeTheGlobalsOfTheRenderThatCallsThem(t *testing.T) {
	env := &Env{Tags: dbtTags}
	defs := definitions(t, env, "macros/a.sql", `
{% set hidden = 1 %}
{% macro outer(x) %}{{ this }}:{{ inner(x, y=this) }}{{ hidden is defined }}{% endmacro %}
{% macro inner(x, y='d') %}{{ x }}{{ y }}{{ local is defined }}{{ caller() if caller }}{% endmacro %}
{% macro twice() %}{{ caller('a') }}{{ caller('b') }}{% endmacro %}`)
	tmpl, err := env.Parse("m.sql", `{% set local = 1 %}{{ outer(1) }} {% call(p) twice() %}<{{ p }}{{ local }}>{% endcall %} {{ outer.name }}{{ inner.arguments }}`)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			this := fmt.Sprintf("t%d", i)
			got, err := tmpl.RenderWith(library(defs, map[string]any{"this": this}))
			want := strings.ReplaceAll("THIS:1THISFalseFalse <a1><b1> outer('x', 'y')", "THIS", this)
			if got != want || err != nil {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		})
	}
	wg.Wait()
	v, err := defs["outer"].Run(library(defs, map[string]any{"this": "op"}), []any{2})
	if v != "op:2opFalseFalse" || err != nil {
		t.Errorf("run by itself: %v, %v", v, err)
	}
}

func TestReturnEndsTheMacroAndGivesItsValue(t *testing.T) {
	env := &Env{}
	defs := definitions(t, env, "a.sql", `
{% macro list(n) %}text {% for i in range(9) %}{% if i == n %}{{ return([i, 'x']) }}{% endif %}{% endfor %}never{% endmacro %}
{% macro through() %}{% call block() %}{{ return(5) }}{% endcall %}never{% endmacro %}
{% macro block() %}{{ caller() }}never{% endmacro %}
{% macro plain() %}text{% endmacro %}`)
	vars := map[string]any{"return": func(c *Call) (any, error) { return nil, Return(c.Args[0]) }}
	for text, want := range map[string]string{
		"{{ list(2)[0] + 1 }} {{ list(3) }}":                          "3 [3, 'x']",
		"{{ through() }}":                                             "5never",
		"{{ list(20) | trim }}":                                       "text never",
		"{% macro m() %}a{{ return(1) }}{% endmacro %}{{ m() + 1 }}":  "2",
		"{{ plain() }}{% for x in [1] %}{{ list(0)[1] }}{% endfor %}": "textx",
	} {
		tmpl, err := env.Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tmpl.RenderWith(library(defs, vars)); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
	tmpl, err := env.Parse("t", "a {{ return(7) }}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = tmpl.Render(vars)
	var e *Error
	if v, ok := Returned(err); v != int64(7) || !ok || !errors.As(err, &e) {
		t.Errorf("outside of a macro: %v", err)
	}
}

func TestErrorsInMacrosSayInWhichFileAndHowItCameThere(t *testing.T) {
	env := &Env{}
	defs := definitions(t, env, "macros/a.sql", "\n{% macro one() %}\n  {{ two(1) }}{% endmacro %}\n{% macro two(x) %}{% for i in [0] %}{{ x / i }}{% endfor %}{% endmacro %}")
	tmpl, err := env.ParseAt("models/m.yml", 10, 5, "{{ one() }}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = tmpl.RenderWith(library(defs, nil))
	var e *Error
	if !errors.As(err, &e) || err.Error() != "macros/a.sql:4:42: division by zero" {
		t.Fatal(err)
	}
	want := []Frame{{"two", "macros/a.sql", 3, 6}, {"one", "models/m.yml", 10, 8}}
	if diff := cmp.Diff(want, e.Trace); diff != "" {
		t.Error(diff)
	}
}

func TestCallHandsItsBlockToFunctionsOfTheHost(t *testing.T) {
	vars := map[string]any{"statement": func(c *Call) (any, error) {
		caller, ok := c.Caller()
		if !ok {
			return "no block", nil
		}
		text, err := c.Invoke(caller)
		return fmt.Sprintf("%v=%v ", c.Args[0], text), err
	}}
	got, err := renderText(&Env{}, "{% set n = 1 %}{% call statement('x', fetch_result=true) %}select {{ n }}{% endcall %}{{ statement('y') }}", vars)
	if want := "x=select 1 no block"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestLenientGlobalsLetUndefinedValuesPass(t *testing.T) {
	env := &Env{}
	defs := definitions(t, env, "a.sql", "{% macro strict() %}{{ nope.x.y }}{% endmacro %}")
	g := library(defs, nil)
	g.Lenient = true
	for text, fails := range map[string]bool{
		"{{ nope.a.b('x')['c']() }}|{{ nope() }}": false, "{{ strict() }}": true, "{{ nope + 1 }}": true,
	} {
		tmpl, err := env.Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tmpl.RenderWith(g); (err != nil) != fails {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestFunctionsOfTheHostRenderOtherTemplates(t *testing.T) {
	env := &Env{}
	hook, err := env.Parse("hook", "{{ greeting }} {{ who }}")
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := env.Parse("t", "{% set greeting = 'mine' %}{{ run() }}")
	if err != nil {
		t.Fatal(err)
	}
	got, err := tmpl.RenderWith(&Globals{Host: "hosts", Lookup: func(name string) (any, bool) {
		v, ok := map[string]any{"greeting": "hi", "who": "you", "run": func(c *Call) (any, error) {
			text, err := c.Render(hook)
			who, _ := c.Global("who")
			return fmt.Sprint(text, " ", who, " ", c.Host()), err
		}}[name]
		return v, ok
	}})
	if got != "hi you you hosts" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
