package csvfile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// written is what encoding/csv wrote: the text, and for every record its line.
type written struct {
	text  []byte
	rows  [][]string
	lines []int64
}

func writeCSV(t *rapid.T, header []string, rows [][]string) written {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var out written
	for i, row := range append([][]string{header}, rows...) {
		line := int64(bytes.Count(b.Bytes(), []byte("\n"))) + 1
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if i > 0 {
			out.rows, out.lines = append(out.rows, row), append(out.lines, line)
		}
	}
	out.text = b.Bytes()
	return out
}

// asText is a request that reads every column as text.
func asText(columns []string) connector.Request {
	req := connector.Request{
		Declared: map[string]connector.DeclaredType{},
		Options: map[string]connector.Option{
			"header": {Value: true}, "delimiter": {Value: ","}, "quote": {Value: `"`},
			"escape": {Value: "doubled"}, "encoding": {Value: "utf-8"},
		},
	}
	for _, c := range columns {
		req.Declared[c] = connector.DeclaredType{Type: "string"}
	}
	return req
}

func header(columns int) []string {
	names := make([]string, columns)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	return names
}

func anyField() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9 ,."'\n|;-]{0,30}`),
		rapid.StringOf(rapid.RuneFrom([]rune("a\"\n,\\é日😀 x"))),
		rapid.StringN(0, 40, 100).Filter(func(s string) bool { return !strings.ContainsAny(s, "\x00\r") }),
	)
}

// readBack reads what was written and compares every field and line.
func readBack(t rapid.TB, w written, columns int) {
	in := connectortest.File("a.csv", w.text)
	_, counts, got, err := connectortest.Collect(context.Background(), csvfile.Format{}, []connector.Input{in}, asText(header(columns)))
	if err != nil {
		t.Fatal(err)
	}
	if counts[0].Rejected > 0 || counts[0].Written != int64(len(w.rows)) {
		t.Fatalf("%d rows were written, counts %+v, rejects %+v", len(w.rows), counts[0], got.Rejects)
	}
	want := make([][]string, len(w.rows))
	for i, row := range w.rows {
		want[i] = slices.Clone(row)
		for j := range row {
			if row[j] == "" {
				want[i][j] = "NULL" // encoding/csv does not quote empty fields
			}
		}
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" && len(want) > 0 {
		t.Fatal(diff)
	}
	if !slices.Equal(w.lines, got.Lines) {
		t.Fatalf("lines %v, want %v", got.Lines, w.lines)
	}
}

func TestReadsWhatEncodingCSVWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 6).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(anyField(), columns, columns), 0, 20).Draw(t, "rows")
		readBack(t, writeCSV(t, header(columns), rows), columns)
	})
}

// A text of several windows, with records across their borders.
func TestReadsLongTexts(t *testing.T) {
	for seed := range 2 {
		some := rapid.SliceOfN(rapid.SliceOfN(anyField(), 3, 3), 5, 20).Example(seed)
		some = append(some, []string{strings.Repeat("long \"field\"\n", 30_000*(seed+1)), "", "x"})
		var rows [][]string
		for size := 0; size < 1<<20; {
			for _, row := range some {
				rows = append(rows, row)
				size += len(row[0]) + len(row[1]) + len(row[2]) + 3
			}
		}
		readBack(t, writeLong(header(3), rows), 3)
	}
}

// writeLong is writeCSV without counting lines again and again.
func writeLong(header []string, rows [][]string) written {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header) // a buffer takes everything
	line := int64(2)
	out := written{rows: rows}
	for _, row := range rows {
		out.lines = append(out.lines, line)
		_ = w.Write(row)
		line += int64(strings.Count(strings.Join(row, ""), "\n")) + 1
	}
	w.Flush()
	out.text = b.Bytes()
	return out
}

// The types of a load are those that all its values need, whatever the sample
// was and in whatever order the files come.
func TestTypesDoNotDependOnSampleOrOrder(t *testing.T) {
	value := rapid.SampledFrom([]string{
		"", "", "1", "-3", "2.5", "1e5", "9007199254740993", "007", "true", "2020-01-01", "2020-01-01 10:00", "2020-01-01T10:00Z", "x", `""`,
	})
	rapid.Check(t, func(t *rapid.T) {
		var inputs []connector.Input
		for i := range rapid.IntRange(1, 4).Draw(t, "files") {
			text := "a,b\n"
			for _, row := range rapid.SliceOfN(rapid.SliceOfN(value, 2, 2), 0, 6).Draw(t, "rows") {
				text += row[0] + "," + row[1] + "\n"
			}
			inputs = append(inputs, connectortest.File(fmt.Sprintf("%d.csv", i), []byte(text)))
		}
		load := func(inputs []connector.Input, sample int64) ([]connector.Column, []string) {
			req := connector.Request{SampleBytes: sample, Options: map[string]connector.Option{"header": {Value: true}, "delimiter": {Value: ","}}}
			layout, _, got, err := connectortest.Collect(t.Context(), csvfile.Format{}, inputs, req)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Rejects) > 0 {
				t.Fatalf("rejects: %+v", got.Rejects)
			}
			var rows []string
			for _, row := range got.Rows {
				rows = append(rows, strings.Join(row, "|"))
			}
			slices.Sort(rows)
			return layout.Columns, rows
		}
		wantColumns, wantRows := load(inputs, -1)
		slices.Reverse(inputs)
		gotColumns, gotRows := load(inputs, rapid.Int64Range(1, 40).Draw(t, "sample"))
		if diff := cmp.Diff(wantColumns, gotColumns); diff != "" {
			t.Fatal(diff)
		}
		if !slices.Equal(wantRows, gotRows) {
			t.Fatalf("rows %q, want %q", gotRows, wantRows)
		}
	})
}
