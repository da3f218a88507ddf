package ingest

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/project"
)

// batchOf reads rows of the columns id, tags (a list of structs) and note.
func batchOf(t *testing.T, rows string) (arrow.RecordBatch, *connector.Layout) {
	t.Helper()
	tag := connector.StructOf(connector.Field{Name: "k", Type: connector.Type{Kind: connector.String}})
	layout := &connector.Layout{Columns: []connector.Column{
		{Name: "id", Type: connector.Type{Kind: connector.Long}}, {Name: "tags", Type: connector.ListOf(tag)}, {Name: "note"},
	}}
	b, _, err := array.RecordFromJSON(memory.DefaultAllocator, layout.Schema(), strings.NewReader("["+rows+"]"))
	if err != nil {
		t.Fatal(err)
	}
	return b, layout
}

// shaped is what a contract for columns makes of rows when note is unknown.
func shaped(t *testing.T, word, rows string) (text string, leftOut int64) {
	t.Helper()
	b, layout := batchOf(t, rows)
	defer b.Release()
	j := &job{meta: true, layout: layout, unknown: []int{2}, def: &project.Ingest{Contract: project.Contract{Columns: word}}}
	out, leftOut, err := j.shape(b)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	json, err := array.RecordToStructArray(out).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(json), "\n", ""), leftOut
}

const noted = `{"id":1,"tags":[{"k":"a"},{"k":"b"}],"_tarn_line":2},{"id":2,"note":"x","_tarn_line":3},
{"id":3,"tags":[],"_tarn_line":4},{"id":4,"tags":[{"k":"c"}],"_tarn_line":5},{"id":5,"note":"","_tarn_line":6}`

func TestRowsWithAValueInAnUnknownColumnAreLeftOut(t *testing.T) {
	got, leftOut := shaped(t, discardRow, noted)
	want := `[{"_tarn_line":2,"id":1,"tags":[{"k":"a"},{"k":"b"}]},{"_tarn_line":4,"id":3,"tags":[]},{"_tarn_line":5,"id":4,"tags":[{"k":"c"}]}]`
	if diff := cmp.Diff(want, got); diff != "" || leftOut != 2 {
		t.Errorf("%d were left out: %s", leftOut, diff)
	}
	if got, leftOut := shaped(t, discardRow, `{"id":1,"note":"x","_tarn_line":2}`); got != "[]" || leftOut != 1 {
		t.Errorf("of one row %s is left, %d are left out", got, leftOut)
	}
}

func TestValuesOfAnUnknownColumnAreKeptBesideTheirRow(t *testing.T) {
	got, leftOut := shaped(t, discardValue, noted)
	if leftOut != 0 || strings.Count(got, `"_tarn_discarded":[{"column":"note",`) != 2 || strings.Count(got, `"_tarn_discarded":null`) != 3 || strings.Contains(got, `"note":`) {
		t.Errorf("%d were left out: %s", leftOut, got)
	}
}
