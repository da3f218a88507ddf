package typed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// again reads one record of a field v again.
func again(t *testing.T, field string, column connector.DeclaredType, raw string, options ...string) string {
	t.Helper()
	layout := &connector.Layout{Detail: typed.Inputs{{Input: "a", Fields: []connector.Field{{Name: "v", Type: parse(t, field)}}}}}
	in := connectortest.Records(raw)
	var err error
	if in.Context, err = typed.Context(layout, "a"); err != nil {
		t.Fatal(err)
	}
	req := connector.Request{Options: map[string]connector.Option{}}
	if column.Type != "" {
		req.Declared = map[string]connector.DeclaredType{"v": column}
	}
	for _, o := range options {
		req.Options["nanoseconds"] = connector.Option{Value: o}
	}
	if layout, err = typed.InferRecords([]connector.OptionSpec{typed.NanosecondsOption}, []connector.Replayed{in}, req); err != nil {
		t.Fatal(err)
	}
	got := &connectortest.Collected{}
	if _, err := typed.ReadRecords(t.Context(), in, layout, got.Sink()); err != nil {
		t.Fatal(err)
	}
	if len(got.Rejects) > 0 {
		return "reject: " + got.Rejects[0].Violations[0].Rule
	}
	return got.Rows[0][0]
}

// What was rejected is what it was, so that mending the definition, or the
// record, loads it.
func TestRejectsAreReadAgain(t *testing.T) {
	const nanos = `{"v":"2024-02-29T12:00:00.123456789"}`
	for _, c := range []struct{ field, declared, raw, want string }{
		{"long", "", `{"v":5}`, "5"},
		{"long", "", ` { "V" : 5 } `, "5"},
		{"long", "int", `{"v":1099511627776}`, "reject: type"},
		{"int", "", `{"v":null}`, "NULL"},
		{"double", "", `{"v":"NaN"}`, "NaN"},
		{"double", "", `{"v":1e-300}`, "1e-300"},
		{"decimal(38,2)", "", `{"v":123456789012345678901234567890123456.78}`, "123456789012345678901234567890123456.78"},
		{"boolean", "", `{"v":true}`, "true"},
		{"date", "", `{"v":"2024-02-29"}`, "2024-02-29"},
		{"timestamp", "", nanos, "reject: type"},
		{"timestamp", "string", nanos, "2024-02-29T12:00:00.123456789"},
		{"time", "", `{"v":"12:00:00.5"}`, "12:00:00.500000"},
		{"binary", "", `{"v":"AP8="}`, "AP8="},
		{"string", "", "{\"v\":\"a\xff\"}", "reject: encoding"},
		{"string", "binary", "{\"v\":\"a\xff\"}", "Yf8="},
		{"string", "", `{"v":"\ud83c\udf4c \u00e9\/\n\"\\"}`, "🍌 é/\n\"\\"},
		{"string", "", `{"v":{"error":"#N/A"}}`, "reject: type"},
		{"list<struct<a: int, b: string>>", "", `{"v":[{"a":1},{"b":"x","a":null},null]}`, `[{"a":1,"b":null},{"a":null,"b":"x"},null]`},
		{"map<int, date>", "", `{"v":{"5":"2024-02-29"}}`, `[{"key":5,"value":"2024-02-29"}]`},
		{"list<int>", "", `{"v":[1,]}`, "reject: format"},
		{"list<int>", "", `{"v":[1}`, "reject: format"},
		{"long", "", `{"v":{"a":1}}`, "reject: format"},
		{"long", "", `{"v":"`, "reject: format"},
		{"long", "", `{"v":"\`, "reject: format"},
		{"long", "", ``, "reject: format"},
	} {
		if diff := cmp.Diff(c.want, again(t, c.field, connector.DeclaredType{Type: c.declared}, c.raw)); diff != "" {
			t.Errorf("%s: %s", c.raw, diff)
		}
	}
	if got := again(t, "timestamp", connector.DeclaredType{}, nanos, "truncate"); got != "2024-02-29T12:00:00.123456" {
		t.Errorf("truncated: %s", got)
	}
}

// FuzzRejects reads arbitrary bytes again: nothing panics, and each record is a
// row or a reject.
func FuzzRejects(f *testing.F) {
	f.Add([]byte(`{"v":[{"a":1,"b":"x\u00e9"},null]}`))
	f.Add([]byte(`{"v":[`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		again(t, "list<struct<a: int, b: map<string, timestamp>>>", connector.DeclaredType{}, string(raw))
	})
}
