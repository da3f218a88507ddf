package record_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// markup is a format in which a list of one, and an object with only a text,
// look like the value alone.
func markup() connector.Format {
	return record.New(record.Spec{
		Name: "markup", SingleIsList: true, TextField: "_value",
		Open: func(src record.Source) (record.Parser, error) {
			return record.NewLines(src, func(rec *record.Record, text []byte, lo, hi int) {
				d := json.NewDecoder(bytes.NewReader(text[lo:hi]))
				d.UseNumber()
				if err := add(rec, d, src.Names); err != nil {
					rec.Reject(connector.RuleFormat, err.Error())
				}
			}), nil
		},
	})
}

func TestValuesAloneComeTogetherWithObjectsAndLists(t *testing.T) {
	for _, c := range []struct {
		lines []string
		typ   string
		rows  []string
	}{
		{[]string{`1`, `{"cur":"EUR","_value":2.5}`}, "struct<cur: string, _value: double>", []string{`{"_value":1,"cur":null}`, `{"_value":2.5,"cur":"EUR"}`}},
		{[]string{`"x"`, `{"cur":"EUR"}`}, "struct<cur: string, _value: string>", []string{`{"_value":"x","cur":null}`, `{"_value":null,"cur":"EUR"}`}},
		{[]string{`"x"`, `["y","z"]`}, "list<string>", []string{`["x"]`, `["y","z"]`}},
		{[]string{`1`, `[{"a":2},3]`, `{"a":4}`}, "list<struct<a: long, _value: long>>", []string{`[{"_value":1,"a":null}]`, `[{"_value":null,"a":2},{"_value":3,"a":null}]`, `[{"_value":null,"a":4}]`}},
		{[]string{`{"a":{"b":1}}`, `{"a":[2,{"b":3}]}`}, "struct<a: list<struct<b: long, _value: long>>>", []string{`{"a":[{"_value":null,"b":1}]}`, `{"a":[{"_value":2,"b":null},{"_value":null,"b":3}]}`}},
	} {
		for range 2 {
			var text string
			for _, line := range c.lines {
				text += `{"v":` + line + "}\n"
			}
			for _, sample := range []int64{0, 1} {
				in := connectortest.File("a", []byte(text))
				layout, _, got, err := connectortest.Collect(t.Context(), markup(), []connector.Input{in}, connector.Request{SampleBytes: sample})
				if err != nil {
					t.Fatal(err)
				}
				typ, err := connector.ParseType(c.typ)
				if err != nil {
					t.Fatal(err)
				}
				if have := layout.Columns[0].Type; have.String() != c.typ && len(have.Fields) != len(typ.Fields) {
					t.Errorf("%s: %s, want %s", text, have, c.typ)
				}
				var rows []string
				for _, row := range got.Rows {
					rows = append(rows, row[0])
				}
				if diff := cmp.Diff(c.rows, rows); diff != "" {
					t.Errorf("%s: %s", text, diff)
				}
			}
			slices.Reverse(c.lines)
			slices.Reverse(c.rows)
		}
	}
}

// A struct of the table takes a value alone in its text field, which it may
// gain.
func TestTheTablesStructsTakeValuesAlone(t *testing.T) {
	typ, err := connector.ParseType("struct<cur: string>")
	if err != nil {
		t.Fatal(err)
	}
	req := connector.Request{Existing: []connector.Column{{Name: "v", Type: typ}}, Evolve: true, SampleBytes: 1}
	in := connectortest.File("a", []byte(`{"v":{"cur":"EUR"}}`+"\n"+`{"v":7}`+"\n"))
	_, _, got, err := connectortest.Collect(t.Context(), markup(), []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{`{"_value":null,"cur":"EUR"}`}, {`{"_value":7,"cur":null}`}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	req.Evolve = false
	_, _, got, err = connectortest.Collect(t.Context(), markup(), []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 1 || len(got.Rejects) != 1 {
		t.Errorf("%d rows, %d rejects", len(got.Rows), len(got.Rejects))
	}
}
