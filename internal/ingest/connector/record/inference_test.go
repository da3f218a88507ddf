package record_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

func TestTypesHoldAllValues(t *testing.T) {
	for values, want := range map[string]string{
		`1 2`:                      "long",
		`1 2.5`:                    "double",
		`9007199254740993 2.5`:     "string",
		`12345678901234567890`:     "string",
		`0.12345678901234567890`:   "string",
		`true false`:               "boolean",
		`true 1`:                   "string",
		`"2024-01-31"`:             "date",
		`"2024-01-31" "x"`:         "string",
		`"2024-01-31T10:00:00Z"`:   "timestamptz",
		`"1"`:                      "string",
		`null`:                     "string",
		`"" 1`:                     "long",
		`[1] [2.5] []`:             "list<double>",
		`[]`:                       "list<string>",
		`[1] 2`:                    "string",
		`{"x":1} {"y":"a"}`:        "struct<x: long, y: string>",
		`{"x":1} {"X":2.5}`:        "struct<x: double>",
		`{"x":1,"X":2}`:            "string",
		`{"x":1} [1]`:              "string",
		`{}`:                       "string",
		`{} {"x":null} {"x":[]}`:   "struct<x: list<string>>",
		`[{"x":1}] [{"y":[true]}]`: "list<struct<x: long, y: list<boolean>>>",
		`[[1,2],[3.5]]`:            "list<list<double>>",
		`{"x":{"y":{"z":1}}}`:      "struct<x: struct<y: struct<z: long>>>",
		`{"x":null,"y":1}`:         "struct<y: long>",
		strings.Repeat("[", 21) + strings.Repeat("]", 21): strings.Repeat("list<", 19) + "string" + strings.Repeat(">", 19),
	} {
		var lines []string
		for _, v := range strings.Fields(values) {
			lines = append(lines, `{"v":`+v+`}`)
		}
		for _, req := range []connector.Request{{}, {SampleBytes: 1}} { // 1: a record without a value is all that is looked at first
			types, _ := load(t, req, strings.Join(append([]string{`{"v":null}`}, lines...), "\n")+"\n")
			if types["v"] != want {
				t.Errorf("%s, a sample of %d: %s, want %s", values, req.SampleBytes, types["v"], want)
			}
		}
	}
}

// value is any JSON value, from a set in which most kinds meet.
func value(depth int) *rapid.Generator[string] {
	scalar := rapid.SampledFrom([]string{
		"null", "null", "1", "-3", "2.5", "1e5", "9007199254740993", "12345678901234567890", "true", `""`, `"x"`, `"7"`,
		`"2020-01-01"`, `"2020-01-01 10:00"`, `"2020-01-01T10:00Z"`,
	})
	if depth == 0 {
		return scalar
	}
	return rapid.OneOf(scalar, rapid.Map(rapid.SliceOfN(value(depth-1), 0, 3), func(items []string) string {
		return "[" + strings.Join(items, ",") + "]"
	}), object(depth-1))
}

func object(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var fields []string
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "B"}), 0, 4, rapid.ID).Draw(t, "names") {
			fields = append(fields, fmt.Sprintf("%q:%s", name, value(depth).Draw(t, name)))
		}
		return "{" + strings.Join(fields, ",") + "}"
	})
}

// The types of a load are those that all its values need, whatever the sample
// was and in whatever order the files come.
func TestTypesDoNotDependOnSampleOrOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var files []string
		for range rapid.IntRange(1, 4).Draw(rt, "files") {
			files = append(files, strings.Join(rapid.SliceOfN(object(2), 0, 5).Draw(rt, "records"), "\n")+"\n")
		}
		files = append(files, `{"k": 1}`)
		wantTypes, wantRows, wantRejects := canonical(t, connector.Request{SampleBytes: -1}, files)
		slices.Reverse(files)
		req := connector.Request{SampleBytes: rapid.Int64Range(1, 40).Draw(rt, "sample")}
		types, rows, rejects := canonical(t, req, files)
		if diff := cmp.Diff(wantTypes, types); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(wantRows, rows); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(wantRejects, rejects); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// canonical loads files and returns types, rows and rejects as they are whatever
// the order of columns, fields, rows and files.
func canonical(t *testing.T, req connector.Request, files []string) (map[string]string, []string, []string) {
	t.Helper()
	var inputs []connector.Input
	for _, text := range files {
		inputs = append(inputs, connectortest.File(text, []byte(text))) // the name keeps its lines together
	}
	layout, _, got, err := connectortest.Collect(t.Context(), jsonLines(), dedup(inputs), req)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, c := range layout.Columns {
		types[strings.ToLower(c.Name)] = spell(c.Type)
	}
	var rows, rejects []string
	for _, row := range got.Rows {
		var cells []string
		for i, cell := range row {
			letters := strings.Split(strings.ToLower(cell), "")
			slices.Sort(letters) // fields of structs come in any order
			cells = append(cells, strings.ToLower(layout.Columns[i].Name)+"="+strings.Join(letters, ""))
		}
		slices.Sort(cells)
		rows = append(rows, strings.Join(cells, " "))
	}
	for _, r := range got.Rejects {
		rejects = append(rejects, r.Raw)
	}
	slices.Sort(rows)
	slices.Sort(rejects)
	return types, rows, rejects
}

func dedup(inputs []connector.Input) []connector.Input {
	return slices.CompactFunc(inputs, func(a, b connector.Input) bool { return a.Name == b.Name })
}

// spell writes a type with the fields of structs in order.
func spell(t connector.Type) string {
	switch t.Kind {
	case connector.List:
		return "list<" + spell(*t.Elem) + ">"
	case connector.Struct:
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, strings.ToLower(f.Name)+":"+spell(f.Type))
		}
		slices.Sort(fields)
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	return t.String()
}
