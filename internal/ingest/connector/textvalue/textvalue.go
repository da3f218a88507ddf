// Package textvalue is for what texts mean: which type a text is of when
// nobody said so, and what its value is in a column of a type.
//
// It promises that every format which reads untyped text infers and parses
// alike. A type is inferred only where the text says exactly what the type
// holds (the Parse functions); columns that people declared are read more
// kindly (the Kindly functions). Nothing is rounded but into float, and no text
// makes it panic.
// It leaves to others what is a text, which texts mean NULL, and what becomes of
// a value that does not fit.
package textvalue

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Setter sets a row of a vector to the value of a text. It reports whether the
// text fits; where it does not, the row is still to be set.
type Setter func(v *connector.Vector, row int, text []byte) bool

// NewSetter returns the setter of a column, or of one value inside it. A type
// that texts have no form of has a setter that nothing fits. It is not safe for
// concurrent use.
func NewSetter(t connector.Type, own Formats, kindly bool) Setter {
	f := &own
	switch t.Kind {
	case connector.String, connector.Binary:
		return func(v *connector.Vector, row int, text []byte) bool { v.SetText(row, text); return true }
	case connector.Boolean:
		parse := pick(kindly, KindlyBoolean, ParseBoolean)
		return func(v *connector.Vector, row int, text []byte) bool {
			value, ok := parse(text)
			v.SetBool(row, value)
			return ok
		}
	case connector.Int:
		return into((*connector.Vector).Int32s, pick(kindly, KindlyInt, ParseInt))
	case connector.Long:
		return into((*connector.Vector).Int64s, pick(kindly, KindlyLong, ParseLong))
	case connector.Float:
		return into((*connector.Vector).Float32s, pick(kindly, KindlyFloat, ParseFloat))
	case connector.Double:
		return into((*connector.Vector).Float64s, pick(kindly, KindlyDouble, ParseDouble))
	case connector.Decimal:
		return into((*connector.Vector).Decimals, DecimalParser{t.Precision, t.Scale, kindly}.Parse)
	case connector.Date:
		return into((*connector.Vector).Int32s, pick(kindly, f.KindlyDate, f.ParseDate))
	case connector.Timestamp:
		return into((*connector.Vector).Int64s, pick(kindly, f.KindlyTimestamp, f.ParseTimestamp))
	case connector.TimestampTZ:
		return into((*connector.Vector).Int64s, pick(kindly, f.KindlyTimestampTZ, f.ParseTimestampTZ))
	case connector.Time:
		return into((*connector.Vector).Int64s, pick(kindly, KindlyTime, ParseTime))
	case connector.UUID:
		return func(v *connector.Vector, row int, text []byte) bool {
			ok := IsUUID(text)
			if ok {
				v.SetText(row, text)
			}
			return ok
		}
	default:
		return func(*connector.Vector, int, []byte) bool { return false }
	}
}

// into is a setter for values of fixed width.
func into[T any](slots func(*connector.Vector) []T, parse func([]byte) (T, bool)) Setter {
	return func(v *connector.Vector, row int, text []byte) bool {
		value, ok := parse(text)
		if ok {
			slots(v)[row] = value
		}
		return ok
	}
}

func pick[F any](first bool, a, b F) F {
	if first {
		return a
	}
	return b
}

// Evolved returns the type that Iceberg lets a column of type t become and
// that holds text.
func Evolved(t connector.Type, text []byte) (connector.Type, bool) {
	switch t.Kind {
	case connector.Int:
		_, ok := ParseLong(text)
		return connector.Type{Kind: connector.Long}, ok
	case connector.Float:
		_, ok := ParseDouble(text)
		return connector.Type{Kind: connector.Double}, ok
	case connector.Decimal:
		return DecimalParser{Precision: t.Precision, Scale: t.Scale}.wider(text)
	}
	return connector.Type{}, false
}

// LongestShown is how many bytes of a value a message shows.
const LongestShown = 100

// Reason says why a text does not fit a column, and what would keep it.
func Reason(column connector.Column, text []byte) string {
	shown := fmt.Sprintf("%q", text[:min(len(text), LongestShown)])
	if len(text) > LongestShown {
		shown += "…"
	}
	if column.Origin == connector.Declared {
		return fmt.Sprintf("%s does not fit %s, which the column is declared as", shown, column.Type)
	}
	return fmt.Sprintf("%s does not fit %s, which the column is in the table; to keep such values declare it as string and load the table anew", shown, column.Type)
}
