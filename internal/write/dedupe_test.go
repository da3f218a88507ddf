//go:build duckdb_arrow

package write

import (
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

var atNow = lake.At{}

func TestOneOfEachSetOfExactDuplicatesStays(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		first := rapid.Bool().Draw(rt, "keep first")
		var want []row
		key := func(r row) string {
			if r.name == "" || r.phone == "" {
				return ""
			}
			return r.name + "/" + r.phone
		}
		for _, g := range groups(rows, key) {
			r := slices.MaxFunc(g, compare)
			if first {
				r = slices.MinFunc(g, compare)
			}
			want = append(want, r)
		}
		for _, r := range rows {
			if key(r) == "" {
				want = append(want, r)
			}
		}
		name := b.table()
		for _, load := range drawLoads(rt, rows) {
			b.load(t, rt, name, load, Mode{Cursor: "at", Deduplicate: &Duplicates{Exact: []string{"name", "phone"}, First: first}})
		}
		if diff := b.differs(t, rt, name, want); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestSimilarRowsOfABlockAreOne(t *testing.T) {
	b := newBench(t)
	m := Mode{Cursor: "at", Deduplicate: &Duplicates{Fuzzy: &Fuzzy{Columns: []string{"name"}, BlockBy: []string{"phone"}, Similarity: 0.9}}}
	name := b.table()
	out := b.load(t, t, name, []row{
		{file: "a", line: 1, id: "1", at: 1, name: "Jonathan Smith", phone: "1"},
		{file: "a", line: 2, id: "2", at: 2, name: " jonathan SMITH", phone: "1"},
		{file: "a", line: 3, id: "3", at: 3, name: "Jonatan Smyth", phone: "1"},
		{file: "a", line: 4, id: "4", at: 4, name: "Jonathan Smith", phone: "2"},
		{file: "a", line: 5, id: "5", at: 5, name: "Zoe", phone: "1"},
		{file: "a", line: 6, id: "6", at: 6, name: "", phone: "1"},
	}, m)
	if out.Written != 4 || out.Skipped[Similar] != 2 {
		t.Errorf("two are similar to the third: %+v", out)
	}
	out = b.load(t, t, name, []row{{file: "b", line: 1, id: "7", at: 7, name: "Jonátan Smyth", phone: "1"}}, m)
	if out.Written != 1 {
		t.Errorf("the latest stays: %+v", out)
	}
	if diff := gocmp.Diff([]string{"4", "5", "6", "7"}, b.select1(t, t, name, "id")); diff != "" {
		t.Error(diff)
	}
}

func TestDuplicatesOfDuplicatesAreOneSet(t *testing.T) {
	b := newBench(t)
	// Each is similar to the next only; together they are one chain.
	var rows []row
	text := "aaaaaaaaaaaaaaaaaaaaaaaa"
	for i := range 20 {
		rows = append(rows, row{file: "a", line: int64(i), id: "1", at: i, name: text[:i] + "bbbbbbbbbbbbbbbbbbbbbbbb"[i:], phone: "1"})
	}
	name := b.table()
	out := b.load(t, t, name, rows, Mode{Cursor: "at", Deduplicate: &Duplicates{Fuzzy: &Fuzzy{Columns: []string{"name"}, BlockBy: []string{"phone"}, Similarity: 0.94}}})
	if out.Written != 1 || out.Skipped[Similar] != 19 {
		t.Errorf("a chain is one set: %+v", out)
	}
}

func TestABlockThatIsTooLargeIsAProblem(t *testing.T) {
	b := newBench(t)
	rows := make([]row, largestBlock+1)
	for i := range rows {
		rows[i] = row{file: "a", line: int64(i), name: "x", phone: "1"}
	}
	in := reader(rows)
	defer in.Release()
	stage, err := b.NewStage(t.Context(), "run", "step", ident.Table{Namespace: "raw", Name: "big"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = b.w.Combine(t.Context(), Request{Stage: stage, Op: lake.Replace, Rows: in, Schema: rowSchema},
		Mode{Columns: provenance, Now: loadTime(1), Deduplicate: &Duplicates{Fuzzy: &Fuzzy{Columns: []string{"name"}, BlockBy: []string{"phone"}, Similarity: 0.9}}})
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != "block-too-large" {
		t.Errorf("got %v", err)
	}
}

func TestOfASetOfDuplicatesEachValueSurvivesByItsRule(t *testing.T) {
	b := newBench(t)
	name := b.table()
	m := Mode{Cursor: "at", Deduplicate: &Duplicates{Fuzzy: &Fuzzy{Columns: []string{"name"}, BlockBy: []string{"id"}, Similarity: 0.9}},
		Survivorship: []Survivor{{Column: "phone", Rule: "not_null"}}}
	b.load(t, t, name, []row{
		{file: "a", line: 1, id: "1", at: 1, name: "Jonathan Smith", phone: "555"},
		{file: "a", line: 2, id: "1", at: 1, name: "Zoe", phone: "7"},
	}, m)
	out := b.load(t, t, name, []row{{file: "b", line: 1, id: "1", at: 2, name: "Jonatan Smith"}}, m)
	if out.Written != 1 {
		t.Errorf("the later row stands: %+v", out)
	}
	if diff := gocmp.Diff([]string{"a:2 1@1 Zoe/7", "b:1 1@2 Jonatan Smith/555"}, b.stored(t, t, name)); diff != "" {
		t.Error(diff)
	}
}
