package jinja

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written shows calls in one line each.
func writtenCalls(sites []Site) []string {
	var lines []string
	for _, s := range sites {
		line := fmt.Sprintf("%d:%d %s", s.Line, s.Column, s.Name)
		for _, a := range append(s.Args, s.Named...) {
			line += fmt.Sprintf(" %s=%v/%v", a.Name, a.Value, a.Known)
		}
		if s.Rest {
			line += " *"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCallsAreFoundWithoutRendering(t *testing.T) {
	for _, c := range []struct {
		text  string
		plain bool
		want  []string
	}{
		{"select * from {{ ref('a') }}\n{{ source(\"s\", 't') }}{# x #}", true, []string{"1:18 ref =a/true", "2:4 source =s/true =t/true"}},
		{"{{ config(tags=['x', 1], meta={'a': -1}, on=true) }}", true, []string{"1:4 config tags=[x 1]/true meta=map[a:-1]/true on=true/true"}},
		{"{{ config(alias=var('x')) }}", false, []string{"1:4 config alias=<nil>/false", "1:17 var =x/true"}},
		{"{{ ref('a').name }}", false, []string{"1:4 ref =a/true"}},
		{"{{ ref('a') | upper }}", false, []string{"1:4 ref =a/true"}},
		{"{{ ref(*x) }}{{ a.b.c(1)(2) }}", false, []string{"1:4 ref *", "1:21  =2/true", "1:21 a.b.c =1/true"}},
		{"{% if f() %}{{ g(h()) }}{% else %}{% do i() %}{% endif %}", false, []string{"1:7 f", "1:16 g =<nil>/false", "1:18 h", "1:41 i"}},
		{"{% for x in f() if g(x) %}{% set y = {'k': h()}[i()] %}{% endfor %}", false, []string{"1:13 f", "1:20 g =<nil>/false", "1:44 h", "1:49 i"}},
		{"{% macro m(a=f()) %}{% call(b=g()) h() %}{{ i() ~ -j() }}{% endcall %}{% endmacro %}", false,
			[]string{"1:14 f", "1:36 h", "1:31 g", "1:45 i", "1:52 j"}},
		{"{{ x[f():g()] if h() is divisibleby(i()) and not j() < k() }}", false, []string{"1:18 h", "1:37 i", "1:50 j", "1:56 k", "1:6 f", "1:10 g"}},
		{"text", true, nil},
	} {
		tmpl, err := (&Env{}).Parse("t", c.text)
		if err != nil {
			t.Fatal(err)
		}
		sites, plain := tmpl.Calls()
		if diff := cmp.Diff(c.want, writtenCalls(sites)); diff != "" || plain != c.plain {
			t.Errorf("%s: plain is %v\n%s", c.text, plain, diff)
		}
	}
	defs := definitions(t, &Env{Tags: dbtTags}, "f", "\n{% test t(a, b=f(1)) %}{{ adapter.dispatch('x', macro_namespace='p')() }}{% endtest %}")
	want := []string{"2:16 f =1/true", "2:35  ", "2:35 adapter.dispatch =x/true macro_namespace=p/true"}
	want[1] = "2:35 "
	if diff := cmp.Diff(want, writtenCalls(defs["t"].Calls())); diff != "" {
		t.Error(diff)
	}
}
