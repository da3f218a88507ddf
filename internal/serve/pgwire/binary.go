package pgwire

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// PostgreSQL counts from 2000.
const (
	epochDays   = 10957
	epochMicros = epochDays * dayMicros
)

// binaryWriter writes values as PostgreSQL sends them in binary.
func binaryWriter(k kind, a arrow.Array) writer {
	a = plain(a)
	if read := integral(a); read != nil {
		return integerBinary(k, read)
	}
	switch a := a.(type) {
	case *array.Boolean:
		return func(b []byte, i int) []byte { return append(b, byte(truthAt(a, i))) }
	case *array.Float32:
		return func(b []byte, i int) []byte { return binary.BigEndian.AppendUint32(b, math.Float32bits(a.Value(i))) }
	case *array.Float64:
		return func(b []byte, i int) []byte { return binary.BigEndian.AppendUint64(b, math.Float64bits(a.Value(i))) }
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(b []byte, i int) []byte { return appendNumeric(b, a.Value(i), scale) }
	case *array.Uint64:
		return func(b []byte, i int) []byte { return appendNumeric(b, decimal128.FromU64(a.Value(i)), 0) }
	case *array.Binary:
		return func(b []byte, i int) []byte { return append(b, a.Value(i)...) }
	case *array.Date32:
		return func(b []byte, i int) []byte { return appendInt32(b, binaryDate(int32(a.Value(i)))) }
	case *array.Time64:
		return func(b []byte, i int) []byte { return appendInt64(b, int64(a.Value(i))) }
	case *array.Timestamp:
		read := micros(a)
		return func(b []byte, i int) []byte { return appendInt64(b, binaryTime(read(i))) }
	case *array.MonthDayNanoInterval:
		return func(b []byte, i int) []byte {
			v := a.Value(i)
			return appendInt32(appendInt32(appendInt64(b, v.Nanoseconds/1000), v.Days), v.Months)
		}
	case textual:
		if k.oid == pgcatalog.UUID {
			return func(b []byte, i int) []byte { return appendUUID(b, a.Value(i)) }
		}
	}
	if lists, ok := a.(array.ListLike); ok && k.element != nil {
		return listBinary(lists, *k.element, binaryWriter(*k.element, lists.ListValues()))
	}
	return textWriter(k, a, time.UTC) // text and JSON are the same in both
}

func integerBinary(k kind, read func(int) int64) writer {
	switch k.size {
	case 2:
		return func(b []byte, i int) []byte { return binary.BigEndian.AppendUint16(b, uint16(read(i))) } //nolint:gosec // two's complement
	case 4:
		return func(b []byte, i int) []byte { return appendInt32(b, int32(read(i))) } //nolint:gosec // the column's type
	}
	return func(b []byte, i int) []byte { return appendInt64(b, read(i)) }
}

func appendInt32(b []byte, n int32) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // two's complement
}

func appendInt64(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // two's complement
}

func binaryDate(days int32) int32 {
	switch days {
	case foreverDate:
		return math.MaxInt32
	case -foreverDate:
		return math.MinInt32
	}
	return days - epochDays
}

func binaryTime(t int64) int64 {
	switch t {
	case forever:
		return math.MaxInt64
	case -forever:
		return math.MinInt64
	}
	return t - epochMicros
}

func appendUUID(b []byte, text string) []byte {
	id, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil {
		return append(b, make([]byte, 16)...)
	}
	return append(b, id...)
}
