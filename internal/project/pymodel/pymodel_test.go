package pymodel

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestCallsAreFoundWhereverTheyStand(t *testing.T) {
	got, err := Read("models/m.py", `import pandas as pd
# dbt.ref('in_a_comment')
TEXT = """dbt.ref("in text")"""

def model(dbt, session):
    dbt.config(materialized="table", tags=['a', "b"], meta={"x": 1, 'y': [True, None, -2.5]}, packages=("pandas",),)
    limit = dbt.config.get("limit", 3)
    owner = dbt.config.meta_get('owner')
    frames = [dbt.ref("orders"), dbt.ref('crm', 'people').df(), dbt.ref('v', v=2), f(x=dbt.source("raw", 'events'))]
    other.dbt.ref('not ours'); mydbt.ref('nor this')
    return dbt.ref(
        'long'  # why
        '_name'
    )
`)
	if err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) diag.Place { return diag.Place{File: "models/m.py", Line: line, Column: column} }
	want := &Model{
		Refs: []Ref{
			{"", "orders", "", at(9, 15)}, {"crm", "people", "", at(9, 34)}, {"", "v", "2", at(9, 65)}, {"", "long_name", "", at(11, 12)},
		},
		Sources: []Source{{"raw", "events", at(9, 88)}},
		Config: map[string]Value{
			"materialized": {"table", at(6, 16)}, "tags": {[]any{"a", "b"}, at(6, 38)},
			"meta":             {map[string]any{"x": int64(1), "y": []any{true, nil, -2.5}}, at(6, 55)},
			"packages":         {[]any{"pandas"}, at(6, 95)},
			"config_keys_used": {Value: []any{"limit"}}, "config_keys_defaults": {Value: []any{int64(3)}},
			"meta_keys_used": {Value: []any{"owner"}}, "meta_keys_defaults": {Value: []any{nil}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeKnownHasItsPlace(t *testing.T) {
	const head = "def model(dbt, session):\n"
	for text, want := range map[string]string{
		"x = 1":                        "m.py:1:1: bad-python-model: a Python model has one function `model`, not 0",
		head + "  dbt.ref(name)":       "m.py:2:11: not-literal: what is said to dbt must be written out, and `name` is not",
		head + "  dbt.ref()":           "m.py:2:3: bad-call: `dbt.ref` takes the name of a model, or of a package and a model",
		head + "  dbt.ref(1)":          "m.py:2:3: bad-call: `dbt.ref` takes the name of a model, or of a package and a model",
		head + "  dbt.source('a')":     "m.py:2:3: bad-call: `dbt.source` takes the names of a source and of a table",
		head + "  dbt.config.get()":    "m.py:2:3: bad-call: `dbt.config.get` takes a name, and a default",
		head + "  dbt.config(a=b + 1)": "m.py:2:16: not-literal: what is said to dbt must be written out, and `b` is not",
		head + "  dbt.config(a=1 + 1)": "m.py:2:18: not-literal: what is said to dbt must be written out, and `+` is not",
		head + "  x = 'a":              "m.py:2:7: python-syntax: the string is never closed: `'` is missing",
		head + "  dbt.ref('a'":         "m.py:2:11: not-literal: what is said to dbt must be written out, and `a` is not",
	} {
		_, err := Read("m.py", text)
		var p *diag.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		p.Hint = ""
		if p.Error() != want {
			t.Errorf("%s\n got %s\nwant %s", text, p, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("def model(dbt, session):\n  return dbt.ref('a', v=[1, {'b': (2,)}])")
	f.Add("def model(dbt, s):\n  dbt.config(x=r'\\', y=f\"{dbt.ref('z')}\"\"\"\"")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read("m.py", text)
		var p *diag.Problem
		if err == nil && m == nil || err != nil && (!errors.As(err, &p) || p.Place.Line < 1) {
			t.Errorf("%v, %v", m, err)
		}
	})
}
