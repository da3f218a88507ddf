package record_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// jsonLines is a format whose parser is encoding/json.
func jsonLines() connector.Format {
	return record.New(record.Spec{
		Name: "test", Unicode: true,
		Open: func(src record.Source) (record.Parser, error) {
			return record.NewLines(src, func(rec *record.Record, text []byte, lo, hi int) {
				if !connector.IsText(text, lo, hi) {
					rec.Violations = connector.TextViolations(text[lo:hi], src.Encoding)
				}
				d := json.NewDecoder(bytes.NewReader(text[lo:hi]))
				d.UseNumber()
				if err := add(rec, d, src.Names); err != nil {
					rec.Reject(connector.RuleFormat, err.Error())
				}
			}), nil
		},
	})
}

// add adds the fields of the object that d is in front of.
func add(rec *record.Record, d *json.Decoder, names *record.Names) error {
	var isKey []bool
	name := int32(0)
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		top := len(isKey) - 1
		delim, _ := token.(json.Delim)
		if top < 0 {
			if delim != '{' {
				return &json.SyntaxError{}
			}
			isKey = append(isKey, true)
			continue
		}
		object := rec.Depth() == 0 || rec.Nodes[rec.Innermost()].Kind == record.Object
		if key, ok := token.(string); ok && object && isKey[top] {
			name, isKey[top] = names.ID([]byte(key)), false
			continue
		}
		isKey[top] = true
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{', '[':
				rec.Open(name, map[json.Delim]record.Kind{'{': record.Object, '[': record.List}[v])
				isKey = append(isKey, true)
			default:
				isKey = isKey[:top]
				if top == 0 {
					return nil
				}
				rec.Close(nil)
			}
		case nil:
			rec.Add(name, record.Null, nil)
		case bool:
			rec.Add(name, map[bool]record.Kind{true: record.True, false: record.False}[v], nil)
		case json.Number:
			rec.Add(name, record.Number, []byte(v))
		case string:
			rec.Add(name, record.Text, []byte(v))
		}
	}
}

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: jsonLines(),
		Good:   []string{`{"id": 1, "name": "lamp", "tags": ["a", "b"]}`, `{"id": 2, "at": {"x": 1.5}}`, `{}`},
		Misfit: &connectortest.Misfit{Column: "id", Wide: `{"id": 30000000000}`, Unfit: `{"id": [1]}`},
		Bad:    []string{`{"id": `, `no json`, `{"id": 1, "ID": 2}`, `{"_tarn_line": 1}`},
	})
}

// load loads lines and returns the types of the columns and the rows.
func load(t *testing.T, req connector.Request, files ...string) (map[string]string, *connectortest.Collected) {
	t.Helper()
	var inputs []connector.Input
	for i, text := range files {
		inputs = append(inputs, connectortest.File(string(rune('a'+i)), []byte(text)))
	}
	layout, _, got, err := connectortest.Collect(t.Context(), jsonLines(), inputs, req)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, c := range layout.Columns {
		types[c.Name] = c.Type.String()
	}
	return types, got
}
