package lake

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/iceberg-go"
	"github.com/google/uuid"
)

// literal returns v as a value of type t, when it is exactly one. Taken are,
// by kind:
//
//	Boolean      bool
//	Int, Long    int, int32, int64
//	Float Double float32, float64, and integers that they hold exactly
//	Decimal      string, integers, decimal128.Num (unscaled)
//	Date         time.Time (midnight UTC), arrow.Date32, integers (days), string
//	Time         arrow.Time64, integers (microseconds)
//	Timestamp…   time.Time, arrow.Timestamp and integers (in the type's unit)
//	String       string
//	UUID         string, [16]byte, uuid.UUID, []byte
//	Fixed Binary []byte
func literal(t Type, v any) (iceberg.Literal, error) {
	if n, isInt := integer(v); isInt {
		return integerLiteral(t, n)
	}
	switch v := v.(type) {
	case bool:
		if t.Kind == Boolean {
			return iceberg.NewLiteral(v), nil
		}
	case float64:
		return floatLiteral(t, v)
	case float32:
		return floatLiteral(t, float64(v))
	case string:
		return stringLiteral(t, v)
	case []byte:
		return bytesLiteral(t, v)
	case time.Time:
		return timeLiteral(t, v)
	case uuid.UUID:
		return bytesLiteral(t, v[:])
	case [16]byte:
		return bytesLiteral(t, v[:])
	case decimal128.Num:
		if t.Kind == Decimal && v.FitsInPrecision(int32(t.Precision)) {
			return iceberg.NewLiteral(iceberg.Decimal{Val: v, Scale: t.Scale}), nil
		}
	}
	return nil, notOf(t, v)
}

func notOf(t Type, v any) error { return fmt.Errorf("%v (%T) is not a value of type %s", v, v, t) }

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case arrow.Date32:
		return int64(v), true
	case arrow.Time64:
		return int64(v), true
	case arrow.Timestamp:
		return int64(v), true
	}
	return 0, false
}

func integerLiteral(t Type, n int64) (iceberg.Literal, error) {
	fits32 := n >= math.MinInt32 && n <= math.MaxInt32
	switch t.Kind {
	case Int:
		if fits32 {
			return iceberg.NewLiteral(int32(n)), nil
		}
	case Long:
		return iceberg.NewLiteral(n), nil
	case Float, Double:
		// 2^53: beyond it a double no longer holds every integer.
		if n >= -1<<53 && n <= 1<<53 {
			return floatLiteral(t, float64(n))
		}
	case Date:
		if fits32 {
			return iceberg.NewLiteral(iceberg.Date(n)), nil
		}
	case Time:
		return iceberg.NewLiteral(iceberg.Time(n)), nil
	case Timestamp, TimestampTZ:
		return iceberg.NewLiteral(iceberg.Timestamp(n)), nil
	case TimestampNS, TimestampTZNS:
		return iceberg.NewLiteral(iceberg.TimestampNano(n)), nil
	case Decimal:
		return stringLiteral(t, fmt.Sprint(n))
	}
	return nil, notOf(t, n)
}

func floatLiteral(t Type, f float64) (iceberg.Literal, error) {
	switch {
	case t.Kind == Double:
		return iceberg.NewLiteral(f), nil
	case t.Kind == Float && float64(float32(f)) == f:
		return iceberg.NewLiteral(float32(f)), nil
	}
	return nil, notOf(t, f)
}

func stringLiteral(t Type, s string) (iceberg.Literal, error) {
	switch t.Kind {
	case String:
		return iceberg.NewLiteral(s), nil
	case UUID:
		if id, err := uuid.Parse(s); err == nil {
			return iceberg.NewLiteral(id), nil
		}
	case Date:
		if d, err := time.Parse(time.DateOnly, s); err == nil {
			return timeLiteral(t, d)
		}
	case Decimal:
		// FromString rounds to the scale; a value that changes is not one.
		n, err := decimal128.FromString(s, int32(t.Precision), int32(t.Scale))
		if err == nil && sameNumber(s, n, t.Scale) {
			return iceberg.NewLiteral(iceberg.Decimal{Val: n, Scale: t.Scale}), nil
		}
	}
	return nil, notOf(t, s)
}

func bytesLiteral(t Type, b []byte) (iceberg.Literal, error) {
	switch {
	case t.Kind == Binary:
		return iceberg.NewLiteral(b), nil
	case t.Kind == Fixed && len(b) == t.Length:
		return iceberg.FixedLiteral(b), nil
	case t.Kind == UUID && len(b) == 16:
		return iceberg.NewLiteral(uuid.UUID(b)), nil
	}
	return nil, notOf(t, b)
}

func timeLiteral(t Type, v time.Time) (iceberg.Literal, error) {
	v = v.UTC()
	switch t.Kind {
	case Date:
		if days := v.Unix() / 86400; v.Nanosecond() == 0 && v.Unix()%86400 == 0 {
			return integerLiteral(t, days)
		}
	case Timestamp, TimestampTZ:
		if v.Nanosecond()%1000 == 0 {
			return iceberg.NewLiteral(iceberg.Timestamp(v.UnixMicro())), nil
		}
	case TimestampNS, TimestampTZNS:
		if n := v.UnixNano(); time.Unix(0, n).Equal(v) {
			return iceberg.NewLiteral(iceberg.TimestampNano(n)), nil
		}
	}
	return nil, notOf(t, v)
}
