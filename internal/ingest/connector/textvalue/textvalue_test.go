package textvalue

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// What a text becomes in a column whose type was found out, and in one that a
// person declared; "no" is a text that does not fit.
func TestDeclaredColumnsAreReadMoreKindly(t *testing.T) {
	for _, c := range []struct{ column, text, inferred, declared string }{
		{"string", " x ", " x ", " x "},
		{"boolean", "TRUE", "true", "true"},
		{"boolean", "yes", "no", "true"},
		{"int", "2147483648", "no", "no"},
		{"int", "+7", "no", "7"},
		{"long", "007", "no", "7"},
		{"long", "17850.0", "no", "17850"},
		{"long", "17850.5", "no", "no"},
		{"float", "0.5", "0.5", "0.5"},
		{"double", " 1.5", "no", "1.5"},
		{"double", "0x1p4", "no", "no"},
		{"decimal(5,2)", "01.50", "no", "1.5"},
		{"decimal(5,2)", "1.505", "no", "no"},
		{"date", "2011-12-09 00:00", "no", "2011-12-09"},
		{"date", "2011-02-29", "no", "no"},
		{"date", "2011-2-9", "no", "2011-02-09"},
		{"date", "2011-2-", "no", "no"},
		{"date", "2011-002-9", "no", "no"},
		{"timestamp", "2011-2-09 4:30:21", "no", "2011-02-09T04:30:21"},
		{"timestamp", "2011-2-9T4:30", "no", "2011-02-09T04:30:00"},
		{"timestamp", "11-2-9 4:30", "no", "no"},
		{"timestamptz", "2011-2-9 4:30+01", "no", "2011-02-09T03:30:00Z"},
		{"timestamp", "2011-12-09", "2011-12-09T00:00:00", "2011-12-09T00:00:00"},
		{"timestamptz", "2011-12-09 08:00", "no", "2011-12-09T08:00:00Z"},
		{"time", "08:26:00.5", "08:26:00.500000", "08:26:00.500000"},
		{"time", " 8:26", "no", "no"},
		{"uuid", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6F9619FF-8B86-D011-B42D-00CF4FC964FF"},
		{"uuid", "6F9619FF8B86-D011-B42D-00CF4FC964FF-", "no", "no"},
		{"binary", "x", "eA==", "eA=="},
		{"list<int>", "[1]", "no", "no"},
		{"timestamptz", "2011-12-09T08:00+02", "2011-12-09T06:00:00Z", "2011-12-09T06:00:00Z"},
	} {
		if got := valueIn(t, c.column, c.text, false); got != c.inferred {
			t.Errorf("%q in %s: %s, want %s", c.text, c.column, got, c.inferred)
		}
		if got := valueIn(t, c.column, c.text, true); got != c.declared {
			t.Errorf("%q in a declared %s: %s, want %s", c.text, c.column, got, c.declared)
		}
	}
}

type rows func(arrow.RecordBatch) error

func (f rows) Rows(b arrow.RecordBatch) error { return f(b) }
func (rows) Reject(connector.Reject) error    { return nil }

func valueIn(t *testing.T, column, text string, kindly bool) (value string) {
	t.Helper()
	typ, err := connector.ParseType(column)
	if err != nil {
		t.Fatal(err)
	}
	batch := connector.NewBatch(&connector.Layout{Columns: []connector.Column{{Name: "c", Type: typ}}}, rows(func(b arrow.RecordBatch) error {
		value = b.Column(0).ValueStr(0)
		return nil
	}))
	defer batch.Close()
	batch.Reserve(1)
	if !NewSetter(typ, Formats{}, kindly)(batch.Vector(0), 0, []byte(text)) {
		return "no"
	}
	batch.Lines()[0] = 1
	if err := batch.Add(1); err != nil {
		t.Fatal(err)
	}
	if err := batch.Flush(); err != nil {
		t.Fatal(err)
	}
	return value
}

// A column of the table becomes what Iceberg allows, and nothing else.
func TestEvolvedTypesHoldTheText(t *testing.T) {
	for _, c := range []struct{ from, text, to string }{
		{"int", "2147483648", "long"},
		{"int", "1.5", ""},
		{"float", "1.5", "double"},
		{"decimal(4,2)", "1234.56", "decimal(6,2)"},
		{"decimal(4,2)", "1.234", ""},
		{"date", "2011-12-09 08:00", ""},
		{"long", "x", ""},
	} {
		from, err := connector.ParseType(c.from)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if to, ok := Evolved(from, []byte(c.text)); ok {
			got = to.String()
		}
		if got != c.to {
			t.Errorf("%s with %q: %q, want %q", c.from, c.text, got, c.to)
		}
	}
}
