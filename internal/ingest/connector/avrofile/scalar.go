package avrofile

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/google/uuid"
	"github.com/twmb/avro"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// scalar makes a schema ready whose values hold no others.
func (p *planner) scalar(n *avro.SchemaNode) (shape, bool) {
	switch n.Type {
	case "null":
		return shape{t: connector.Type{Kind: typed.Unknown}, empty: true, read: func(*decoder, *typed.Value) {}}, true
	case "boolean":
		return plain(connector.Boolean, func(d *decoder, x *typed.Value) { x.Int = d.boolean() }), true
	case "int", "long":
		return p.whole(n), true
	case "float":
		return plain(connector.Float, func(d *decoder, x *typed.Value) {
			x.Float = float64(math.Float32frombits(binary.LittleEndian.Uint32(d.take(4))))
		}), true
	case "double":
		return plain(connector.Double, func(d *decoder, x *typed.Value) {
			x.Float = math.Float64frombits(binary.LittleEndian.Uint64(d.take(8)))
		}), true
	case "enum":
		symbols := n.Symbols
		return plain(connector.String, func(d *decoder, x *typed.Value) {
			if i := d.index(len(symbols)); i >= 0 {
				x.Bytes = []byte(symbols[i])
			}
		}), true
	case "string":
		if n.LogicalType == "uuid" {
			return plain(connector.UUID, func(d *decoder, x *typed.Value) { setUUID(x, d.bytes()) }), true
		}
		return plain(connector.String, func(d *decoder, x *typed.Value) { x.Bytes = d.bytes() }), true
	case "bytes":
		return digits(n, (*decoder).bytes), true
	case "fixed":
		return fixed(n), true
	}
	return shape{}, false
}

// plain is a shape whose read sets what follows from its kind.
func plain(kind connector.Kind, set read) shape {
	return shape{t: connector.Type{Kind: kind}, read: func(d *decoder, x *typed.Value) {
		x.Present, x.Kind = true, kind
		set(d, x)
	}}
}

// setUUID makes x text where it is no UUID, so that no column of them takes it.
func setUUID(x *typed.Value, text []byte) {
	x.Bytes = text
	if !textvalue.IsUUID(text) {
		x.Kind = connector.String
	}
}

// moments are the logical types of times: how many nanoseconds their unit has.
var moments = map[string]struct {
	kind  connector.Kind
	nanos int64
}{
	"time-millis": {connector.Time, 1e6}, "time-micros": {connector.Time, 1e3},
	"timestamp-millis": {connector.TimestampTZ, 1e6}, "timestamp-micros": {connector.TimestampTZ, 1e3}, "timestamp-nanos": {connector.TimestampTZ, 1},
	"local-timestamp-millis": {connector.Timestamp, 1e6}, "local-timestamp-micros": {connector.Timestamp, 1e3}, "local-timestamp-nanos": {connector.Timestamp, 1},
}

func (p *planner) whole(n *avro.SchemaNode) shape {
	if m, ok := moments[n.LogicalType]; ok {
		if m.nanos == 1 {
			return p.nanos(m.kind)
		}
		unit := m.nanos / 1000
		return plain(m.kind, func(d *decoder, x *typed.Value) {
			v := d.varint()
			x.Int = v * unit
			if unit > 1 && (v > math.MaxInt64/unit || v < math.MinInt64/unit) {
				x.Kind, x.Int = connector.Long, v // fits no time
			}
		})
	}
	kind := connector.Long
	switch {
	case n.Type == "int" && n.LogicalType == "date":
		kind = connector.Date
	case n.Type == "int":
		kind = connector.Int
	}
	if n.Type == "long" {
		return plain(kind, func(d *decoder, x *typed.Value) { x.Int = d.varint() })
	}
	return plain(kind, func(d *decoder, x *typed.Value) {
		if x.Int = d.varint(); int64(int32(x.Int)) != x.Int {
			d.fail("an int of %d, which has more than 32 bits", x.Int)
		}
	})
}

func (p *planner) nanos(kind connector.Kind) shape {
	truncate := p.truncate
	return plain(kind, func(d *decoder, x *typed.Value) {
		v := d.varint()
		rest := v % 1000
		if rest < 0 {
			rest += 1000
		}
		x.Int = (v - rest) / 1000
		if v < math.MinInt64+1000 {
			x.Int = v/1000 - 1
		}
		if !truncate {
			x.Nanos = int16(rest)
		}
	})
}

func fixed(n *avro.SchemaNode) shape {
	size := n.Size
	take := func(d *decoder) []byte { return d.take(size) }
	switch {
	case n.LogicalType == "uuid" && size == len(uuid.UUID{}):
		return plain(connector.UUID, func(d *decoder, x *typed.Value) {
			id, _ := uuid.FromBytes(d.take(size)) // 16 bytes
			x.Bytes = []byte(id.String())
		})
	case n.LogicalType == "duration" && size == 12:
		return duration()
	default:
		return digits(n, take)
	}
}

// duration reads months, days and milliseconds, which no one unit holds.
func duration() shape {
	long := connector.Type{Kind: connector.Long}
	t := connector.StructOf(connector.Field{Name: "months", Type: long}, connector.Field{Name: "days", Type: long}, connector.Field{Name: "milliseconds", Type: long})
	return shape{t: t, read: func(d *decoder, x *typed.Value) {
		b := d.take(12)
		x.Present, x.Kind, x.Fields, x.Items = true, connector.Struct, t.Fields, d.arena.Take(3)
		for i := range x.Items {
			x.Items[i] = typed.Value{Present: true, Kind: connector.Long, Int: int64(binary.LittleEndian.Uint32(b[4*i:]))}
		}
	}}
}

// digits reads bytes, which are a decimal where the schema says so.
func digits(n *avro.SchemaNode, take func(*decoder) []byte) shape {
	if n.LogicalType != "decimal" {
		return plain(connector.Binary, func(d *decoder, x *typed.Value) { x.Bytes = take(d) })
	}
	scale := n.Scale
	if n.Precision > connector.MaxPrecision {
		return plain(connector.String, func(d *decoder, x *typed.Value) { x.Bytes = longDecimal(take(d), scale) })
	}
	s := plain(connector.Decimal, func(d *decoder, x *typed.Value) {
		b := take(d)
		x.Scale = int16(scale)
		if n := signed(b); n.BitLen() < 128 {
			x.Decimal = decimal128.FromBigInt(n)
			return
		}
		x.Kind, x.Bytes = connector.String, longDecimal(b, scale) // fits no decimal
	})
	s.t.Precision, s.t.Scale = n.Precision, scale
	return s
}

// signed reads a big-endian number in two's complement.
func signed(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// longDecimal writes a decimal of any length.
func longDecimal(b []byte, scale int) []byte {
	n := signed(b)
	text := n.Append(nil, 10)
	if scale == 0 {
		return text
	}
	sign := text[:0:0]
	if n.Sign() < 0 {
		sign, text = append(sign, '-'), text[1:]
	}
	for len(text) <= scale {
		text = append([]byte{'0'}, text...)
	}
	point := len(text) - scale
	return append(append(append(sign, text[:point]...), '.'), text[point:]...)
}
