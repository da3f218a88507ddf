package arrowvalue

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// millisPerDay is how Arrow's date64 counts a day.
const millisPerDay = 24 * 60 * 60 * 1000

// moments returns the getter of times; nil for others.
func (c *columns) moments(a arrow.Array) getter {
	switch a := a.(type) {
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		kind := connector.Timestamp
		if t.TimeZone != "" {
			kind = connector.TimestampTZ
		}
		values := a.TimestampValues()
		return c.micros(kind, t.Unit, func(row int) int64 { return int64(values[row]) })
	case *array.Time32:
		return c.micros(connector.Time, a.DataType().(*arrow.Time32Type).Unit, func(row int) int64 { return int64(a.Value(row)) })
	case *array.Time64:
		return c.micros(connector.Time, a.DataType().(*arrow.Time64Type).Unit, func(row int) int64 { return int64(a.Value(row)) })
	case *array.Duration:
		get := c.micros(connector.Timestamp, a.DataType().(*arrow.DurationType).Unit, func(row int) int64 { return int64(a.Value(row)) })
		return func(row int, x *typed.Value) {
			if get(row, x); x.Kind == connector.Timestamp {
				x.Kind = connector.Long
			}
		}
	case *array.Date64:
		return func(row int, x *typed.Value) {
			n := int64(a.Value(row))
			x.Kind, x.Int = connector.Date, n/millisPerDay
			if n%millisPerDay != 0 { // no date: it does not fit one
				x.Kind, x.Int = connector.Timestamp, n*1000
			}
		}
	}
	return nil
}

// micros returns the getter of times in a unit. One that is beyond what
// microseconds hold is a number, which fits no column of times.
func (c *columns) micros(kind connector.Kind, unit arrow.TimeUnit, value func(row int) int64) getter {
	switch unit {
	case arrow.Nanosecond:
		return func(row int, x *typed.Value) {
			n := value(row)
			x.Kind, x.Int = kind, n/1000
			rest := n % 1000
			if rest < 0 {
				x.Int--
				rest += 1000
			}
			if !c.truncate {
				x.Nanos = int16(rest)
			}
		}
	case arrow.Microsecond:
		return func(row int, x *typed.Value) { x.Kind, x.Int = kind, value(row) }
	}
	size := int64(1000)
	if unit == arrow.Second {
		size = 1e6
	}
	return func(row int, x *typed.Value) {
		n := value(row)
		x.Kind, x.Int = kind, n*size
		if !fitsMicros(n, size) {
			x.Kind, x.Int = connector.Long, n
		}
	}
}

// stringBytes are the bytes of a string, which are only read.
func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
