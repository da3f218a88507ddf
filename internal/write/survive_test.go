//go:build duckdb_arrow

package write

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// best returns the row whose value survives by a rule, nil where none does.
func best(rows []row, value func(row) string, rule string) *row {
	rank := func(a, b row) int { return compare(a, b) }
	source := func(r row) int { return slices.Index([]string{"shop", "crm"}, strings.Split(r.file, "/")[0]) }
	switch rule {
	case "first":
		rank = func(a, b row) int { return compare(b, a) }
	case "longest":
		rank = func(a, b row) int { return cmp.Or(cmp.Compare(len(value(a)), len(value(b))), compare(a, b)) }
	case "shortest":
		rank = func(a, b row) int { return cmp.Or(cmp.Compare(len(value(b)), len(value(a))), compare(a, b)) }
	case "max":
		rank = func(a, b row) int { return cmp.Or(cmp.Compare(value(a), value(b)), compare(a, b)) }
	case "min":
		rank = func(a, b row) int { return cmp.Or(cmp.Compare(value(b), value(a)), compare(a, b)) }
	case "prefer":
		rank = func(a, b row) int { return cmp.Or(cmp.Compare(source(b), source(a)), compare(a, b)) }
	}
	var out *row
	for _, r := range rows {
		if (value(r) != "" || rule == "most_recent") && (out == nil || rank(r, *out) > 0) {
			out = &r
		}
	}
	return out
}

func TestValuesSurviveByTheirRuleHoweverRowsAreSpreadOverLoads(t *testing.T) {
	b := newBench(t)
	rules := []string{"most_recent", "not_null", "first", "longest", "shortest", "max", "min", "prefer"}
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		ofName, ofPhone := rapid.SampledFrom(rules).Draw(rt, "rule of name"), rapid.SampledFrom(rules).Draw(rt, "rule of phone")
		m := Mode{Keys: []string{"id"}, Cursor: "at", Survivorship: []Survivor{
			{Column: "name", Rule: ofName, Prefer: []string{"shop", "crm"}},
			{Column: "phone", Rule: ofPhone, Prefer: []string{"shop", "crm"}},
		}}
		name := b.table()
		for _, load := range drawLoads(rt, rows) {
			b.load(t, rt, name, load, m)
		}
		var want []row
		var evidence []string
		for _, g := range groups(rows, byID) {
			r := slices.MaxFunc(g, compare)
			for _, c := range []struct {
				column, rule string
				value        func(row) string
				set          *string
			}{
				{"name", ofName, func(r row) string { return r.name }, &r.name},
				{"phone", ofPhone, func(r row) string { return r.phone }, &r.phone},
			} {
				*c.set = ""
				if from := best(g, c.value, c.rule); from != nil {
					*c.set = c.value(*from)
					evidence = append(evidence, fmt.Sprintf("%s %s of %s:%d by %s", r.id, c.column, from.file, from.line, c.rule))
				}
			}
			want = append(want, r)
		}
		if diff := b.differs(t, rt, name, want); diff != "" {
			rt.Fatal(diff)
		}
		got := b.select1(t, rt, name, `unnest(list_transform(_tarn_survivors, lambda s: format('{} {} of {}:{} by {}', id, s."column", s.file, s.line, s.rule)))`)
		slices.Sort(evidence)
		slices.Sort(got)
		if diff := gocmp.Diff(strings.Join(evidence, "\n"), strings.Join(got, "\n")); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestSourcesArePreferredByFolderNameOrPattern(t *testing.T) {
	b := newBench(t)
	rows := []row{
		{file: "in/crm/x.csv", line: 1, id: "1", at: 1, name: "folder"},
		{file: "in/crm.csv", line: 1, id: "2", at: 1, name: "name"},
		{file: "in/2024-crm-x.csv", line: 1, id: "3", at: 1, name: "other"},
		{file: "in/new.csv", line: 1, id: "1", at: 2, name: "new"},
		{file: "in/new.csv", line: 2, id: "2", at: 2, name: "new"},
		{file: "in/new.csv", line: 3, id: "3", at: 2, name: "new"},
	}
	for pattern, want := range map[string][]string{
		"crm":     {"1 folder", "2 name", "3 new"},
		"*-crm-*": {"1 new", "2 new", "3 other"},
	} {
		name := b.table()
		b.load(t, t, name, rows, Mode{Keys: []string{"id"}, Cursor: "at", Survivorship: []Survivor{{Column: "name", Rule: "prefer", Prefer: []string{pattern}}}})
		if diff := gocmp.Diff(want, b.select1(t, t, name, "id || ' ' || name")); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
	}
}

func TestARowWhoseValuesSurviveInAnotherIsMerged(t *testing.T) {
	b := newBench(t)
	name := b.table()
	m := Mode{Keys: []string{"id"}, Cursor: "at", Survivorship: []Survivor{{Column: "phone", Rule: "not_null"}}}
	out := b.load(t, t, name, []row{
		{file: "a", line: 1, id: "1", at: 1, phone: "0"},
		{file: "a", line: 2, id: "1", at: 2, phone: "1"},
		{file: "a", line: 3, id: "1", at: 3, name: "ada"},
	}, m)
	if out.Written != 1 || out.Skipped[Merged] != 1 || out.Skipped[Superseded] != 1 {
		t.Errorf("one stands, one is merged, one superseded: %+v", out)
	}
	snapshots := len(b.Table(t, name).Snapshots())
	out = b.load(t, t, name, []row{{file: "0", line: 9, id: "1", at: 1, phone: "9"}}, m)
	if out.Written != 0 || out.Skipped[Superseded] != 1 {
		t.Errorf("nothing of it survives: %+v", out)
	}
	if diff := gocmp.Diff([]string{"a:3 1@3 ada/1"}, b.stored(t, t, name)); diff != "" {
		t.Error(diff)
	}
	if files, err := b.Table(t, name).Files(t.Context(), atNow, nil); err != nil || len(files) != 1 {
		t.Errorf("a row that stays is not written again: %d snapshots, %v, %v", snapshots, files, err)
	}
}

func TestOfAFileThatChangedTheNewRowsCount(t *testing.T) {
	b := newBench(t)
	name := b.table()
	m := Mode{Keys: []string{"id"}, Cursor: "at", Survivorship: []Survivor{{Column: "phone", Rule: "not_null"}}}
	b.load(t, t, name, []row{{file: "a", line: 7, id: "1", at: 1, name: "old", phone: "1"}, {file: "b", line: 1, id: "1", at: 0, phone: "3"}}, m)
	m.Renewed = "_tarn_file = 'a'"
	b.load(t, t, name, []row{{file: "a", line: 6, id: "1", at: 1, name: "new", phone: "2"}}, m)
	if diff := gocmp.Diff([]string{"a:6 1@1 new/2"}, b.stored(t, t, name)); diff != "" {
		t.Error(diff)
	}
}
