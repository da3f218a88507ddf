package textvalue

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// FuzzClassify holds that no text makes a parser panic, that a text fits the
// type that is inferred from it, and that a declared column of that type takes
// it as well.
func FuzzClassify(f *testing.F) {
	for _, seed := range []string{
		"1", "-0.5e3", "9223372036854775808", "TRUE", "2024-02-29", "2024-02-29 23:59:59.999999", "2024-02-29T10:00+02", "31/12/2024 1:05 pm", " 7 ", "10:30",
		"6f9619ff-8b86-d011-b42d-00cf4fc964ff", "", "+", "2024-02-29 10:00 ", "0.00000000000000000000000000000000000001",
	} {
		f.Add([]byte(seed))
	}
	date, err := ParseFormat("%d/%m/%Y")
	if err != nil {
		f.Fatal(err)
	}
	timestamp, err := ParseFormat("%d/%m/%Y %I:%M %p")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 {
			return
		}
		formats := Formats{Date: date, Timestamp: timestamp}
		kind, _ := formats.Classify(text).Resolve()
		for _, c := range []connector.Kind{
			connector.String, connector.Boolean, connector.Int, connector.Long, connector.Float, connector.Double, connector.Decimal,
			connector.Date, connector.Timestamp, connector.TimestampTZ, connector.Time, connector.Binary, connector.UUID, connector.List,
		} {
			typ := connector.Type{Kind: c, Precision: 20, Scale: 5}
			if c == connector.List {
				typ = connector.ListOf(connector.Type{})
			}
			inferred, declared := fits(typ, formats, false, text), fits(typ, formats, true, text)
			if c == kind && !inferred {
				t.Errorf("%q is taken for %s, but does not fit it", text, kind)
			}
			if inferred && !declared {
				t.Errorf("%q fits %s, but not where that is declared", text, typ)
			}
			Evolved(typ, text)
		}
	})
}

func fits(typ connector.Type, formats Formats, kindly bool, text []byte) bool {
	batch := connector.NewBatch(&connector.Layout{Columns: []connector.Column{{Name: "c", Type: typ}}}, nil)
	defer batch.Close()
	batch.Reserve(1)
	return NewSetter(typ, formats, kindly)(batch.Vector(0), 0, text)
}
