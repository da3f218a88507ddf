package pgwire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
)

// writer writes the i-th value of a column, which is not NULL.
type writer func(b []byte, i int) []byte

// batch is some rows of a result, and how their columns are written. What it
// writes is valid until the result fetches the next.
type batch struct {
	rows, at int
	fields   []field
	scratch  []byte
}

// field is a column of a batch. nulls is nil where no value is NULL.
type field struct {
	nulls arrow.Array
	write writer
}

func (f *field) null(i int) bool { return f.nulls != nil && f.nulls.IsNull(i) }

func newBatch(rows arrow.RecordBatch, columns []column, formats []int16, zone *time.Location) *batch {
	b := &batch{rows: int(rows.NumRows()), fields: make([]field, len(columns))}
	for i, col := range columns {
		a, f := rows.Column(i), &b.fields[i]
		if formatOf(formats, i) == 1 {
			f.write = binaryWriter(col.kind, a)
		} else {
			f.write = textWriter(col.kind, a, zone)
		}
		if a.NullN() > 0 {
			f.nulls = a
		}
	}
	return b
}

// left is how many rows were not written.
func (b *batch) left() int { return b.rows - b.at }

// row writes the next row as a message.
func (b *batch) row(out []byte) []byte {
	start := len(out)
	out = b.tuple(append(out, 'D', 0, 0, 0, 0))
	binary.BigEndian.PutUint32(out[start+1:], uint32(len(out)-start-1)) //nolint:gosec // a row is far smaller
	b.at++
	return out
}

// tuple writes the values of a row behind their number.
func (b *batch) tuple(out []byte) []byte {
	out = binary.BigEndian.AppendUint16(out, uint16(len(b.fields))) //nolint:gosec // the engine has fewer columns
	for k := range b.fields {
		f := &b.fields[k]
		if f.null(b.at) {
			out = append(out, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		out = sized(out, f.write, b.at)
	}
	return out
}

// sized writes a value behind its length.
func sized(out []byte, write writer, i int) []byte {
	at := len(out)
	out = append(out, 0, 0, 0, 0)
	out = write(out, i)
	binary.BigEndian.PutUint32(out[at:], uint32(len(out)-at-4)) //nolint:gosec // a value is far smaller
	return out
}

// jsonWriter writes what has parts.
func jsonWriter(a arrow.Array) writer {
	return func(b []byte, i int) []byte {
		text, err := json.Marshal(cell.Value(a, i))
		if err != nil {
			return fmt.Append(b, cell.Text(a, i))
		}
		return append(b, text...)
	}
}

// plain looks through extension types, which are other types with a name.
func plain(a arrow.Array) arrow.Array {
	if e, ok := a.(array.ExtensionArray); ok && e.ExtensionType().ExtensionName() != "arrow.uuid" {
		return e.Storage()
	}
	return a
}

// textual are arrays of texts.
type textual interface {
	arrow.Array
	Value(i int) string
}

// integral returns what reads a column of whole numbers; nil is another one.
func integral(a arrow.Array) func(i int) int64 {
	switch a := a.(type) {
	case *array.Int8:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int16:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int32:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int64:
		return a.Value
	case *array.Uint8:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Uint16:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Uint32:
		return func(i int) int64 { return int64(a.Value(i)) }
	}
	return nil
}

// The engine's infinities.
const (
	forever     = 1<<63 - 1
	foreverDate = 1<<31 - 1
)

// micros returns what reads a column of times as microseconds since 1970.
func micros(a *array.Timestamp) func(i int) int64 {
	switch a.DataType().(*arrow.TimestampType).Unit {
	case arrow.Second:
		return func(i int) int64 { return scaled(int64(a.Value(i)), 1e6) }
	case arrow.Millisecond:
		return func(i int) int64 { return scaled(int64(a.Value(i)), 1e3) }
	case arrow.Nanosecond:
		return func(i int) int64 { return int64(a.Value(i)) / 1000 }
	}
	return func(i int) int64 { return int64(a.Value(i)) }
}

func scaled(n, by int64) int64 {
	if n == forever || n == -forever {
		return n
	}
	return n * by
}
