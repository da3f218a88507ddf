package parquetfile_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/parquetfile"
)

// load loads one column, NULL behind its values, and returns its type and the
// values.
func load(t *testing.T, req connector.Request, dtype arrow.DataType, values ...string) (string, *connectortest.Collected) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: dtype, Nullable: true}}, nil)
	var rows []string
	for _, v := range append(values, "null") {
		rows = append(rows, `{"v": `+v+`}`)
	}
	in := connectortest.File("a.parquet", encode(t, schema, "["+strings.Join(rows, ",")+"]"))
	layout, _, got, err := connectortest.Collect(t.Context(), parquetfile.Format{}, []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	return layout.Columns[0].Type.String(), got
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		dtype  arrow.DataType
		values []string
		want   string // type: values
	}{
		{arrow.FixedWidthTypes.Boolean, []string{"true", "false"}, "boolean: true false"},
		{arrow.PrimitiveTypes.Int8, []string{"-128", "127"}, "int: -128 127"},
		{arrow.PrimitiveTypes.Uint16, []string{"65535"}, "int: 65535"},
		{arrow.PrimitiveTypes.Uint32, []string{"4294967295"}, "long: 4294967295"},
		{arrow.PrimitiveTypes.Int64, []string{"-9223372036854775808"}, "long: -9223372036854775808"},
		{arrow.PrimitiveTypes.Uint64, []string{"18446744073709551615"}, "decimal(20,0): 18446744073709551615"},
		{arrow.FixedWidthTypes.Float16, []string{"1.5"}, "float: 1.5"},
		{arrow.PrimitiveTypes.Float64, []string{"0.1"}, "double: 0.1"},
		{&arrow.Decimal128Type{Precision: 38, Scale: 2}, []string{`"123456789012345678901234567890123456.78"`}, "decimal(38,2): 123456789012345678901234567890123456.78"},
		{&arrow.Decimal256Type{Precision: 20, Scale: 1}, []string{`"-1.5"`}, "decimal(20,1): -1.5"},
		{&arrow.Decimal256Type{Precision: 60, Scale: 1}, []string{`"-1.5"`}, "string: -1.5"},
		{arrow.FixedWidthTypes.Date32, []string{`"1969-12-31"`}, "date: 1969-12-31"},
		{&arrow.TimestampType{Unit: arrow.Nanosecond}, []string{`"1969-12-31T23:59:59.999999"`}, "timestamp: 1969-12-31T23:59:59.999999"},
		{&arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}, []string{`"2024-02-29T01:02:03.004Z"`}, "timestamptz: 2024-02-29T01:02:03.004Z"},
		{arrow.FixedWidthTypes.Time32ms, []string{`"23:59:59.999"`}, "time: 23:59:59.999000"},
		{arrow.FixedWidthTypes.Time64ns, []string{`"00:00:00.000001"`}, "time: 00:00:00.000001"},
		{arrow.BinaryTypes.Binary, []string{`"AP8="`}, "binary: AP8="},
		{&arrow.FixedSizeBinaryType{ByteWidth: 2}, []string{`"AP8="`}, "binary: AP8="},
		{extensions.NewUUIDType(), []string{`"6ba7b810-9dad-11d1-80b4-00c04fd430c8"`}, "uuid: 6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, []string{`"b"`, `"a"`, `"b"`}, "string: b a b"},
		{arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int32)), []string{"[[1,2],null,[]]", "[]"}, "list<list<int>>: [[1,2],null,[]] []"},
		{arrow.MapOf(arrow.BinaryTypes.String, arrow.ListOf(arrow.FixedWidthTypes.Date32)), []string{`[{"key":"a","value":["2024-01-01",null]}]`}, `map<string, list<date>>: [{"key":"a","value":["2024-01-01",null]}]`},
		{
			arrow.ListOf(arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Uint8, Nullable: true}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true})),
			[]string{`[{"a":1,"b":"x"},null,{"a":null,"b":"y"}]`}, `list<struct<a: int, b: string>>: [{"a":1,"b":"x"},null,{"a":null,"b":"y"}]`,
		},
	} {
		typ, got := load(t, connector.Request{}, c.dtype, c.values...)
		var values []string
		for _, row := range got.Rows {
			values = append(values, row[0])
		}
		if diff := cmp.Diff(c.want+" NULL", typ+": "+strings.Join(values, " ")); diff != "" {
			t.Errorf("%s: %s, rejects %+v", c.dtype, diff, got.Rejects)
		}
	}
}

func TestNanosecondsAreNeverLostSilently(t *testing.T) {
	ns := &arrow.TimestampType{Unit: arrow.Nanosecond}
	const value = `"1969-12-31T23:59:59.123456789"`
	_, got := load(t, connector.Request{}, ns, value)
	want := []connectortest.Rejected{{Line: 1, Raw: `{"v":"1969-12-31T23:59:59.123456789"}`, Violations: []connector.Violation{{
		Column: "v", Rule: "type",
		Reason: "1969-12-31T23:59:59.123456789 has nanoseconds, which timestamp does not hold; declare the column as string, or set nanoseconds: truncate",
	}}}}
	if diff := cmp.Diff(want, got.Rejects); diff != "" {
		t.Error(diff)
	}
	_, got = load(t, connector.Request{Declared: map[string]connector.DeclaredType{"v": {Type: "string"}}}, ns, value)
	if got.Rows[0][0] != "1969-12-31T23:59:59.123456789" {
		t.Errorf("declared as string: %v", got.Rows)
	}
	_, got = load(t, connector.Request{Options: map[string]connector.Option{"nanoseconds": {Value: "truncate"}}}, ns, value)
	if got.Rows[0][0] != "1969-12-31T23:59:59.123456" {
		t.Errorf("truncated: %v", got.Rows)
	}
}
