package avrofile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/avrofile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// encode writes records, ten to a block or so.
func encode(t testing.TB, schema string, records []any, options ...ocf.WriterOpt) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := ocf.NewWriter(&b, avro.MustParse(schema), append(options, ocf.WithBlockBytes(500))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const eventSchema = `{"type": "record", "name": "event", "fields": [
	{"name": "id", "type": "long"},
	{"name": "name", "type": ["null", "string"]},
	{"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
	{"name": "tags", "type": {"type": "array", "items": "string"}},
	{"name": "place", "type": {"type": "record", "name": "place", "fields": [{"name": "x", "type": "double"}]}}
]}`

// events are records with a time that has nanoseconds where that is a 7.
func events(t testing.TB, nanos ...int) []byte {
	t.Helper()
	codec, err := ocf.ZstdCodec(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var records []any
	for i, n := range nanos {
		records = append(records, map[string]any{
			"id": i, "name": "n", "at": time.Date(2024, 2, 29, 12, 0, 0, n, time.UTC), "tags": []string{"a", "b"}, "place": map[string]any{"x": 0.5},
		})
	}
	return encode(t, eventSchema, records, ocf.WithCodec(codec))
}

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: avrofile.Format{},
		Files: &connectortest.Files{
			Mixed: events(t, 0, 7, 0, 0, 7, 7, 0), Good: 4, Bad: 3,
			Many: events(t, make([]int, 4000)...), Empty: events(t),
		},
	})
}

// load loads files and returns the columns with their types, and the rows.
func load(t *testing.T, req connector.Request, files ...[]byte) (string, *connectortest.Collected) {
	t.Helper()
	var inputs []connector.Input
	for i, f := range files {
		inputs = append(inputs, connectortest.File(string(rune('a'+i))+".avro", f))
	}
	layout, _, got, err := connectortest.Collect(t.Context(), avrofile.Format{}, inputs, req)
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, c := range layout.Columns {
		columns = append(columns, c.Name+" "+c.Type.String())
	}
	return strings.Join(columns, ", "), got
}

func TestTypes(t *testing.T) {
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	clock := 12*time.Hour + 30*time.Minute
	for _, c := range []struct {
		schema string
		value  any
		want   string // type: value
	}{
		{`"boolean"`, true, "boolean: true"},
		{`"int"`, -5, "int: -5"},
		{`"long"`, int64(-1 << 63), "long: -9223372036854775808"},
		{`"float"`, float32(0.1), "float: 0.1"},
		{`"double"`, 0.1, "double: 0.1"},
		{`"string"`, "é", "string: é"},
		{`"bytes"`, []byte{0, 255}, "binary: AP8="},
		{`{"type": "fixed", "name": "f", "size": 2}`, []byte{0, 255}, "binary: AP8="},
		{`{"type": "enum", "name": "e", "symbols": ["A", "B"]}`, "B", "string: B"},
		{`{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}`, big.NewRat(-12345, 100), "decimal(9,2): -123.45"},
		{`{"type": "fixed", "name": "f", "size": 20, "logicalType": "decimal", "precision": 40, "scale": 3}`, big.NewRat(-5, 1000), "string: -0.005"},
		{`{"type": "int", "logicalType": "date"}`, day, "date: 2024-02-29"},
		{`{"type": "int", "logicalType": "time-millis"}`, clock, "time: 12:30:00.000000"},
		{`{"type": "long", "logicalType": "time-micros"}`, clock, "time: 12:30:00.000000"},
		{`{"type": "long", "logicalType": "timestamp-millis"}`, day.Add(clock), "timestamptz: 2024-02-29T12:30:00Z"},
		{`{"type": "long", "logicalType": "timestamp-nanos"}`, time.Unix(-1, 999999000), "timestamptz: 1969-12-31T23:59:59.999999Z"},
		{`{"type": "long", "logicalType": "local-timestamp-micros"}`, day.Add(clock), "timestamp: 2024-02-29T12:30:00"},
		{`{"type": "string", "logicalType": "uuid"}`, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "uuid: 6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
		{`{"type": "fixed", "name": "f", "size": 12, "logicalType": "duration"}`, avro.Duration{Months: 1, Days: 2, Milliseconds: 3}, `struct<months: long, days: long, milliseconds: long>: {"days":2,"milliseconds":3,"months":1}`},
		{`{"type": "array", "items": {"type": "array", "items": ["null", "int"]}}`, []any{[]any{1, nil}, []any{}}, "list<list<int>>: [[1,null],[]]"},
		{`{"type": "map", "values": {"type": "map", "values": "long"}}`, map[string]any{"a": map[string]any{"b": 1}}, `map<string, map<string, long>>: [{"key":"a","value":[{"key":"b","value":1}]}]`},
		{`["null", "string"]`, nil, "string: NULL"},
		{`["null", "int", "double"]`, 5, "double: 5"},
		{`["null", "string", "int"]`, 5, `struct<string: string, int: int>: {"int":5,"string":null}`},
		{`["null", {"type": "record", "name": "x.A", "fields": [{"name": "a", "type": "int"}]}, "string"]`, map[string]any{"x.A": map[string]any{"a": 1}}, `struct<A: struct<a: int>, string: string>: {"A":{"a":1},"string":null}`},
		{`"null"`, nil, "string: NULL"},
	} {
		schema := `{"type": "record", "name": "r", "fields": [{"name": "v", "type": ` + c.schema + `}]}`
		columns, got := load(t, connector.Request{}, encode(t, schema, []any{map[string]any{"v": c.value}}))
		if len(got.Rows) != 1 {
			t.Errorf("%s: rejects %+v", c.schema, got.Rejects)
			continue
		}
		if diff := cmp.Diff("v "+c.want, columns+": "+got.Rows[0][0]); diff != "" {
			t.Errorf("%s: %s", c.schema, diff)
		}
	}
}

func TestFieldsComeGoAndWiden(t *testing.T) {
	before := encode(t, `{"type": "record", "name": "r", "fields": [{"name": "id", "type": "int"}, {"name": "old", "type": "string"}, {"name": "n", "type": "float"}]}`,
		[]any{map[string]any{"id": 1, "old": "x", "n": 0.5}})
	after := encode(t, `{"type": "record", "name": "r", "fields": [{"name": "new", "type": "string", "default": "d"}, {"name": "N", "type": "double"}, {"name": "id", "type": "long"}]}`,
		[]any{map[string]any{"id": int64(1) << 40, "new": "y", "N": 0.1}})
	columns, got := load(t, connector.Request{}, before, after)
	if want := "id long, old string, n double, new string"; columns != want {
		t.Errorf("columns %s", columns)
	}
	want := [][]string{{"1", "x", "0.5", "NULL"}, {"1099511627776", "NULL", "0.1", "y"}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestTableDecidesWhatFits(t *testing.T) {
	file := encode(t, `{"type": "record", "name": "r", "fields": [{"name": "v", "type": "long"}]}`, []any{map[string]any{"v": 5}, map[string]any{"v": int64(1) << 40}})
	existing := []connector.Column{{Name: "v", Type: connector.Type{Kind: connector.Int}}}
	columns, got := load(t, connector.Request{Existing: existing, Evolve: true}, file)
	if columns != "v long" || len(got.Rows) != 2 {
		t.Errorf("evolve: %s, %v", columns, got.Rows)
	}
	columns, got = load(t, connector.Request{Existing: existing}, file)
	if columns != "v int" || len(got.Rows) != 1 || len(got.Rejects) != 1 || got.Rejects[0].Raw != `{"v":1099511627776}` {
		t.Errorf("quarantine: %s, %v, %+v", columns, got.Rows, got.Rejects)
	}
	_, got = load(t, connector.Request{Existing: existing, DiscardValues: true}, file)
	if len(got.Rows) != 2 || got.Rows[1][0] != "NULL" {
		t.Errorf("discard: %v, %+v", got.Rows, got.Rejects)
	}
}

func TestCodecs(t *testing.T) {
	records := []any{map[string]any{"v": strings.Repeat("a", 1000)}}
	for _, codec := range []ocf.Codec{ocf.SnappyCodec(), ocf.DeflateCodec(6)} {
		file := encode(t, `{"type": "record", "name": "r", "fields": [{"name": "v", "type": "string"}]}`, records, ocf.WithCodec(codec))
		if _, got := load(t, connector.Request{}, file); len(got.Rows) != 1 || len(got.Rows[0][0]) != 1000 {
			t.Errorf("%s: %+v", codec.Name(), got)
		}
	}
}

// container makes a file by hand, to lie in.
func container(schema string, blocks ...[]byte) []byte {
	text := func(b []byte, s string) []byte { return append(binary.AppendVarint(b, int64(len(s))), s...) }
	b := binary.AppendVarint([]byte("Obj\x01"), 1)
	b = append(text(text(b, "avro.schema"), schema), 0)
	b = append(b, "0123456789abcdef"...)
	for _, block := range blocks {
		b = append(b, block...)
	}
	return b
}

// block is a block that claims to have count records in size bytes.
func block(count, size int64, content string) []byte {
	b := binary.AppendVarint(binary.AppendVarint(nil, count), size)
	return append(append(b, content...), "0123456789abcdef"...)
}

func TestFilesThatLie(t *testing.T) {
	const long = `{"type": "record", "name": "r", "fields": [{"name": "v", "type": "long"}]}`
	const list = `{"type": "record", "name": "r", "fields": [{"name": "v", "type": {"type": "array", "items": "null"}}]}`
	for _, c := range []struct {
		name string
		file []byte
		code string
	}{
		{"no Avro at all", []byte("a,b\n1,2\n"), "damaged"},
		{"a schema that is none", container(`{"type": "recor"}`), "damaged"},
		{"more records than there are", container(long, block(3, 2, "\x02\x04")), "damaged"},
		{"fewer records than there are", container(long, block(1, 2, "\x02\x04")), "damaged"},
		{"a count below zero", container(long, block(-1, 2, "\x02\x04")), "damaged"},
		{"a block of a petabyte", container(long, block(1, 1<<50, "\x02")), "damaged"},
		{"a wrong sync marker", append(container(long, block(1, 1, "\x02")), "\x02\x02\x040123456789abcdeX"...), "damaged"},
		{"a list of a billion nothings", container(list, block(1, 6, "\x80\xa8\xd6\xb9\x07\x00")), "damaged"},
		{"a block cut off", container(long, block(1, 1, "\x02"))[:70], "truncated"},
		{"a record that holds itself", container(`{"type": "record", "name": "r", "fields": [{"name": "v", "type": ["null", "r"]}]}`), "unfit-type"},
		{"two fields of one name", container(`{"type": "record", "name": "r", "fields": [{"name": "v", "type": "int"}, {"name": "V", "type": "int"}]}`), "duplicate-column"},
	} {
		_, _, _, err := connectortest.Collect(t.Context(), avrofile.Format{}, []connector.Input{connectortest.File("a.avro", c.file)}, connector.Request{})
		var problem *diag.Problem
		if !errors.As(err, &problem) || problem.Code != c.code || problem.Hint == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
