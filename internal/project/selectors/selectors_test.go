package selectors

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// shown is a definition as one would say it.
func shown(d Definition) string {
	join := func(list []Definition, by string) string {
		var parts []string
		for _, one := range list {
			parts = append(parts, shown(one))
		}
		return "(" + strings.Join(parts, by) + ")"
	}
	var out string
	switch c := d.Criterion; {
	case c != nil:
		out = c.Method + ":" + c.Value
		if c.Parents {
			out = fmt.Sprintf("%d+", c.ParentsDepth) + out
		}
		if c.Children {
			out += fmt.Sprintf("+%d", c.ChildrenDepth)
		}
		if c.ChildrensParents {
			out = "@" + out
		}
		if c.IndirectSelection != "" {
			out += " " + c.IndirectSelection
		}
	case d.Union != nil:
		out = join(d.Union, " or ")
	case d.Intersection != nil:
		out = join(d.Intersection, " and ")
	default:
		out = d.Text
	}
	if d.Exclude != nil {
		out += " without " + join(d.Exclude, " or ")
	}
	return out
}

func read(text string) (File, *diag.Problems) {
	r := &yamldoc.Reader{Problems: &diag.Problems{}}
	f := Read(r, r.Parse(Name, []byte(text)), func(v any, _ diag.Place) any { return v })
	return f, r.Problems
}

func TestEveryFormIsRead(t *testing.T) {
	f, problems := read(`selectors:
  - name: text
    definition: "tag:nightly+ source:raw,path:models"
  - name: short
    definition: {tag: nightly}
  - name: full
    description: All of it.
    default: true
    definition: {method: tag, value: nightly, parents: true, parents_depth: 2, children: true, indirect_selection: cautious, exclude: [{tag: x}, y+]}
  - name: at
    definition: {method: fqn, value: a, childrens_parents: true}
  - name: sets
    definition:
      union:
        - tag:a
        - intersection: [{path: models/x}, {method: selector, value: full}]
        - exclude: [{method: package, value: p}]
  - name: other
    definition: {method: selector, value: sets}
`)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range f.Selectors {
		got[s.Name] = shown(s.Definition)
	}
	full := "2+tag:nightly+-1 cautious without (tag:x or y+)"
	sets := "(tag:a or (path:models/x and " + full + ")) without (package:p)"
	want := map[string]string{
		"text": "tag:nightly+ source:raw,path:models", "short": "tag:nightly", "full": full, "at": "@fqn:a", "sets": sets, "other": sets,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f.Default != "full" || f.ByName("full").Description != "All of it." || f.ByName("none") != nil || len(f.Names()) != 6 {
		t.Errorf("default %s, names %v", f.Default, f.Names())
	}
}

func TestWhatIsNoSelectorHasItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"selectors: [{name: a}]": "selectors.yml:1:13: missing-key: a selector needs a `name` and a `definition`",
		"selectors:\n- {name: a, definition: x}\n- {name: a, definition: y}":                                       "selectors.yml:3:3: duplicate-selector: the selector `a` is there twice",
		"selectors:\n- {name: a, default: true, definition: x}\n- {name: b, default: true, definition: y}":         "selectors.yml:3:3: bad-selector: both `a` and `b` are the default",
		"selectors: [{name: a, definition: [x]}]":                                                                  "selectors.yml:1:35: wrong-kind: a definition must be text or a mapping, not a list",
		"selectors: [{name: a, definition: {union: x}}]":                                                           "selectors.yml:1:43: wrong-kind: this must be a list of definitions, not text",
		"selectors: [{name: a, definition: {union: [x], tag: y}}]":                                                 "selectors.yml:1:48: bad-selector: `tag` cannot stand beside `union`",
		"selectors: [{name: a, definition: {union: [{exclude: [x]}, {exclude: [y]}]}}]":                            "selectors.yml:1:60: bad-selector: `exclude` is there twice",
		"selectors: [{name: a, definition: {exclude: [x]}}]":                                                       "selectors.yml:1:36: bad-selector: `exclude` stands within a `union` or an `intersection`, or beside a `method`",
		"selectors: [{name: a, definition: {tag: [x]}}]":                                                           "selectors.yml:1:36: wrong-kind: the value of `tag` must be text",
		"selectors: [{name: a, definition: {tag: x, path: y}}]":                                                    "selectors.yml:1:35: bad-selector: a definition is one key with its value, or has `method` and `value`",
		"selectors: [{name: a, definition: {method: tag}}]":                                                        "selectors.yml:1:35: missing-key: a definition with `method` needs a `value`",
		"selectors: [{name: a, definition: {method: tag, value: x, indirect_selection: eagre}}]":                   "selectors.yml:1:79: bad-value: `indirect_selection` cannot be `eagre`",
		"selectors:\n- {name: nightly, definition: x}\n- {name: b, definition: {method: selector, value: nightl}}": "selectors.yml:3:51: unknown-selector: no selector `nightl` stands above this one",
	} {
		_, problems := read(text)
		list := problems.All()
		if len(list) != 1 {
			t.Errorf("%s: %v", text, list)
			continue
		}
		list[0].Hint = ""
		if got := list[0].Error(); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
