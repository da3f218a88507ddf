package record_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// existing is a table's column v.
func existing(t *testing.T, typ string) []connector.Column {
	t.Helper()
	parsed, err := connector.ParseType(typ)
	if err != nil {
		t.Fatal(err)
	}
	return []connector.Column{{Name: "v", Type: parsed}}
}

// told is the type of v after a load, then the values and rejects.
func told(types map[string]string, got *connectortest.Collected) string {
	var parts []string
	for _, row := range got.Rows {
		parts = append(parts, strings.Join(row, ","))
	}
	for _, r := range got.Rejects {
		parts = append(parts, fmt.Sprintf("!%d %s", r.Line, r.Violations[0].Column))
	}
	return types["v"] + " " + strings.Join(parts, " ")
}

func records(values ...string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(`{"v":` + v + "}\n")
	}
	return b.String()
}

func TestColumnsOfTheTableWidenAsIcebergAllows(t *testing.T) {
	for _, c := range []struct {
		typ, want string
		values    []string
	}{
		{"int", "long 1,5000000000", []string{"1", "5000000000"}},
		{"int", `int 1 !2 v`, []string{"1", `"x"`}},
		{"float", "double 1.5,1e+300", []string{"1.5", "1e300"}},
		{"decimal(4,2)", "decimal(6,2) 1.5,1234.5", []string{"1.5", "1234.5"}},
		{"string", `string x,7,{"a":1}`, []string{`"x"`, "7", `{"a":1}`}},
		{"struct<a: int>", `struct<a: long, b: string> {"a":5000000000,"b":null},{"a":null,"b":"x"}`, []string{`{"a":5000000000}`, `{"b":"x"}`}},
		{"struct<a: int>", `struct<a: int> {"a":1} !2 v.a`, []string{`{"a":1}`, `{"a":"x"}`}},
		{"list<int>", "list<long> [1],[5000000000]", []string{"[1]", "[5000000000]"}},
		{"list<struct<a: int>>", `list<struct<a: int, b: double>> [{"a":1,"b":null},{"a":null,"b":0.5}]`, []string{`[{"a":1},{"b":0.5}]`}},
		{"map<string, int>", `map<string, long> [{"key":"x","value":1},{"key":"y","value":5000000000}]`, []string{`{"x":1,"y":5000000000}`}},
		{"timestamptz", "timestamptz 2024-01-31T10:00:00Z !2 v", []string{`"2024-01-31T10:00:00Z"`, `"2024-01-31"`}},
	} {
		types, got := load(t, connector.Request{Existing: existing(t, c.typ), Evolve: true}, records(c.values...))
		if diff := cmp.Diff(fields(c.want), fields(told(types, got))); diff != "" {
			t.Errorf("%s, %s: %s", c.typ, c.values, diff)
		}
	}
}

// fields drops the commas between rows.
func fields(s string) string { return strings.NewReplacer(",", " ").Replace(s) }

func TestColumnsOfTheTableStayWithoutEvolution(t *testing.T) {
	types, got := load(t, connector.Request{Existing: existing(t, "struct<a: int>")}, records(`{"a":1}`, `{"a":5000000000}`, `{"a":1,"b":2}`, `{"a":1,"b":null}`))
	if diff := cmp.Diff(`struct<a: int> {"a":1} {"a":1} !2 v.a !3 v`, told(types, got)); diff != "" {
		t.Error(diff)
	}
}

func TestDeclaredColumnsNeverChange(t *testing.T) {
	for _, c := range []struct {
		typ, want string
		values    []string
	}{
		{"decimal(18,3)", "decimal(18,3) 1.5 2.25 !3 v", []string{"1.5", `"2.25"`, "0.0001"}},
		{"long", "long 7 17850 NULL !4 v", []string{`" 007"`, "17850.0", `""`, "true"}},
		{"boolean", "boolean true true !3 v", []string{"true", `"yes"`, "[]"}},
		{"string", `string [1,2] 1.10 NULL`, []string{"[1, 2]", "1.10", "null"}},
		{"map<string, string>", `map<string, string> [{"key":"a","value":"1"},{"key":"A","value":null}] !2 v`, []string{`{"a":1,"A":null}`, "[1]"}},
		{"map<int, string>", `map<int, string> [{"key":1,"value":"x"}] !2 v`, []string{`{"1":"x"}`, `{"one":"x"}`}},
		{"struct<a: date>", `struct<a: date> {"a":"2024-01-31"} !2 v !3 v.a`, []string{`{"a":"2024-01-31"}`, `{"b":1}`, `{"a":"soon"}`}},
		{"uuid", "uuid 00000000-0000-0000-0000-00000000000a !2 v", []string{`"00000000-0000-0000-0000-00000000000a"`, `"x"`}},
	} {
		req := connector.Request{Declared: map[string]connector.DeclaredType{"v": {Type: c.typ}}, Evolve: true}
		types, got := load(t, req, records(c.values...))
		if diff := cmp.Diff(c.want, told(types, got)); diff != "" {
			t.Errorf("%s, %s: %s", c.typ, c.values, diff)
		}
	}
}

func TestDiscardedValuesAreNoted(t *testing.T) {
	req := connector.Request{Existing: existing(t, "struct<a: int, b: list<int>>"), DiscardValues: true}
	types, got := load(t, req, records(`{"a":1,"b":[1,"x"]}`, `{"a":"y","c":true}`, `7`))
	want := `struct<a: int, b: list<int>> {"a":1,"b":[1,null]} {"a":null,"b":null} NULL`
	got.Rows = firstColumn(got.Rows)
	if diff := cmp.Diff(want, told(types, got)); diff != "" {
		t.Error(diff)
	}
}

func firstColumn(rows [][]string) [][]string {
	var first [][]string
	for _, row := range rows {
		first = append(first, row[:1])
	}
	return first
}

func TestDeclaredColumnsNeedNoValues(t *testing.T) {
	types, got := load(t, connector.Request{Declared: map[string]connector.DeclaredType{"rare": {Type: "date"}}}, records("1"))
	if types["rare"] != "date" || len(got.Rows) != 1 || got.Rows[0][1] != "NULL" {
		t.Errorf("%v, %v", types, got.Rows)
	}
}
