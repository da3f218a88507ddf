package pgwire

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
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

// appendNumeric writes a number as digits of base 10,000.
func appendNumeric(b []byte, n decimal128.Num, scale int32) []byte {
	sign := uint16(0)
	if n.Sign() < 0 {
		sign, n = 0x4000, n.Negate()
	}
	// Digits of base 10,000 stand on both sides of the point.
	fill := (4 - scale%4) % 4
	rest := n.BigInt()
	rest.Mul(rest, big.NewInt([]int64{1, 10, 100, 1000}[fill]))
	var digits []uint16
	base, digit := big.NewInt(10000), new(big.Int)
	for rest.Sign() > 0 {
		rest.QuoRem(rest, base, digit)
		digits = append(digits, uint16(digit.Uint64())) //nolint:gosec // below 10,000
	}
	weight := len(digits) - int(scale+fill)/4 - 1
	for len(digits) > 0 && digits[0] == 0 {
		digits = digits[1:]
	}
	if len(digits) == 0 {
		weight, sign = 0, 0
	}
	for _, head := range []uint16{uint16(len(digits)), uint16(int16(weight)), sign, uint16(scale)} { //nolint:gosec // at most 38 digits
		b = binary.BigEndian.AppendUint16(b, head)
	}
	for i := len(digits) - 1; i >= 0; i-- {
		b = binary.BigEndian.AppendUint16(b, digits[i])
	}
	return b
}
