package typed_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

func parse(t *testing.T, text string) connector.Type {
	t.Helper()
	parsed, err := connector.ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestJoinHoldsBoth(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"int", "long", "long"},
		{"int", "float", "double"},
		{"float", "double", "double"},
		{"long", "decimal(9,2)", "decimal(21,2)"},
		{"decimal(9,2)", "decimal(10,5)", "decimal(12,5)"},
		{"decimal(38,0)", "decimal(38,10)", "string"},
		{"decimal(9,2)", "double", "string"},
		{"date", "timestamp", "timestamp"},
		{"timestamp", "timestamptz", "string"},
		{"boolean", "int", "string"},
		{"uuid", "string", "string"},
		{"binary", "string", ""},
		{"list<int>", "list<long>", "list<long>"},
		{"list<int>", "int", ""},
		{"map<string, int>", "map<string, float>", "map<string, double>"},
		{"struct<a: int, b: string>", "struct<c: date, A: long>", "struct<a: long, b: string, c: date>"},
		{"struct<a: list<int>>", "struct<a: int>", ""},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			joined, ok := typed.Join(parse(t, pair[0]), parse(t, pair[1]))
			got := ""
			if ok {
				got = joined.String()
			}
			if got != c.want && !strings.HasPrefix(c.want, "struct") {
				t.Errorf("%s and %s: %q, want %q", pair[0], pair[1], got, c.want)
			}
			if pair[0] == c.a && got != c.want {
				t.Errorf("%s and %s: %q, want %q", pair[0], pair[1], got, c.want)
			}
		}
	}
}

// The type of a column does not depend on the order of its inputs.
func TestJoinKnowsNoOrder(t *testing.T) {
	scalars := rapid.SampledFrom([]string{"int", "long", "float", "double", "decimal(9,2)", "decimal(38,0)", "date", "timestamp", "timestamptz", "time", "boolean", "string", "uuid"})
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(scalars, 2, 6).Draw(t, "types")
		join := func(names []string) string {
			joined := connector.Type{Kind: typed.Unknown}
			for _, name := range names {
				next, err := connector.ParseType(name)
				if err != nil {
					t.Fatal(err)
				}
				var ok bool
				if joined, ok = typed.Join(joined, next); !ok {
					t.Fatalf("scalars %v have no type", names)
				}
			}
			return joined.String()
		}
		if a, b := join(names), join(rapid.Permutation(names).Draw(t, "order")); a != b {
			t.Errorf("%v: %s or %s", names, a, b)
		}
	})
}

// The values that the tests cast.
var (
	long   = func(n int64) typed.Value { return typed.Value{Present: true, Kind: connector.Long, Int: n} }
	double = func(f float64) typed.Value { return typed.Value{Present: true, Kind: connector.Double, Float: f} }
	text   = func(s string) typed.Value {
		return typed.Value{Present: true, Kind: connector.String, Bytes: []byte(s)}
	}
	binary = func(s string) typed.Value {
		return typed.Value{Present: true, Kind: connector.Binary, Bytes: []byte(s)}
	}
	instant = func(k connector.Kind, n int64) typed.Value { return typed.Value{Present: true, Kind: k, Int: n} }
	list    = func(items ...typed.Value) typed.Value {
		return typed.Value{Present: true, Kind: connector.List, Items: items}
	}
	decimal = func(n, scale int64) typed.Value {
		return typed.Value{Present: true, Kind: connector.Decimal, Decimal: decimal128.FromI64(n), Scale: int16(scale)}
	}
	object = func(name string, item typed.Value) typed.Value {
		return typed.Value{Present: true, Kind: connector.Struct, Items: []typed.Value{item}, Fields: []connector.Field{{Name: name}}}
	}
)

// load writes one value into a column, and returns what the column has, or
// "reject" with the reason.
func load(t *testing.T, column connector.Column, x typed.Value) string {
	t.Helper()
	layout := &connector.Layout{Columns: []connector.Column{column}}
	got := &connectortest.Collected{}
	loader := typed.NewLoader(layout, []connector.Field{{Name: "v"}}, got.Sink())
	defer loader.Close()
	if err := loader.Row(1, []typed.Value{x}); err != nil {
		t.Fatal(err)
	}
	counts, err := loader.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if counts.Records != 1 || counts.Written != int64(len(got.Rows)) || counts.Rejected != int64(len(got.Rejects)) {
		t.Errorf("counts %+v, %+v", counts, got)
	}
	if len(got.Rejects) > 0 {
		return "reject"
	}
	return got.Rows[0][0]
}

func TestCastsAreExactOrReject(t *testing.T) {
	for _, c := range []struct {
		x          typed.Value
		t          string
		want, kind string // kind: what a declared column has, where that is something else
	}{
		{long(5), "int", "5", ""},
		{long(1 << 40), "int", "reject", ""},
		{long(1<<53 + 1), "double", "reject", "9.007199254740992e+15"},
		{long(1), "boolean", "true", ""},
		{long(2), "boolean", "reject", ""},
		{long(-5), "decimal(3,1)", "-5", ""},
		{long(100), "decimal(3,1)", "reject", ""},
		{double(5), "long", "5", ""},
		{double(5.5), "long", "reject", ""},
		{double(0.1), "float", "reject", "0.1"},
		{double(0.5), "float", "0.5", ""},
		{double(0.1), "decimal(9,2)", "0.1", ""},
		{double(math.NaN()), "decimal(9,2)", "reject", ""},
		{double(math.NaN()), "double", "NaN", ""},
		{decimal(150, 2), "decimal(9,1)", "1.5", ""},
		{decimal(155, 2), "decimal(9,1)", "reject", ""},
		{decimal(155, 2), "decimal(38,38)", "reject", ""},
		{decimal(150, 2), "double", "1.5", ""},
		{decimal(200, 2), "long", "2", ""},
		{text("5"), "long", "5", ""},
		{text("five"), "long", "reject", ""},
		{text("2024-02-29"), "date", "2024-02-29", ""},
		{text("a\xff"), "string", "reject", ""},
		{text("a\xff"), "binary", "Yf8=", ""},
		{binary("a\xff"), "string", "reject", ""},
		{binary("a"), "string", "a", ""},
		{binary("5"), "long", "reject", ""},
		{instant(connector.Date, 1), "timestamp", "1970-01-02T00:00:00", ""},
		{instant(connector.Timestamp, 86400e6), "date", "1970-01-02", ""},
		{instant(connector.Timestamp, 1), "date", "reject", ""},
		{instant(connector.Timestamp, 1), "timestamptz", "1970-01-01T00:00:00.000001Z", ""},
		{instant(connector.TimestampTZ, 1e6), "timestamp", "reject", "1970-01-01T00:00:01"},
		{instant(connector.Date, -719162), "string", "0001-01-01", ""},
		{list(long(1), typed.Value{}), "list<int>", "[1,null]", ""},
		{list(long(1), long(1<<40)), "list<int>", "reject", ""},
		{list(long(1), text("x")), "string", `[1,"x"]`, ""},
		{object("A", long(1)), "struct<a: long, b: date>", `{"a":1,"b":null}`, ""},
		{object("c", long(1)), "struct<a: long>", "reject", ""},
		{object("c", typed.Value{}), "struct<a: long>", `{"a":null}`, ""},
		{object("c", text("\"\n\x01")), "string", `{"c":"\"\n\u0001"}`, ""},
		{list(), "long", "reject", ""},
		{long(1), "list<long>", "reject", ""},
		{typed.Value{Present: true, Kind: typed.Unfit, Bytes: []byte("#N/A")}, "string", "reject", ""},
	} {
		if c.kind == "" {
			c.kind = c.want
		}
		for origin, want := range map[connector.Origin]string{connector.Existing: c.want, connector.Declared: c.kind} {
			if got := load(t, connector.Column{Name: "v", Type: parse(t, c.t), Origin: origin}, c.x); got != want {
				t.Errorf("%s into %s (origin %d): %s, want %s", typed.AppendJSON(nil, &c.x), c.t, origin, got, want)
			}
		}
	}
}

// column is one whose values are all there.
type column []typed.Value

func (c column) At(row int, x *typed.Value) { *x = c[row] }

// Wherever the bad rows of a batch are, all others are written, in order.
func TestRecordsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-3, 40), 1, 3000).Draw(t, "values") // up to 9 fits decimal(1,0)
		discard := rapid.Bool().Draw(t, "discard")
		layout := &connector.Layout{DiscardValues: discard, Columns: []connector.Column{
			{Name: "v", Type: connector.Type{Kind: connector.Decimal, Precision: 1}}, {Name: "s"},
		}}
		numbers, names := make(column, len(values)), make(column, len(values))
		want := 0
		for i, v := range values {
			numbers[i], names[i] = long(v), text(fmt.Sprint(i))
			if v < 10 {
				want++
			}
		}
		got := &connectortest.Collected{}
		loader := typed.NewLoader(layout, []connector.Field{{Name: "v"}, {Name: "s"}}, got.Sink())
		defer loader.Close()
		if err := loader.Rows(1, len(values), []typed.Column{numbers, names}); err != nil {
			t.Fatal(err)
		}
		counts, err := loader.Finish()
		if err != nil || counts.Records != int64(len(values)) {
			t.Fatal(counts, err)
		}
		if discard {
			want = len(values)
		}
		if len(got.Rows) != want || len(got.Rows)+len(got.Rejects) != len(values) {
			t.Fatalf("%d rows, %d rejects, want %d rows", len(got.Rows), len(got.Rejects), want)
		}
		for i, row := range got.Rows {
			at := got.Lines[i] - 1
			if row[1] != fmt.Sprint(at) || values[at] < 10 && row[0] != fmt.Sprint(values[at]) || values[at] >= 10 && row[0] != "NULL" {
				t.Fatalf("line %d has %v, want %d", got.Lines[i], row, values[at])
			}
		}
	})
}

func TestInputsComeTogetherByName(t *testing.T) {
	inputs := []typed.Fields{
		{Input: "a", Fields: []connector.Field{{Name: "Id", Type: parse(t, "int")}, {Name: "tags", Type: parse(t, "list<int>")}, {Name: "none", Type: connector.Type{Kind: typed.Unknown}}}},
		{Input: "b", Fields: []connector.Field{{Name: "tags", Type: parse(t, "long")}, {Name: "ID", Type: parse(t, "long")}, {Name: "old", Type: parse(t, "double")}}},
	}
	req := connector.Request{Evolve: true, Existing: []connector.Column{{Name: "old", Type: parse(t, "long")}, {Name: "id", Type: parse(t, "int")}}}
	merge := func(req connector.Request) (string, error) {
		var problems diag.Problems
		layout := typed.Merge(inputs, req, nil, &problems)
		var columns []string
		for _, c := range layout.Columns {
			columns = append(columns, fmt.Sprint(c.Name, " ", c.Type, " ", c.Origin))
		}
		return strings.Join(columns, ", "), problems.Err()
	}
	_, err := merge(req)
	want := `b: column-conflict: column "tags" is long, but list<int> in a
  hint: declare its type under columns: (string holds everything), or load the files into two tables`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	req.Declared = map[string]connector.DeclaredType{"TAGS": {Type: "string"}}
	columns, err := merge(req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("old long 2, id long 2, tags string 3, none string 1", columns); diff != "" {
		t.Error(diff)
	}
	req.Declared["id"] = connector.DeclaredType{Type: "int"}
	if columns, err = merge(req); err != nil || !strings.HasPrefix(columns, "old long 2, id int 3,") {
		t.Errorf("a declared type changed: %s, %v", columns, err)
	}
}
