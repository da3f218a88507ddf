package jinja

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// plainValue draws values as templates write them.
func plainValue() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Int64().AsAny(), rapid.Bool().AsAny(), rapid.String().AsAny(),
		rapid.Float64Range(-1e12, 1e12).AsAny(), rapid.Just[any](nil),
	)
	return rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return python.From(rapid.SliceOfN(leaf, 0, 4).Draw(t, "list"))
		case 1:
			d := python.NewDict()
			for _, key := range rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "keys") {
				d.SetString(key, python.From(rapid.SliceOfN(leaf, 0, 2).Draw(t, "values")))
			}
			return d
		}
		return leaf.Draw(t, "leaf")
	})
}

func TestReprReadsBackAsTheSameValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := plainValue().Draw(t, "value")
		text, err := python.Repr(v)
		if err != nil {
			t.Fatal(err)
		}
		tmpl, err := (&Env{}).Parse("t", "{{ "+text+" }}")
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		back, err := tmpl.Eval(nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if same, err := python.Equal(v, back); err != nil || !same || python.TypeName(v) != python.TypeName(back) {
			t.Errorf("%s reads back as %v", text, back)
		}
	})
}

func TestRawTextComesOutAsItWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			"{", "}", "%", "#", "{{", "}}", "{%", "%}", " ", "\n", "x", "'", "-", "raw", "{# ", "if",
		})).Draw(t, "text"), "")
		got, err := renderText(&Env{}, "<{% raw %}"+text+"{% endraw %}>", nil)
		if err != nil || got != "<"+text+">" {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	})
}

func TestWhitespaceControlTakesOnlyWhitespace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		space := rapid.StringOf(rapid.SampledFrom([]rune(" \t\n\v\u00a0\u2003")))
		before, after := space.Draw(t, "before"), space.Draw(t, "after")
		open := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "open")
		end := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "end")
		want := "a" + before + after + "b"
		if open == "-" {
			want = "a" + after + "b"
		}
		if end == "-" {
			want = strings.TrimSuffix(want, after+"b") + "b"
		}
		got, err := renderText(&Env{}, fmt.Sprintf("a%s{%%%s set x = 1 %s%%}%sb", before, open, end, after), nil)
		if err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	})
}

func TestSortGroupAndUniqueKeepEveryItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []any
		for _, n := range rapid.SliceOf(rapid.IntRange(0, 5)).Draw(t, "items") {
			items = append(items, map[string]any{"k": n})
		}
		text := `{% set g = items | groupby('k') %}{{ items | sort(attribute='k') | length }} ` +
			`{{ g | map(attribute='list') | map('length') | sum }} {{ (g | length) == (items | unique(attribute='k') | list | length) }}`
		got, err := renderText(&Env{}, text, map[string]any{"items": items})
		if want := fmt.Sprintf("%d %d True", len(items), len(items)); err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	})
}
