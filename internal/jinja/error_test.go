package jinja

import (
	"errors"
	"strings"
	"testing"
)

func TestErrorsPointToTheAuthorsText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\nb {{ 1 + }}", "t:2:10: expected an expression, got `}}`"},
		{"a\r\nb\r{{ x y }}", "t:3:6: expected `}}`, got `y`"},
		{"Žlutý {{ nope() }}", "t:1:10: `nope` is undefined"},
		{"{% if a %}\n{% for x in y %}\n{% endif %}",
			"t:3:4: `endif` closes nothing that is open here (the `for` of line 2 is open and waits for `else` or `endfor`)"},
		{"{% iff a %}", "t:1:4: there is no tag `iff`"},
		{"{% endfor %}", "t:1:4: `endfor` closes nothing that is open here"},
		{"x\n{# never closed", "t:2:1: the comment is never closed: `#}` is missing"},
		{"{% raw %} x", "t:1:1: the raw block is never closed: `{% endraw %}` is missing"},
		{"{% macro m(a, b=1, c) %}{% endmacro %}", "t:1:20: the parameter `c` needs a default, as those before it have one"},
		{"{{ (1, 2] }}", "t:1:9: unexpected `]`, expected `)`"},
		{"{{ a ? b }}", "t:1:6: unexpected character '?'"},
		{"{{ f(a=1, 2) }}", "t:1:11: arguments come in this order: positional, *rest, named, **rest"},
		{"{% set none = 1 %}", "t:1:8: cannot assign to `none`"},
		{"{{ 'a' | nope }}", "t:1:10: there is no filter `nope`"},
		{"{{ 'a' is nope }}", "t:1:11: there is no test `nope`"},
		{"{% extends 'x' %}", "t:1:12: there is no template `x`"},
		{"{% break %}", "t:1:4: `break` stands outside of a loop"},
		{"{{ cycler() }}", "t:1:4: `cycler`: needs one value at least"},
		{"{{ x.a.b }}", "t:1:8: the dict has no attribute `a`"},
		{"{{ x['a']['b'] }}", "t:1:10: the dict has no attribute `a`"},
		{"{{ n.y() }}", "t:1:6: the int has no attribute `y`"},
		{"{{ 1 +\n  'a' }}", "t:1:6: `+` does not work on int and str"},
		{"{{ 1 < 'a' }}", "t:1:6: `<` does not compare int with str"},
		{"{{ 'a' | replace('a') }}", "t:1:10: `replace`: needs the argument `new`"},
		{"{{ 'a'.split(1, 2, 3) }}", "t:1:8: `split`: takes 2 arguments, not 3"},
		{"{% for a, b in [1] %}{% endfor %}", "t:1:8: cannot unpack int"},
		{"{% macro m(a) %}{% endmacro %}\n{{ m(1, 2) }}", "t:2:4: the macro `m` takes 1 argument, not 2"},
		{"{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ m() }}", "t:2:6: division by zero"},
		{"{{ '\\x4' }}", `t:1:4: truncated escape \x4`},
	} {
		_, err := renderText(&Env{}, c.text, map[string]any{"x": map[string]any{}, "n": 1})
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func renderText(env *Env, text string, vars map[string]any) (string, error) {
	tmpl, err := env.Parse("t", text)
	if err != nil {
		return "", err
	}
	return tmpl.Render(vars)
}

func TestUnknownNamesComeWithThoseInScope(t *testing.T) {
	_, err := renderText(&Env{}, "{% set total = 1 %}{{ totl() }}", map[string]any{"ref": nil})
	var e *Error
	if !errors.As(err, &e) || e.Kind != Unknown || e.Name != "totl" {
		t.Fatalf("%#v", err)
	}
	if got, want := strings.Join(e.Known, " "), "cycler dict joiner namespace range ref total"; got != want {
		t.Errorf("known are %s, want %s", got, want)
	}
}

func TestTheHostsErrorsStayReachable(t *testing.T) {
	broken := errors.New("no such model")
	vars := map[string]any{"ref": func(*Call) (any, error) { return nil, broken }}
	_, err := renderText(&Env{}, "\n {{ ref('a') | upper }}", vars)
	var e *Error
	if !errors.Is(err, broken) || !errors.As(err, &e) || e.Line != 2 || e.Column != 5 {
		t.Errorf("%v", err)
	}
}

func TestEveryRenderEnds(t *testing.T) {
	grow := "{% set ns = namespace(x='ab') %}{% for i in range(100000) %}"
	env := &Env{Limits: Limits{Steps: 200_000, Output: 1 << 20, Memory: 100 << 20}}
	for name, c := range map[string]struct {
		text string
		kind Kind
	}{
		"a macro that calls itself": {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", Limit},
		"a list that grows while it is read": {
			"{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}", Limit},
		"loops in loops":              {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", Limit},
		"a range too long":            {"{{ range(1000000) }}", Limit},
		"output without end":          {grow + "{{ 'x' * 100000 }}{% endfor %}", Limit},
		"a string that doubles":       {grow + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}", Limit},
		"strings kept in a list":      {"{% set l = [] %}{% for i in range(100000) %}{% do l.append('x' * 1000000) %}{% endfor %}", Limit},
		"a string repeated":           {"{{ 'abc' * 10000000000 }}", Runtime},
		"a list repeated":             {"{{ [1] * 10000000000 }}", Runtime},
		"a number that grows":         {"{{ 10 ** 10000000 }}", Runtime},
		"padding":                     {"{{ '%999999999d' % 1 }}", Runtime},
		"brackets in brackets":        {"{{ " + strings.Repeat("(", 100_000), Syntax},
		"nots":                        {"{{ " + strings.Repeat("not ", 100_000) + "1 }}", Syntax},
		"a sum without end":           {"{{ 1" + strings.Repeat("+1", 100_000) + " }}", Syntax},
		"ifs in ifs":                  {strings.Repeat("{% if 1 %}", 100_000), Syntax},
		"filters without end":         {"{{ 1" + strings.Repeat("|string", 100_000) + " }}", Syntax},
		"a list inside itself, again": {"{% set ns = namespace(x=1) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}", Runtime},
		"generators behind generators": {
			"{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = ns.x | map('string') %}{% endfor %}{{ ns.x | list }}", Runtime},
	} {
		_, err := renderText(env, c.text, nil)
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}
