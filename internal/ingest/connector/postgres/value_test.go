package postgres

import (
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// shapes are one of each kind, and nested ones.
func shapes() []*shape {
	var all []*shape
	for id, k := range builtin {
		all = append(all, &shape{kind: k, oid: id, modifier: -1})
	}
	inner := &shape{kind: composite, fields: []attribute{{"a", &shape{kind: int4}}, {"b", &shape{kind: array, elem: &shape{kind: numeric, modifier: 0x000A0002 + 4}}}}}
	return append(all, inner, &shape{kind: array, elem: inner}, &shape{kind: array, elem: &shape{kind: text}})
}

// FuzzValues feeds any bytes to every decoder.
func FuzzValues(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1})
	f.Add(encodeNumeric("-12345.678"))
	f.Add(encodeArray(2, "a", "b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range shapes() {
			kind := s.natural()
			if kind.Kind == connector.String && s.kind == numeric {
				kind = connector.Type{Kind: connector.Decimal, Precision: 38, Scale: 6}
			}
			set := bind(s, kind)
			layout := &connector.Layout{Columns: []connector.Column{{Name: "v", Type: kind}}}
			batch := connector.NewBatch(layout, connectortest.SinkFuncs{})
			batch.Reserve(1)
			if !set(batch.Vector(0), 0, data) {
				batch.Vector(0).SetNull(0)
			}
			if err := batch.Add(1); err != nil {
				t.Fatal(err)
			}
			if err := batch.Flush(); err != nil {
				t.Fatal(err)
			}
			batch.Close()
			shown := s.appendJSON(nil, data)
			if s.oid != jsonOID && s.kind != jsonb && !json.Valid(shown) {
				t.Fatalf("kind %d: %x is shown as %q", s.kind, data, shown)
			}
		}
	})
}

// encodeArray writes an array of texts.
func encodeArray(sizes int, values ...string) []byte {
	out := binary.BigEndian.AppendUint32(nil, 1)
	out = append(out, 0, 0, 0, 0, 0, 0, 0, 25)
	out = binary.BigEndian.AppendUint32(out, uint32(sizes))
	out = append(out, 0, 0, 0, 1)
	for _, v := range values {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
	}
	return out
}

func TestArraysThatPromiseMoreThanTheyHaveDoNotFit(t *testing.T) {
	set := bind(&shape{kind: array, elem: &shape{kind: text}}, connector.ListOf(connector.Type{Kind: connector.String}))
	batch := connector.NewBatch(&connector.Layout{Columns: []connector.Column{{Name: "v", Type: connector.ListOf(connector.Type{Kind: connector.String})}}}, connectortest.SinkFuncs{})
	defer batch.Close()
	batch.Reserve(1)
	if set(batch.Vector(0), 0, encodeArray(1<<30, "a")) {
		t.Error("an array of 2^30 elements with one element fits")
	}
}

func TestTimesAreWrittenAsPostgreSQLWritesThem(t *testing.T) {
	for _, c := range []struct {
		got  []byte
		want string
	}{
		{dateText(nil, -730485), "0001-01-01 BC"},
		{dateText(nil, 0), "2000-01-01"},
		{timestampText(-1, "+00"), "1999-12-31 23:59:59.999999+00"},
		{timestampText(86_400_000_000+500_000, ""), "2000-01-02 00:00:00.5"},
		{timeText(nil, 86_400_000_000), "24:00:00"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}
