// Package generated is for tables that nobody stores: rows which Tarn makes up
// of what it knows, handed to the engine as Arrow.
//
// It promises that rows are made as they are read, a batch at a time, and that
// an error ends them where it happens. It leaves to others what the rows are
// (app, gate).
package generated

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// batchRows is how many rows are made at a time.
const batchRows = 2048

// Kind is the type of a column.
type Kind uint8

// The kinds, with the values that rows give for them; nil is NULL for all, and
// so is a zero time.
const (
	Text   Kind = iota // string
	Long               // int64 or int
	Int                // int
	Bool               // bool
	Time               // time.Time
	Counts             // map[string]int64
	Pairs              // []Pair
	Texts              // []string
)

// Pair is an entry of a column of the kind Pairs; Null is one without a value.
type Pair struct {
	Key, Value string
	Null       bool
}

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Table is columns, and rows with a value for each.
type Table struct {
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

var types = map[Kind]arrow.DataType{
	Text: arrow.BinaryTypes.String, Long: arrow.PrimitiveTypes.Int64, Int: arrow.PrimitiveTypes.Int32, Bool: arrow.FixedWidthTypes.Boolean,
	Time:   &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
	Counts: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64),
	Pairs:  arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String),
	Texts:  arrow.ListOf(arrow.BinaryTypes.String),
}

// Reader returns the rows as Arrow; it must be released.
func (t Table) Reader() array.RecordReader {
	fields := make([]arrow.Field, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: types[c.Kind], Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	return array.ReaderFromIter(schema, func(yield func(arrow.RecordBatch, error) bool) {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		n := 0
		for row, err := range t.Rows {
			if err == nil {
				err = add(b, row)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if n++; n%batchRows == 0 && !yield(b.NewRecordBatch(), nil) {
				return
			}
		}
		if n%batchRows > 0 {
			yield(b.NewRecordBatch(), nil)
		}
	})
}

// First returns the table with its first n rows only.
func (t Table) First(n int) Table {
	rows := t.Rows
	t.Rows = func(yield func([]any, error) bool) {
		left := n
		if left <= 0 {
			return
		}
		for row, err := range rows {
			left--
			if !yield(row, err) || left == 0 {
				return
			}
		}
	}
	return t
}

// All yields rows that are there already.
func All(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func add(b *array.RecordBuilder, row []any) error {
	if len(row) != len(b.Fields()) {
		return fmt.Errorf("a generated row has %d values for %d columns", len(row), len(b.Fields()))
	}
	for i, v := range row {
		if err := put(b.Field(i), v); err != nil {
			return fmt.Errorf("the generated column %s: %w", b.Schema().Field(i).Name, err)
		}
	}
	return nil
}

func put(b array.Builder, v any) error {
	if t, ok := v.(time.Time); v == nil || ok && t.IsZero() {
		b.AppendNull()
		return nil
	}
	switch to := b.(type) {
	case *array.StringBuilder:
		if s, ok := v.(string); ok {
			to.Append(s)
			return nil
		}
	case *array.Int64Builder:
		switch n := v.(type) {
		case int64:
			to.Append(n)
			return nil
		case int:
			to.Append(int64(n))
			return nil
		}
	case *array.Int32Builder:
		if n, ok := v.(int); ok {
			to.Append(int32(n))
			return nil
		}
	case *array.BooleanBuilder:
		if x, ok := v.(bool); ok {
			to.Append(x)
			return nil
		}
	case *array.TimestampBuilder:
		if t, ok := v.(time.Time); ok {
			to.Append(arrow.Timestamp(t.UnixMicro()))
			return nil
		}
	case *array.MapBuilder:
		return putMap(to, v)
	case *array.ListBuilder:
		if list, ok := v.([]string); ok {
			to.Append(true)
			for _, s := range list {
				to.ValueBuilder().(*array.StringBuilder).Append(s)
			}
			return nil
		}
	}
	return fmt.Errorf("%T is no value of %s", v, b.Type())
}

func putMap(b *array.MapBuilder, v any) error {
	key, ok := b.KeyBuilder().(*array.StringBuilder)
	if !ok {
		return fmt.Errorf("%s has no keys of text", b.Type())
	}
	switch v := v.(type) {
	case map[string]int64:
		value, ok := b.ItemBuilder().(*array.Int64Builder)
		if !ok {
			break
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b.Append(true)
		for _, k := range keys {
			key.Append(k)
			value.Append(v[k])
		}
		return nil
	case []Pair:
		value, ok := b.ItemBuilder().(*array.StringBuilder)
		if !ok {
			break
		}
		b.Append(true)
		for _, p := range v {
			key.Append(p.Key)
			if p.Null {
				value.AppendNull()
			} else {
				value.Append(p.Value)
			}
		}
		return nil
	}
	return fmt.Errorf("%T is no value of %s", v, b.Type())
}
