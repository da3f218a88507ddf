//go:build duckdb_arrow

package write

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// history are the versions that rows make, as text: of several at one time the
// last counts, and what says the same as before is no version.
func history(rows []row) []string {
	var out []string
	for id, g := range groups(rows, byID) {
		slices.SortFunc(g, compare)
		var versions []row
		for _, r := range g {
			if r.at < 0 {
				continue
			}
			if n := len(versions); n > 0 && versions[n-1].at == r.at {
				versions = versions[:n-1]
			}
			versions = append(versions, r)
		}
		versions = slices.CompactFunc(versions, func(a, b row) bool { return a.name == b.name && a.phone == b.phone })
		for i, v := range versions {
			till := "now"
			if i+1 < len(versions) {
				till = fmt.Sprint(versions[i+1].at)
			}
			out = append(out, fmt.Sprintf("%s %s/%s %d-%s", id, v.name, v.phone, v.at, till))
		}
	}
	slices.Sort(out)
	return out
}

const versionText = `format('{} {}/{} {}-{}', id, coalesce(name, ''), coalesce(phone, ''), date_diff('minute', TIMESTAMPTZ '2024-01-01 00:00:00+00', _tarn_valid_from),
	CASE WHEN _tarn_is_current THEN 'now' ELSE date_diff('minute', TIMESTAMPTZ '2024-01-01 00:00:00+00', _tarn_valid_to)::VARCHAR END)`

func (b *bench) versions(t testing.TB, f fataler, name string) []string {
	f.Helper()
	if n := b.select1(t, f, name, "count(*) FILTER (WHERE _tarn_is_current <> (_tarn_valid_to IS NULL))"); n[0] != "0" {
		f.Fatal("a version that ended is current, or one that did not is not")
	}
	got := b.select1(t, f, name, versionText)
	slices.Sort(got)
	return got
}

func sameTexts(want, got []string) string {
	return gocmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n"))
}

var scd2 = Mode{Kind: SCD2, Keys: []string{"id"}, Cursor: "at"}

func TestVersionsAreTheSameInOneLoadOrMany(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		cuts := []int{rapid.IntRange(0, 4).Draw(rt, "cut"), 5}
		name, from := b.table(), -1
		for _, to := range cuts {
			var load []row
			for _, r := range rows {
				if r.at >= from && r.at < to {
					load = append(load, r)
				}
			}
			from = to
			b.load(t, rt, name, rapid.Permutation(load).Draw(rt, "load"), scd2)
		}
		want := history(rows)
		if diff := sameTexts(want, b.versions(t, rt, name)); diff != "" {
			rt.Fatal(diff)
		}
		if out := b.load(t, rt, name, rows, scd2); out.Written != 0 && len(want) == 0 {
			rt.Fatalf("the same again is nothing new: %+v", out)
		}
		if diff := sameTexts(want, b.versions(t, rt, name)); diff != "" {
			rt.Fatalf("the same again changes nothing: %s", diff)
		}
	})
}

func TestWhatHoldsNowIsTheLatestEvenWhereRowsComeLate(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		name := b.table()
		for _, load := range drawLoads(rt, rows) {
			b.load(t, rt, name, load, scd2)
		}
		var want []string
		for id, g := range groups(rows, byID) {
			if r := slices.MaxFunc(g, compare); r.at >= 0 {
				want = append(want, fmt.Sprintf("%s %s/%s", id, r.name, r.phone))
			}
		}
		slices.Sort(want)
		base := b.select1(t, rt, name, "unnest(CASE WHEN _tarn_is_current THEN [format('{} {}/{}', id, coalesce(name, ''), coalesce(phone, ''))] ELSE [] END)")
		if diff := sameTexts(want, base); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestAVersionIsComparedWhereItWasLastMet(t *testing.T) {
	b := newBench(t)
	met := []row{{file: "a", line: 1, id: "1", at: 1, name: "A"}, {file: "b", line: 7, id: "1", at: 4, name: "A"}}
	late := []row{{file: "b", line: 2, id: "1", at: 4, name: "B"}}
	again := []row{{file: "b", line: 9, id: "1", at: 4, name: "A"}}
	for _, loads := range [][][]row{{met, late}, {met[:1], met[1:], late}, {late, met}, {met[1:], again, {{file: "b", line: 8, id: "1", at: 4, name: "B"}}, met[:1]}} {
		name := b.table()
		for _, load := range loads {
			b.load(t, t, name, load, scd2)
		}
		if diff := sameTexts([]string{"1 A/ 1-now"}, b.versions(t, t, name)); diff != "" {
			t.Errorf("%v: %s", loads, diff)
		}
	}
}

func TestALateRowPartsAVersion(t *testing.T) {
	b := newBench(t)
	name := b.table()
	b.load(t, t, name, []row{{file: "a", line: 1, id: "1", at: 1, name: "A"}, {file: "a", line: 2, id: "1", at: 5, name: "A"}}, scd2)
	b.load(t, t, name, []row{{file: "b", line: 1, id: "1", at: 3, name: "B"}}, scd2)
	if diff := sameTexts([]string{"1 A/ 1-3", "1 A/ 5-now", "1 B/ 3-5"}, b.versions(t, t, name)); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutACursorTheTimeOfTheLoadTells(t *testing.T) {
	b := newBench(t)
	name := b.table()
	m := Mode{Kind: SCD2, Keys: []string{"id"}, Track: []string{"name"}}
	first := []row{{file: "a", line: 1, id: "1", name: "A", phone: "1"}, {file: "a", line: 2, id: "2", name: "X"}}
	at := b.loads + 10_001
	b.load(t, t, name, first, m)
	files, err := b.Table(t, name).Files(t.Context(), atNow, nil)
	if err != nil {
		t.Fatal(err)
	}
	first[0].phone = "2"
	out := b.load(t, t, name, first, m)
	again, err := b.Table(t, name).Files(t.Context(), atNow, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out.Skipped[Unchanged] != 2 || gocmp.Diff(files, again) != "" {
		t.Errorf("what is not tracked makes no version and no file: %+v, %v", out, again)
	}
	first[0].name = "B"
	b.load(t, t, name, first, m)
	want := []string{fmt.Sprintf("1 A/1 %d-%d", at, at+2), fmt.Sprintf("1 B/2 %d-now", at+2), fmt.Sprintf("2 X/ %d-now", at)}
	if diff := sameTexts(want, b.versions(t, t, name)); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsEndWhereTheSourceNoLongerHasTheirKey(t *testing.T) {
	b := newBench(t)
	name := b.table()
	m := scd2
	m.Deletes = Hard
	a, x := row{file: "a", line: 1, id: "1", at: 1, name: "A"}, row{file: "a", line: 2, id: "2", at: 1, name: "X"}
	b.load(t, t, name, []row{a, x}, m)
	gone := b.loads + 10_001
	if out := b.load(t, t, name, []row{a}, m); out.Deleted != 1 {
		t.Errorf("one ended: %+v", out)
	}
	if diff := sameTexts([]string{"1 A/ 1-now", fmt.Sprintf("2 X/ 1-%d", gone)}, b.versions(t, t, name)); diff != "" {
		t.Error(diff)
	}
	b.load(t, t, name, []row{a}, m)
	b.load(t, t, name, []row{a, x}, m)
	if diff := sameTexts([]string{"1 A/ 1-now", fmt.Sprintf("2 X/ 1-%d", gone), fmt.Sprintf("2 X/ %d-now", gone+2)}, b.versions(t, t, name)); diff != "" {
		t.Errorf("back again: %s", diff)
	}
	// Neither key has a new row; one is not there any more, by comparison.
	m.Present = keys("2")
	b.load(t, t, name, nil, m)
	m.Present = keys("1", "2")
	b.load(t, t, name, nil, m)
	want := []string{fmt.Sprintf("1 A/ 1-%d", gone+3), fmt.Sprintf("1 A/ %d-now", gone+4), fmt.Sprintf("2 X/ 1-%d", gone), fmt.Sprintf("2 X/ %d-now", gone+2)}
	if diff := sameTexts(want, b.versions(t, t, name)); diff != "" {
		t.Errorf("by keys: %s", diff)
	}
}

// keys is the stream of keys that a source has.
func keys(ids ...string) array.RecordReader {
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues(ids, nil)
	rec := b.NewRecordBatch()
	defer rec.Release()
	r, err := array.NewRecordReader(schema, []arrow.RecordBatch{rec})
	if err != nil {
		panic(err)
	}
	return r
}

func TestRowsGoOrAreMarkedWhereTheSourceNoLongerHasTheirKey(t *testing.T) {
	b := newBench(t)
	one, two := row{file: "a", line: 1, id: "1", at: 1, name: "A"}, row{file: "a", line: 2, id: "2", at: 1, name: "B"}
	m := Mode{Keys: []string{"id"}, Cursor: "at", Deletes: Hard}
	name := b.table()
	b.load(t, t, name, []row{one, two}, m)
	m.Present = keys("2", "3")
	if out := b.load(t, t, name, nil, m); out.Deleted != 1 {
		t.Errorf("one is gone: %+v", out)
	}
	if diff := b.differs(t, t, name, []row{two}); diff != "" {
		t.Error(diff)
	}

	name, m.Deletes, m.Present = b.table(), Soft, nil
	marked := func() []string { return b.select1(t, t, name, "id || ' ' || (_tarn_deleted_at IS NOT NULL)") }
	b.load(t, t, name, []row{one, two}, m)
	if out := b.load(t, t, name, []row{one}, m); out.Deleted != 1 {
		t.Errorf("one is marked: %+v", out)
	}
	if diff := gocmp.Diff([]string{"1 false", "2 true"}, marked()); diff != "" {
		t.Error(diff)
	}
	m.Present = keys("2", "1")
	if out := b.load(t, t, name, nil, m); out.Restored != 1 || out.Deleted != 0 {
		t.Errorf("one is back: %+v", out)
	}
	if diff := gocmp.Diff([]string{"1 false", "2 false"}, marked()); diff != "" {
		t.Error(diff)
	}
}
