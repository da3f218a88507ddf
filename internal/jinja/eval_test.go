package jinja

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

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
			v, err = python.ToGo(v)
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
