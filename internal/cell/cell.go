// Package cell is for single values of results: how one looks to a person, in
// a table or a CSV file, and what it is in JSON.
//
// It promises that numbers and times lose nothing: decimals keep their scale,
// times their microseconds, and JSON keeps as text what JavaScript's numbers
// cannot hold. It leaves to others how cells are laid out.
package cell

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Null is how a missing value looks in text.
const Null = ""

// Text returns the i-th value of a for people: ISO dates and times, decimals
// with their scale, nested values as JSON. A missing value is [Null].
func Text(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return Null
	}
	switch v := Value(a, i).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case nil:
		return Null
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(b)
	}
}

// Numeric reports whether values of type t are numbers, which tables set flush
// right.
func Numeric(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID()) || arrow.IsDecimal(t.ID())
}

// Value returns the i-th value of a as what encoding/json writes rightly: nil,
// bool, json.Number, string, []any or [Object]. The value is a copy: it outlives
// the array.
func Value(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch v := a.(type) {
	case *array.Boolean:
		return v.Value(i)
	case *array.String:
		return strings.Clone(v.Value(i))
	case *array.LargeString:
		return strings.Clone(v.Value(i))
	case *array.Date32:
		return v.Value(i).ToTime().Format(time.DateOnly)
	case *array.Timestamp:
		return timestamp(v, i)
	case *array.Time64:
		return clock(v, i)
	case *array.MonthDayNanoInterval:
		return string(AppendInterval(nil, v.Value(i)))
	case *array.Decimal128:
		return json.Number(v.Value(i).ToString(v.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Float32:
		return float(float64(v.Value(i)), 32)
	case *array.Float64:
		return float(v.Value(i), 64)
	case *array.Binary:
		return bytes(v.Value(i))
	case *array.LargeBinary:
		return bytes(v.Value(i))
	case *array.FixedSizeBinary:
		return bytes(v.Value(i))
	case *array.Dictionary:
		return Value(v.Dictionary(), v.GetValueIndex(i))
	case array.ExtensionArray:
		return extension(v, i)
	default:
		return nestedOrPlain(a, i)
	}
}

func nestedOrPlain(a arrow.Array, i int) any {
	switch v := a.(type) {
	case *array.Map:
		return mapped(v, i)
	case array.ListLike:
		start, end := v.ValueOffsets(i)
		list := make([]any, 0, end-start)
		for j := start; j < end; j++ {
			list = append(list, Value(v.ListValues(), int(j)))
		}
		return list
	case *array.Struct:
		o := Object{}
		for j, f := range v.DataType().(*arrow.StructType).Fields() {
			o = append(o, Member{f.Name, Value(v.Field(j), i)})
		}
		return o
	default:
		s := a.ValueStr(i)
		if arrow.IsInteger(a.DataType().ID()) {
			return json.Number(s)
		}
		return s
	}
}

// mapped turns a map into an object; its keys become text.
func mapped(v *array.Map, i int) any {
	start, end := v.ValueOffsets(i)
	o := Object{}
	for j := int(start); j < int(end); j++ {
		o = append(o, Member{Text(v.Keys(), j), Value(v.Items(), j)})
	}
	return o
}

func clock(v *array.Time64, i int) string {
	t, unit := v.Value(i), v.DataType().(*arrow.Time64Type).Unit
	switch {
	case unit == arrow.Microsecond:
		return string(AppendClock(nil, int64(t)))
	case t%1000 == 0:
		return string(AppendClock(nil, int64(t/1000)))
	}
	return t.ToTime(unit).Format("15:04:05.999999999")
}

func timestamp(v *array.Timestamp, i int) string {
	t := v.DataType().(*arrow.TimestampType)
	s := v.Value(i).ToTime(t.Unit).UTC().Format("2006-01-02 15:04:05.999999999")
	if t.TimeZone != "" {
		s += "+00"
	}
	return s
}

// float spells a number in the shortest way that reads back as the same; what
// JSON has no number for is text.
func float(f float64, bits int) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	s := strconv.FormatFloat(f, 'f', -1, bits)
	if abs := math.Abs(f); abs != 0 && (abs >= 1e17 || abs < 1e-6) {
		return json.Number(strconv.FormatFloat(f, 'e', -1, bits))
	}
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return json.Number(s)
}

// bytes shows what reads as text as text, else \x and hex digits.
func bytes(b []byte) string {
	for _, c := range b {
		if c < 0x20 && c != '\t' || c >= 0x7f {
			return `\x` + hex.EncodeToString(b)
		}
	}
	return string(b)
}

func extension(v array.ExtensionArray, i int) any {
	if v.ExtensionType().ExtensionName() == "arrow.uuid" {
		if b, ok := v.Storage().(*array.FixedSizeBinary); ok {
			x := b.Value(i)
			return fmt.Sprintf("%x-%x-%x-%x-%x", x[:4], x[4:6], x[6:8], x[8:10], x[10:])
		}
	}
	return Value(v.Storage(), i)
}

// Object is a JSON object that keeps the order of its members.
type Object []Member

// Member is a name and a value of an [Object].
type Member struct {
	Name  string
	Value any
}

// MarshalJSON writes the members in order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}
