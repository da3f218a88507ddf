package jinja

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGoValuesGoThereAndBack(t *testing.T) {
	in := map[string]any{
		"int": 1, "big": uint64(1 << 63), "float": float32(0.5), "list": []any{"a", nil, true},
		"strings": []string{"x"}, "map": map[string]any{"b": 1, "a": []int{2}},
	}
	want := map[string]any{
		"int": int64(1), "big": "9223372036854775808", "float": 0.5, "list": []any{"a", nil, true},
		"strings": []any{"x"}, "map": map[string]any{"b": int64(1), "a": []any{int64(2)}},
	}
	got, err := ToGo(From(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEvalKeepsWhatOneExpressionIs(t *testing.T) {
	for _, c := range []struct {
		text string
		want any
	}{
		{"{{ n + 1 }}", int64(8)},
		{" {{ n }}", " 7"},
		{"{{ [n, (1, 2)] }}", []any{int64(7), []any{int64(1), int64(2)}}},
		{"{{ {'a': range(2)} }}", map[string]any{"a": []any{int64(0), int64(1)}}},
		{"{{ 'x' ~ n }}\n", "x7"},
		{"text", "text"},
		{"{{ none }}", nil},
	} {
		tmpl, err := (&Env{}).Parse("t", c.text)
		if err != nil {
			t.Fatal(err)
		}
		v, err := tmpl.Eval(map[string]any{"n": 7})
		if err == nil {
			v, err = ToGo(v)
		}
		if diff := cmp.Diff(c.want, v); diff != "" || err != nil {
			t.Errorf("%q: %v %s", c.text, err, diff)
		}
	}
}

func TestTheHostsVariablesAreNotChanged(t *testing.T) {
	list := []any{"a"}
	got, err := renderText(&Env{}, "{% do l.append('b') %}{{ l }}", map[string]any{"l": list})
	if err != nil || got != "['a', 'b']" || len(list) != 1 {
		t.Errorf("%q, %v, and the host has %v", got, err, list)
	}
}

func TestCallsKnowTheirArgumentsAndPlaces(t *testing.T) {
	type place struct{ line, column int }
	var got []any
	f := func(c *Call) (any, error) {
		line, column := c.Place()
		got = append(got, place{line, column}, c.Args)
		for i, n := range c.Named {
			line, column := c.NamedPlace(i)
			got = append(got, n.Name, n.Value, place{line, column})
		}
		return nil, nil
	}
	if _, err := renderText(&Env{}, "\n {{ f(1,\n  b='x', **{'c': 2}) }}", map[string]any{"f": f}); err != nil {
		t.Fatal(err)
	}
	want := []any{place{2, 5}, []any{int64(1)}, "b", "x", place{3, 3}, "c", int64(2), place{2, 5}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(place{})); diff != "" {
		t.Error(diff)
	}
}

func TestBindMatchesAsPythonDoes(t *testing.T) {
	call := func(args []any, named ...Named) *Call { return &Call{Args: args, Named: named} }
	for _, c := range []struct {
		call   *Call
		params []string
		want   []any
		err    string
	}{
		{call([]any{1}), []string{"a", "b?"}, []any{1, "missing"}, ""},
		{call(nil, Named{Name: "b", Value: 2}, Named{Name: "a", Value: 1}), []string{"a", "b?"}, []any{1, 2}, ""},
		{call([]any{1, 2, 3}), []string{"a", "b?"}, nil, "takes 2 arguments, not 3"},
		{call(nil), []string{"_a"}, nil, "needs the argument `a`"},
		{call([]any{1}, Named{Name: "a", Value: 2}), []string{"a"}, nil, "got `a` twice"},
		{call(nil, Named{Name: "z", Value: 2}), []string{"a?"}, nil, "has no argument `z`"},
		{call(nil, Named{Name: "a", Value: 2}), []string{"_a?"}, nil, "has no argument `a`"},
	} {
		b, err := c.call.Bind(c.params...)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%v: %v, want %s", c.params, err, c.err)
			}
			continue
		}
		var got []any
		for i := range c.params {
			got = append(got, b.Any(i, "missing"))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%v: %v %s", c.params, err, diff)
		}
	}
}

func TestDictsKeepOrderWhenTheyGrowAndShrink(t *testing.T) {
	got, err := renderText(&Env{}, `{% set d = {} %}
{%- for i in range(20) %}{% do d.update({i: i}) %}{% endfor %}
{%- for i in range(0, 20, 2) %}{% do d.pop(i) %}{% endfor %}
{%- do d.update({0: 'again', 3: 'new'}) %}{{ d | list }} {{ d[3] }} {{ d[0] }} {{ d[2] }}`, nil)
	if want := "[1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 0] new again "; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
