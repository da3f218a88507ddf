package xmlfile_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

// drawItem draws an element in which texts, attributes, lists, structs, mixed
// content and inner records meet in the same places.
func drawItem(t *rapid.T, name string, depth int) string {
	var b strings.Builder
	b.WriteString("<" + name)
	if rapid.IntRange(0, 3).Draw(t, "attribute") == 0 {
		b.WriteString(` k="` + rapid.SampledFrom([]string{"1", "2.5", "x", ""}).Draw(t, "value") + `"`)
	}
	b.WriteString(">")
	for range rapid.IntRange(0, 3).Draw(t, "parts") {
		switch part := rapid.IntRange(0, 7).Draw(t, "part"); {
		case part < 3:
			b.WriteString(rapid.SampledFrom([]string{"1", "2.5", "x", "2024-01-31", "true", " "}).Draw(t, "text"))
		case part == 3 && depth > 0:
			b.WriteString(drawItem(t, "r", depth-1))
		case depth > 0:
			b.WriteString(drawItem(t, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), depth-1))
		}
	}
	return b.String() + "</" + name + ">"
}

// outcome is what a load gives, whatever the order of its inputs: the types, and
// each value with its column's name, without those that number rows.
type outcome struct {
	Columns []string
	Rows    [][]string
	Rejects int
}

func load(t *rapid.T, sample int64, documents ...string) outcome {
	req := named("r")
	req.SampleBytes = sample
	var inputs []connector.Input
	for i, d := range documents {
		inputs = append(inputs, connectortest.File(string(rune('a'+i)), []byte(d)))
	}
	layout, counts, got, err := connectortest.Collect(t.Context(), xmlfile.New(), inputs, req)
	if err != nil {
		t.Fatalf("%v in %q", err, documents)
	}
	var o outcome
	for _, c := range layout.Columns {
		o.Columns = append(o.Columns, c.Name+" "+sortedType(c.Type).String())
	}
	slices.Sort(o.Columns)
	for _, row := range got.Rows {
		var values []string
		for i, v := range row {
			if !strings.HasPrefix(got.Columns[i], connector.ReservedPrefix) {
				values = append(values, got.Columns[i]+"="+v)
			}
		}
		slices.Sort(values)
		o.Rows = append(o.Rows, values)
	}
	slices.SortFunc(o.Rows, func(a, b []string) int { return cmp.Compare(strings.Join(a, "\x00"), strings.Join(b, "\x00")) })
	for _, c := range counts {
		o.Rejects += int(c.Rejected)
	}
	return o
}

// sortedType is a type with the fields of structs in order of their names.
func sortedType(t connector.Type) connector.Type {
	switch t.Kind {
	case connector.List:
		return connector.ListOf(sortedType(*t.Elem))
	case connector.Struct:
		fields := slices.Clone(t.Fields)
		for i := range fields {
			fields[i].Type = sortedType(fields[i].Type)
		}
		slices.SortFunc(fields, func(a, b connector.Field) int { return cmp.Compare(a.Name, b.Name) })
		return connector.StructOf(fields...)
	}
	return t
}

// However little is sampled, and however records are spread over files, types
// and rows are the same.
func TestSamplesAndFilesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []string
		for range rapid.IntRange(1, 6).Draw(t, "records") {
			items = append(items, drawItem(t, "r", 3))
		}
		items = append(items, `<r k="1"/>`) // there is a column
		document := func(items []string) string { return "<rs>\n" + strings.Join(items, "\n") + "\n</rs>" }
		want := load(t, 0, document(items))
		if diff := gocmp.Diff(want, load(t, 1, document(items))); diff != "" {
			t.Fatalf("sampled little: %s\n%s", document(items), diff)
		}
		at := rapid.IntRange(0, len(items)).Draw(t, "cut")
		for _, sample := range []int64{0, 1} {
			if diff := gocmp.Diff(want, load(t, sample, document(items[at:]), document(items[:at]))); diff != "" {
				t.Fatalf("in two files: %s and %s\n%s", document(items[at:]), document(items[:at]), diff)
			}
		}
	})
}
