package python

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

func TestBindMatchesAsPythonDoes(t *testing.T) {
	call := func(args []any, named ...Named) *Arguments {
		return &Arguments{Args: args, Named: named}
	}
	for _, c := range []struct {
		call   *Arguments
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
	d := NewDict()
	set := func(key int64, v any) {
		t.Helper()
		if err := d.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(20) {
		set(i, i)
	}
	for i := int64(0); i < 20; i += 2 {
		d.Delete(i)
	}
	set(0, "again")
	set(3, "new")
	got, err := Repr(d)
	want := "{1: 1, 3: 'new', 5: 5, 7: 7, 9: 9, 11: 11, 13: 13, 15: 15, 17: 17, 19: 19, 0: 'again'}"
	if got != want || err != nil {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if v, ok, err := d.Get(int64(2)); ok || err != nil {
		t.Errorf("what was deleted is still there: %v, %v", v, err)
	}
}
