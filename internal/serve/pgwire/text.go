package pgwire

import (
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// textWriter writes values as PostgreSQL prints them.
func textWriter(k kind, a arrow.Array, zone *time.Location) writer {
	a = plain(a)
	if read := integral(a); read != nil {
		return func(b []byte, i int) []byte { return strconv.AppendInt(b, read(i), 10) }
	}
	switch a := a.(type) {
	case *array.Boolean:
		return func(b []byte, i int) []byte { return append(b, "ft"[truthAt(a, i)]) }
	case *array.Float32:
		return func(b []byte, i int) []byte { return appendFloat(b, float64(a.Value(i)), 32, 1e6) }
	case *array.Float64:
		return func(b []byte, i int) []byte { return appendFloat(b, a.Value(i), 64, 1e15) }
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(b []byte, i int) []byte { return appendDecimal(b, a.Value(i), scale) }
	case textual:
		return func(b []byte, i int) []byte { return append(b, a.Value(i)...) }
	case *array.Binary:
		return func(b []byte, i int) []byte { return hex.AppendEncode(append(b, `\x`...), a.Value(i)) }
	case *array.Date32:
		return func(b []byte, i int) []byte { return appendDate(b, int64(a.Value(i))) }
	case *array.Time64:
		return func(b []byte, i int) []byte { return cell.AppendClock(b, int64(a.Value(i))) }
	case *array.Timestamp:
		return timestampText(k, a, zone)
	case *array.MonthDayNanoInterval:
		return func(b []byte, i int) []byte { return cell.AppendInterval(b, a.Value(i)) }
	}
	return otherText(k, a, zone)
}

func otherText(k kind, a arrow.Array, zone *time.Location) writer {
	if lists, ok := a.(array.ListLike); ok && k.element != nil {
		return listText(lists, textWriter(*k.element, lists.ListValues(), zone))
	}
	if k.oid == pgcatalog.JSON {
		return jsonWriter(a)
	}
	return func(b []byte, i int) []byte { return append(b, cell.Text(a, i)...) }
}

func truthAt(a *array.Boolean, i int) int {
	if a.Value(i) {
		return 1
	}
	return 0
}

// appendFloat writes a number in the shortest way that reads back as the same,
// with an exponent where PostgreSQL has one.
func appendFloat(b []byte, f float64, bits int, most float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	case abs != 0 && (abs < 1e-4 || abs >= most):
		return strconv.AppendFloat(b, f, 'e', -1, bits)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}

func timestampText(k kind, a *array.Timestamp, zone *time.Location) writer {
	read := micros(a)
	if k.oid != pgcatalog.TimestampTZ {
		return func(b []byte, i int) []byte { return appendTimestamp(b, read(i)) }
	}
	if zone == time.UTC {
		return func(b []byte, i int) []byte { return appendZoned(b, read(i), 0) }
	}
	return func(b []byte, i int) []byte {
		_, offset := time.UnixMicro(read(i)).In(zone).Zone()
		return appendZoned(b, read(i), offset)
	}
}

// appendZoned writes a time in the zone that is so many seconds before UTC.
func appendZoned(b []byte, t int64, offset int) []byte {
	if t == forever || t == -forever {
		return appendTimestamp(b, t)
	}
	local := t + int64(offset)*1e6
	day, of := floorDiv(local, dayMicros)
	b = appendDay(b, day)
	b = cell.AppendClock(append(b, ' '), of)
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = appendTwo(append(b, sign), offset/3600)
	if rest := offset % 3600; rest != 0 {
		if b = appendTwo(append(b, ':'), rest/60); rest%60 != 0 {
			b = appendTwo(append(b, ':'), rest%60)
		}
	}
	return appendEra(b, day)
}

const dayMicros = 86400 * 1e6

func floorDiv(a, b int64) (quotient, rest int64) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		return quotient - 1, rest + b
	}
	return quotient, rest
}

// appendTimestamp writes microseconds since 1970.
func appendTimestamp(b []byte, t int64) []byte {
	switch t {
	case forever:
		return append(b, "infinity"...)
	case -forever:
		return append(b, "-infinity"...)
	}
	day, of := floorDiv(t, dayMicros)
	b = appendDay(b, day)
	return appendEra(cell.AppendClock(append(b, ' '), of), day)
}

// appendDate writes days since 1970.
func appendDate(b []byte, days int64) []byte {
	switch days {
	case foreverDate:
		return append(b, "infinity"...)
	case -foreverDate:
		return append(b, "-infinity"...)
	}
	return appendEra(appendDay(b, days), days)
}

// appendDay writes the year, the month and the day; years before the first
// count backwards.
func appendDay(b []byte, days int64) []byte {
	y, m, d := civil(days)
	if y <= 0 {
		y = 1 - y
	}
	if y < 1000 {
		b = append(b, "000"[:min(3, 4-len(strconv.FormatInt(y, 10)))]...)
	}
	b = strconv.AppendInt(b, y, 10)
	b = appendTwo(append(b, '-'), m)
	return appendTwo(append(b, '-'), d)
}

func appendEra(b []byte, days int64) []byte {
	if y, _, _ := civil(days); y <= 0 {
		return append(b, " BC"...)
	}
	return b
}

// civil returns the date of a day since 1970, by the calendar that is used now.
func civil(days int64) (year int64, month, day int) {
	era, of := floorDiv(days+719468, 146097)
	yearOf := (of - of/1460 + of/36524 - of/146096) / 365
	dayOf := of - (365*yearOf + yearOf/4 - yearOf/100)
	shifted := (5*dayOf + 2) / 153
	day = int(dayOf - (153*shifted+2)/5 + 1)
	month = int(shifted + 3)
	if month > 12 {
		month -= 12
	}
	year = yearOf + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
