package jinja

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// row is a mapping and can be called.
type row struct {
	names  []string
	values []any
}

func (r *row) Keys() []any { return python.From(r.names).(*python.List).Items }
func (r *row) Attr(name string) (any, bool) {
	if v, ok := python.MappingMethod(r, name); ok {
		return v, true
	}
	v, ok, _ := r.Item(name)
	return v, ok
}

func (r *row) Item(key any) (any, bool, error) {
	if i, ok := key.(int64); ok && i >= 0 && i < int64(len(r.values)) {
		return r.values[i], true, nil
	}
	name, _ := key.(string)
	if i := slices.Index(r.names, name); i >= 0 {
		return r.values[i], true, nil
	}
	return nil, false, nil
}

func (r *row) Call(c *Call) (any, error) { return fmt.Sprintf("called with %d", len(c.Args)), nil }

// label has a plain form.
type label string

func (l label) Attr(string) (any, bool) { return nil, false }
func (l label) Plain() any              { return string(l) + "!" }

func TestMappingsOfTheHostPassForDicts(t *testing.T) {
	vars := map[string]any{"r": &row{[]string{"a", "b"}, []any{1, "x"}}, "l": label("hi")}
	for text, want := range map[string]string{
		"{{ r.a }}{{ r['b'] }}{{ r[0] }} {{ r.c is defined }}":                                  "1x1 False",
		"{{ r is mapping }} {{ r is sequence }} {{ r is iterable }} {{ r is callable }}":        "True True True True",
		"{{ r | list }} {{ r | length }} {{ 'a' in r }} {{ r | items | list }} {{ r.items() }}": "['a', 'b'] 2 True [('a', 1), ('b', 'x')] [('a', 1), ('b', 'x')]",
		"{{ dict(r) }} {{ dict(**r) }} {{ r | tojson }} {{ r(1, 2) }} {{ r.get('z', 9) }}":      "{'a': 1, 'b': 'x'} {'a': 1, 'b': 'x'} {\"a\": 1, \"b\": \"x\"} called with 2 9",
		"{{ r.keys() }} {{ r.values() }} {{ [l] | tojson }}":                                    "['a', 'b'] [1, 'x'] [\"hi!\"]",
	} {
		if got, err := renderText(&Env{}, text, vars); got != want || err != nil {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
	v, err := python.ToGo(python.From([]any{label("a"), &row{[]string{"a"}, []any{1}}}))
	if err != nil || fmt.Sprint(v) != "[a! map[a:1]]" {
		t.Errorf("%v, %v", v, err)
	}
}
