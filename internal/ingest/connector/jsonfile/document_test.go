package jsonfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// outcome loads a text and tells its rows, then its rejects, as
// line:column=value… and line!raw.
func outcome(t *testing.T, options map[string]any, text string) string {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	_, counts, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", []byte(text))}, req)
	if err != nil {
		return err.Error()
	}
	if c := counts[0]; c.Records != int64(len(got.Rows)+len(got.Rejects)) || c.Lines != int64(strings.Count(text, "\n")) && c.Lines != int64(strings.Count(text, "\n"))+1 {
		t.Errorf("%q: counts %+v for %d rows, %d rejects", text, c, len(got.Rows), len(got.Rejects))
	}
	var parts []string
	for i, row := range got.Rows {
		var cells []string
		for c, name := range got.Columns {
			if row[c] != "NULL" {
				cells = append(cells, strings.TrimPrefix(name, "_tarn_")+"="+row[c])
			}
		}
		parts = append(parts, fmt.Sprintf("%d:%s", got.Lines[i], strings.Join(cells, ",")))
	}
	for _, r := range got.Rejects {
		parts = append(parts, fmt.Sprintf("%d!%s", r.Line, r.Raw))
	}
	return strings.Join(parts, " ")
}

func TestDocuments(t *testing.T) {
	for text, want := range map[string]string{
		`[{"a":1},{"a":2}]`:                   `1:a=1,record=1 1:a=2,record=2`,
		"[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n": `2:a=1,record=1 3:a=2,record=2`,
		"{\n\"a\": 1\n}\n{\n\"a\": 2\n}":      `1:a=1,record=1 4:a=2,record=2`,
		`[{"a":1}] [{"a":2}]`:                 `1:a=1,record=1 1:a=2,record=2`,
		`{"a":1}{"a":2}`:                      `1:a=1,record=1 1:a=2,record=2`,
		`{"a":1}`:                             `1:a=1`,
		"{\"a\":1}\n{\"a\":2}":                `1:a=1 2:a=2`,
		`[1,"x",null,[2],{"a":true}]`:         `1:value=1,record=1 1:value=x,record=2 1:record=3 1:value=[2],record=4 1:a=true,record=5`,
		`[]`:                                  `a: empty-input: the file is empty: it has no record` + "\n  hint: the table is made by the first load that has a record",
	} {
		if diff := cmp.Diff(want, outcome(t, nil, text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// What is broken costs as little as can be told apart.
func TestBrokenDocuments(t *testing.T) {
	for text, want := range map[string]string{
		`[{"a":1},{"a":},{"a":3}]`:                                               `1:a=1,record=1 1:a=3,record=3 1!{"a":}`,
		`[{"a":1},{"a":[1,2}},{"a":3}]`:                                          `1:a=1,record=1 1!{"a":[1,2}},{"a":3}]`,
		"[\n{\"a\":1},\n{\"a\":[1,2}},\n{\"a\":3}\n]":                            `2:a=1,record=1 4:a=3,record=3 3!{"a":[1,2}}`,
		"[\n{\"a\":1},\n{\"a\":\"x},\n{\"a\":3}\n]":                              `2:a=1,record=1 4:a=3,record=3 3!{"a":"x}`,
		"[\n{\"a\":1},\n{\"a\":2\n,\n{\"a\":3}\n]":                               `2:a=1,record=1 5:a=3,record=3 3!{"a":2`,
		"[\n  {\n    \"a\": {\"b\": 1\n  },\n  {\n    \"a\": {\"b\": 2}\n  }\n]": `5:a={"b":2},record=2 2!{` + "\n    \"a\": {\"b\": 1\n  }",
		`[{"a":1},{"a":2`:                                                        `1:a=1,record=1 1!{"a":2`,
		`[{"a":1},{"a":2}`:                                                       `1:a=1,record=1 1:a=2,record=2 1!`,
		`[{"a":1},`:                                                              `1:a=1,record=1 1!`,
		`[{"a":1},]`:                                                             `1:a=1,record=1 1!]`,
		`[,{"a":1}]`:                                                             `1:a=1,record=2 1!,`,
		`[{"a":1},,{"a":2}]`:                                                     `1:a=1,record=1 1:a=2,record=3 1!,`,
		`[{"a":1} {"a":2},{"a":3}]`:                                              `1:a=1,record=1 1:a=3,record=3 1!{"a":2}`,
		`[{"a":1}]]`:                                                             `1:a=1,record=1 1!]`,
		`[{"a":1}} `:                                                             `1:a=1,record=1 1!} `,
		"{\n\"a\":1\n}\nrubbish here\n{\n\"a\":2\n}":                             `1:a=1,record=1 5:a=2,record=3 4!rubbish here`,
		`[{"a":NaN},{"a":-Infinity},{"a":1}]`:                                    `1:a=1,record=3 1!{"a":NaN} 1!{"a":-Infinity}`,
		`[{"a":1,"a":2},{"a":3}]`:                                                `1:a=3,record=2 1!{"a":1,"a":2}`,
		`[{'a':1},{"a":3}]`:                                                      `1:a=3,record=2 1!{'a':1}`,
		`[` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `,{"a":1}]`: `1:a=1,record=2 1!` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	} {
		if diff := cmp.Diff(want, outcome(t, nil, text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestPartsOfRecords(t *testing.T) {
	orders := map[string]any{"records": "order.items"}
	for text, want := range map[string]string{
		"{\"order\":{\"items\":[{\"a\":1},{\"a\":2}]}}\n{\"order\":{\"items\":[]}}\n{\"order\":{\"items\":[{\"a\":3}]}}": `1:a=1,parent_line=1 1:a=2,parent_line=1 3:a=3,parent_line=3`,
		`[{"order":{"items":[{"a":1},{"a":2}]}},{"x":[{"items":5}],"order":{"items":{"a":3}}}]`:                          `1:a=1,record=1,parent_line=1,parent_record=1 1:a=2,record=2,parent_line=1,parent_record=1 1:a=3,record=3,parent_line=1,parent_record=2`,
		"{\n\"order\": [{\"items\": [1]},\n{\"items\": [2]}]\n}":                                                         `2:value=1,record=1,parent_line=1,parent_record=1 3:value=2,record=2,parent_line=1,parent_record=1`,
		"[{\"order\":{\"items\":[{\"a\":1},{\"a\":}]}},\n{\"order\":{\"items\":[{\"a\":3}]}}]":                           `1:a=1,record=1,parent_line=1,parent_record=1 2:a=3,record=3,parent_line=2,parent_record=2 1!{"a":}`,
		"[{\"order\" {\"items\":[{\"a\":1}]}},\n{\"order\":{\"items\":[{\"a\":3}]}}]":                                    `2:a=3,record=2,parent_line=2,parent_record=2 1!"order" {"items":[{"a":1}]}}`,
		`{"meta":{"items":[1]},"order":{"items":[{"a":1},{"a":`:                                                          `1:a=1,record=1,parent_line=1,parent_record=1 1!{"a":`,
	} {
		if diff := cmp.Diff(want, outcome(t, orders, text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestOmittedFields(t *testing.T) {
	got := outcome(t, map[string]any{"omit": []any{"items", "x"}}, "{\"a\":1,\"items\":[{\"a\":5}]}\n{\"x\":{},\"a\":2}\n")
	if want := "1:a=1 2:a=2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
