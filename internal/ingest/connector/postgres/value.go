package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// setter sets a row of a vector to a value, not NULL, and reports whether it
// fits.
type setter = func(v *connector.Vector, row int, data []byte) bool

// bind returns how values of a shape are set in a column of a type; nil where
// they have to travel as text.
func bind(s *shape, t connector.Type) setter {
	switch {
	case s.kind == array && t.Kind == connector.List:
		return bindArray(s, t)
	case s.kind == composite && t.Kind == connector.Struct:
		return bindComposite(s, t)
	case s.kind == numeric && t.Kind == connector.Decimal:
		return setNumeric(t.Precision, t.Scale)
	case s.kind == text, s.kind == jsonb, s.kind == foreign, s.kind == array, s.kind == composite:
	case t.Kind == connector.String: // inside other values, where the server cannot be asked for text
		return func(v *connector.Vector, row int, data []byte) bool { v.SetText(row, s.text(data)); return true }
	}
	return bindings[binding{s.kind, t.Kind}]
}

type binding struct {
	from kind
	to   connector.Kind
}

var bindings = map[binding]setter{
	{boolean, connector.Boolean}:         setBoolean,
	{int2, connector.Int}:                setInt2,
	{int2, connector.Long}:               setInt2Long,
	{int4, connector.Int}:                setInt4,
	{int4, connector.Long}:               setInt4Long,
	{int8, connector.Long}:               setInt8,
	{int8, connector.Int}:                setInt8Int,
	{oid, connector.Long}:                setOID,
	{float4, connector.Float}:            setFloat4,
	{float4, connector.Double}:           setFloat4Double,
	{float8, connector.Double}:           setFloat8,
	{text, connector.String}:             setText,
	{jsonb, connector.String}:            setJSONB,
	{bytea, connector.Binary}:            setText,
	{date, connector.Date}:               setDate,
	{timeOfDay, connector.Time}:          setTime,
	{timestamp, connector.Timestamp}:     setTimestamp,
	{timestamptz, connector.TimestampTZ}: setTimestamp,
	{uuid, connector.UUID}:               setUUID,
}

func setBoolean(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 1 {
		return false
	}
	v.SetBool(row, data[0] != 0)
	return true
}

func setInt2(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 2 {
		return false
	}
	v.Int32s()[row] = int32(int16(binary.BigEndian.Uint16(data)))
	return true
}

func setInt2Long(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 2 {
		return false
	}
	v.Int64s()[row] = int64(int16(binary.BigEndian.Uint16(data)))
	return true
}

func setInt4(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	v.Int32s()[row] = int32(binary.BigEndian.Uint32(data))
	return true
}

func setInt4Long(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	v.Int64s()[row] = int64(int32(binary.BigEndian.Uint32(data)))
	return true
}

func setInt8(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 8 {
		return false
	}
	v.Int64s()[row] = int64(binary.BigEndian.Uint64(data))
	return true
}

func setInt8Int(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 8 {
		return false
	}
	n := int64(binary.BigEndian.Uint64(data))
	v.Int32s()[row] = int32(n)
	return n == int64(int32(n))
}

func setOID(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	v.Int64s()[row] = int64(binary.BigEndian.Uint32(data))
	return true
}

func setFloat4(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	v.Float32s()[row] = math.Float32frombits(binary.BigEndian.Uint32(data))
	return true
}

func setFloat4Double(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	v.Float64s()[row] = float64(math.Float32frombits(binary.BigEndian.Uint32(data)))
	return true
}

func setFloat8(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 8 {
		return false
	}
	v.Float64s()[row] = math.Float64frombits(binary.BigEndian.Uint64(data))
	return true
}

func setText(v *connector.Vector, row int, data []byte) bool {
	v.SetText(row, data)
	return true
}

// jsonbVersion stands before the text of a jsonb.
const jsonbVersion = 1

func setJSONB(v *connector.Vector, row int, data []byte) bool {
	if len(data) == 0 || data[0] != jsonbVersion {
		return false
	}
	v.SetText(row, data[1:])
	return true
}

func setDate(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 4 {
		return false
	}
	day, ok := days(int32(binary.BigEndian.Uint32(data)))
	v.Int32s()[row] = day
	return ok
}

// setTime refuses 24:00:00, which is no time of any day.
func setTime(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 8 {
		return false
	}
	at := int64(binary.BigEndian.Uint64(data))
	v.Int64s()[row] = at
	return at >= 0 && at < microsPerDay
}

func setTimestamp(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 8 {
		return false
	}
	at, ok := micros(int64(binary.BigEndian.Uint64(data)))
	v.Int64s()[row] = at
	return ok
}

func setUUID(v *connector.Vector, row int, data []byte) bool {
	if len(data) != 16 {
		return false
	}
	var out [36]byte
	v.SetText(row, uuidText(out[:0], data))
	return true
}

func uuidText(out, data []byte) []byte {
	for i, group := range [...][]byte{data[:4], data[4:6], data[6:8], data[8:10], data[10:]} {
		if i > 0 {
			out = append(out, '-')
		}
		out = hex.AppendEncode(out, group)
	}
	return out
}

func setNumeric(precision, scale int) setter {
	return func(v *connector.Vector, row int, data []byte) bool {
		n, ok := parseNumber(data)
		if !ok {
			return false
		}
		value, ok := n.decimal(precision, scale)
		v.Decimals()[row] = value
		return ok
	}
}
