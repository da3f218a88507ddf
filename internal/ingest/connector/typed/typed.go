// Package typed is for inputs that say themselves what type their values have:
// Parquet and Avro files, tables of databases. They bring their fields and
// [Value]s; columns, casts and rejects are the same for all of them.
//
// It promises that a value is written exactly or not at all: one that its
// column does not hold rejects its record, or is discarded where the contract
// says so. The columns of several inputs come together by name, whatever their
// order.
// It leaves to others how an input is read, and where rows go.
//
// # Columns
//
// A new column has the type that holds the values of all inputs: long for int
// and long, double for numbers of which some are float or double, the decimal
// that holds all digits, timestamp for dates and timestamps, text for other
// scalars. Structs have the fields of all. Where no type holds both, a person
// has to declare the column. A column of the table widens as Iceberg allows
// where the contract says evolve; else it stays, and values are cast.
//
// # Casts
//
// A value whose type is not its column's goes by way of its text, as if it had
// been read from CSV into a declared column: 5.0 is a long, 2024-01-31 a
// timestamp, a moment without zone is taken as UTC. Anything is a string,
// nested values as JSON. Digits behind microseconds fit no time.
//
// # Rejects
//
// A record of a binary input has no text of its own: it is kept in quarantine
// as a JSON object of its fields.
package typed

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Value is one value as its input has it. The zero Value is NULL.
type Value struct {
	// Present says that the value is not NULL.
	Present bool
	// Kind says which of the fields below hold the value.
	Kind connector.Kind
	// Int is a Boolean (0 or 1), an Int or Long, a Date in days, a Time in
	// microseconds since midnight, or a Timestamp or TimestampTZ in
	// microseconds since 1970.
	Int int64
	// Nanos are the nanoseconds of a Time, Timestamp or TimestampTZ behind Int:
	// 0 to 999.
	Nanos int16
	// Scale is how many of Decimal's digits are behind the point.
	Scale int16
	// Float is a Float or Double.
	Float float64
	// Decimal is a Decimal without its point.
	Decimal decimal128.Num
	// Bytes are a String, a Binary, or a UUID as text.
	Bytes []byte
	// Items are the elements of a List, the fields of a Struct, or the keys and
	// values of a Map by turns.
	Items []Value
	// Fields are those of a Struct, in the order of Items. Structs of the same
	// type share them.
	Fields []connector.Field
}

// Column gives the values of one field of several records. What a value points
// to is valid until the next call of At.
type Column interface {
	// At sets x to the value of a row.
	At(row int, x *Value)
}
