package template

import "testing"

func TestALazyDictIsMadeWhenOneLooksIntoIt(t *testing.T) {
	lib := NewLibrary("shop", nil, nil)
	for _, p := range lib.Add("shop", "m.sql", "{% macro looks(n) %}{{ n.name }} {{ n['config'].get('x') }} {{ n.get('none', 3) }} {{ n is mapping }} {{ 'name' in n }} {{ n }}{% endmacro %}{% macro passes(n) %}x{% endmacro %}") {
		t.Fatal(p)
	}
	for _, c := range []struct {
		macro, want string
		made        int
	}{{"looks", "a 1 3 True True {'config': {'x': 1}, 'name': 'a'}", 1}, {"passes", "x", 0}} {
		made := 0
		node := Lazy(func() map[string]any {
			made++
			return map[string]any{"name": "a", "config": map[string]any{"x": 1}}
		})
		_, text, err := Invoke(t.Context(), lib.InPackage("shop", c.macro), []any{node}, nil, Context{Package: "shop", Library: lib}, resolver{})
		if err != nil || text != c.want || made != c.made {
			t.Errorf("%s: %q, %v; made %d times", c.macro, text, err, made)
		}
	}
}
