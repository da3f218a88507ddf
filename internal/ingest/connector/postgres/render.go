package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// appendJSON appends a value as PostgreSQL's to_json would write it.
func (s *shape) appendJSON(out, data []byte) []byte {
	switch s.kind {
	case array:
		return s.arrayJSON(out, data)
	case composite:
		return s.compositeJSON(out, data)
	case jsonb:
		if len(data) > 0 {
			return append(out, data[1:]...)
		}
	case text:
		if s.oid == jsonOID {
			return append(out, data...)
		}
	case boolean, int2, int4, int8, oid, float4, float8, numeric:
		if scalar := s.text(data); json.Valid(scalar) { // NaN is none
			return append(out, scalar...)
		}
	}
	return database.AppendString(out, s.text(data))
}

// text is a value as people see it.
func (s *shape) text(data []byte) []byte {
	if width := widths[s.kind]; width > 0 && len(data) != width {
		return hex.AppendEncode([]byte(`\x`), data)
	}
	switch s.kind {
	case boolean:
		return strconv.AppendBool(nil, data[0] != 0)
	case int2:
		return strconv.AppendInt(nil, int64(int16(binary.BigEndian.Uint16(data))), 10)
	case int4:
		return strconv.AppendInt(nil, int64(int32(binary.BigEndian.Uint32(data))), 10)
	case int8:
		return strconv.AppendInt(nil, int64(binary.BigEndian.Uint64(data)), 10)
	case oid:
		return strconv.AppendUint(nil, uint64(binary.BigEndian.Uint32(data)), 10)
	case float4:
		return floatText(float64(math.Float32frombits(binary.BigEndian.Uint32(data))), 32)
	case float8:
		return floatText(math.Float64frombits(binary.BigEndian.Uint64(data)), 64)
	case date:
		return dateText(nil, int32(binary.BigEndian.Uint32(data)))
	case timeOfDay:
		return timeText(nil, int64(binary.BigEndian.Uint64(data)))
	case timestamp:
		return timestampText(int64(binary.BigEndian.Uint64(data)), "")
	case timestamptz:
		return timestampText(int64(binary.BigEndian.Uint64(data)), "+00")
	case uuid:
		return uuidText(nil, data)
	case array, composite:
		return s.appendJSON(nil, data)
	case jsonb:
		return data[min(1, len(data)):]
	case bytea:
		return hex.AppendEncode([]byte(`\x`), data)
	case numeric:
		if n, ok := parseNumber(data); ok {
			return n.text(nil)
		}
		return hex.AppendEncode([]byte(`\x`), data)
	}
	return data
}

// widths are how many bytes values have; 0 is any number.
var widths = map[kind]int{
	boolean: 1, int2: 2, int4: 4, int8: 8, oid: 4, float4: 4, float8: 8, date: 4, timeOfDay: 8, timestamp: 8, timestamptz: 8, uuid: 16,
}

func floatText(v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return []byte("NaN")
	case math.IsInf(v, 1):
		return []byte("Infinity")
	case math.IsInf(v, -1):
		return []byte("-Infinity")
	}
	return strconv.AppendFloat(nil, v, 'g', -1, bits)
}

func (s *shape) arrayJSON(out, data []byte) []byte {
	sizes, elements, ok := parseArray(data)
	if !ok {
		return database.AppendString(out, hex.AppendEncode([]byte(`\x`), data))
	}
	if len(sizes) == 0 {
		return append(out, "[]"...)
	}
	return s.dimensionJSON(out, sizes, &elements)
}

func (s *shape) dimensionJSON(out []byte, sizes []int, elements *cursor) []byte {
	out = append(out, '[')
	for i := range sizes[0] {
		if i > 0 {
			out = append(out, ", "...)
		}
		if len(sizes) > 1 {
			out = s.dimensionJSON(out, sizes[1:], elements)
		} else if value := elements.next(); value == nil {
			out = append(out, "null"...)
		} else {
			out = s.elem.appendJSON(out, value)
		}
	}
	return append(out, ']')
}

func (s *shape) compositeJSON(out, data []byte) []byte {
	values := cursor{data: data[min(4, len(data)):]}
	out = append(out, '{')
	for i, f := range s.fields {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = append(database.AppendString(out, f.name), ": "...)
		values.data = values.data[min(4, len(values.data)):]
		if value := values.next(); value == nil {
			out = append(out, "null"...)
		} else {
			out = f.shape.appendJSON(out, value)
		}
	}
	return append(out, '}')
}

// dimensions says of how many dimensions an array is, "" of one.
func dimensions(data []byte) string {
	if sizes, _, ok := parseArray(data); ok && len(sizes) > 1 {
		return fmt.Sprintf("an array of %d dimensions", len(sizes))
	}
	return ""
}
