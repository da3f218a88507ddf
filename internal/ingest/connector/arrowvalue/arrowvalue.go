// Package arrowvalue is for what comes as Arrow arrays, from Parquet files and
// from other programs: it shows them as typed values.
//
// It promises that every type either has one of ours that holds its values, or
// is refused; a value that ours does not hold stays one that fits no column. It
// leaves to others where arrays come from, and to typed what becomes of values.
package arrowvalue

import (
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// getter sets x, which is a zero Value, to the value of a row, which is not
// NULL.
type getter func(row int, x *typed.Value)

// Column is an Arrow array as values.
type Column struct {
	array arrow.Array
	get   getter
	arena *typed.Arena
}

// NewColumn returns the values of an array whose type has passed [TypeOf]. With
// truncate, times lose the nanoseconds behind their microseconds.
func NewColumn(a arrow.Array, truncate bool) *Column {
	c := &columns{arena: &typed.Arena{}, truncate: truncate}
	return &Column{array: a, get: c.getter(a), arena: c.arena}
}

// At sets x to the value of a row.
func (c *Column) At(row int, x *typed.Value) {
	*x = typed.Value{}
	if c.array.IsNull(row) {
		return
	}
	c.arena.Reset()
	x.Present = true
	c.get(row, x)
}

// columns makes the getters of one column and of what is inside it.
type columns struct {
	arena    *typed.Arena
	truncate bool
}

// getter returns the getter of an array.
func (c *columns) getter(a arrow.Array) getter {
	switch a := a.(type) {
	case array.ExtensionArray:
		if isUUID(a.ExtensionType()) {
			return uuids(a.Storage().(*array.FixedSizeBinary))
		}
		return c.getter(a.Storage())
	case *array.Dictionary:
		values := c.getter(a.Dictionary())
		return func(row int, x *typed.Value) { values(a.GetValueIndex(row), x) }
	case *array.Struct:
		return c.structs(a)
	case *array.Map:
		return c.maps(a)
	case array.ListLike:
		return c.lists(a)
	}
	if g := numbers(a); g != nil {
		return g
	}
	if g := c.moments(a); g != nil {
		return g
	}
	return texts(a)
}

// at is At for what is inside another value.
func at(a arrow.Array, get getter, row int, x *typed.Value) {
	*x = typed.Value{}
	if a.IsValid(row) {
		x.Present = true
		get(row, x)
	}
}

func (c *columns) structs(a *array.Struct) getter {
	t, _ := structType(a.DataType().(*arrow.StructType)) // has passed TypeOf
	inner := make([]getter, a.NumField())
	for i := range inner {
		inner[i] = c.getter(a.Field(i))
	}
	return func(row int, x *typed.Value) {
		x.Kind, x.Fields, x.Items = connector.Struct, t.Fields, c.arena.Take(len(inner))
		for i, get := range inner {
			at(a.Field(i), get, row, &x.Items[i])
		}
	}
}

func (c *columns) lists(a array.ListLike) getter {
	values := a.ListValues()
	inner := c.getter(values)
	return func(row int, x *typed.Value) {
		start, end := a.ValueOffsets(row)
		x.Kind, x.Items = connector.List, c.arena.Take(int(end-start))
		for i := range x.Items {
			at(values, inner, int(start)+i, &x.Items[i])
		}
	}
}

func (c *columns) maps(a *array.Map) getter {
	keys, values := a.Keys(), a.Items()
	key, value := c.getter(keys), c.getter(values)
	return func(row int, x *typed.Value) {
		start, end := a.ValueOffsets(row)
		x.Kind, x.Items = connector.Map, c.arena.Take(2*int(end-start))
		for i := int(start); i < int(end); i++ {
			entry := x.Items[2*(i-int(start)):]
			at(keys, key, i, &entry[0])
			at(values, value, i, &entry[1])
		}
	}
}

func uuids(a *array.FixedSizeBinary) getter {
	return func(row int, x *typed.Value) {
		id, _ := uuid.FromBytes(a.Value(row)) // 16 bytes, by its type
		x.Kind, x.Bytes = connector.UUID, []byte(id.String())
	}
}

// whole returns the getter of whole numbers of a kind.
func whole[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | arrow.Date32](kind connector.Kind, values []T) getter {
	return func(row int, x *typed.Value) { x.Kind, x.Int = kind, int64(values[row]) }
}

// numbers returns the getter of numbers, booleans and dates; nil for others.
func numbers(a arrow.Array) getter {
	switch a := a.(type) {
	case *array.Int8:
		return whole(connector.Int, a.Int8Values())
	case *array.Int16:
		return whole(connector.Int, a.Int16Values())
	case *array.Int32:
		return whole(connector.Int, a.Int32Values())
	case *array.Int64:
		return whole(connector.Long, a.Int64Values())
	case *array.Uint8:
		return whole(connector.Int, a.Uint8Values())
	case *array.Uint16:
		return whole(connector.Int, a.Uint16Values())
	case *array.Uint32:
		return whole(connector.Long, a.Uint32Values())
	case *array.Date32:
		return whole(connector.Date, a.Date32Values())
	case *array.Uint64:
		return func(row int, x *typed.Value) {
			x.Kind, x.Decimal = connector.Decimal, decimal128.FromU64(a.Value(row))
		}
	case *array.Float16:
		return func(row int, x *typed.Value) {
			x.Kind, x.Float = connector.Float, float64(a.Value(row).Float32())
		}
	case *array.Float32:
		return func(row int, x *typed.Value) { x.Kind, x.Float = connector.Float, float64(a.Value(row)) }
	case *array.Float64:
		return func(row int, x *typed.Value) { x.Kind, x.Float = connector.Double, a.Value(row) }
	case *array.Boolean:
		return func(row int, x *typed.Value) {
			x.Kind = connector.Boolean
			if a.Value(row) {
				x.Int = 1
			}
		}
	}
	return decimals(a)
}

func decimals(a arrow.Array) getter {
	t, ok := a.DataType().(arrow.DecimalType)
	if !ok {
		return nil
	}
	if !fitsDecimal(t) {
		return func(row int, x *typed.Value) { x.Kind, x.Bytes = connector.String, []byte(a.ValueStr(row)) }
	}
	switch a := a.(type) {
	case *array.Decimal128:
		return func(row int, x *typed.Value) {
			x.Kind, x.Decimal, x.Scale = connector.Decimal, a.Value(row), int16(t.GetScale())
		}
	default:
		return func(row int, x *typed.Value) {
			n, err := decimal128.FromString(a.ValueStr(row), t.GetPrecision(), t.GetScale())
			x.Kind, x.Decimal, x.Scale = connector.Decimal, n, int16(t.GetScale())
			if err != nil {
				x.Kind, x.Bytes = connector.String, []byte(a.ValueStr(row))
			}
		}
	}
}

// texts returns the getter of strings and bytes.
func texts(a arrow.Array) getter {
	kind := connector.Binary
	if id := a.DataType().ID(); id == arrow.STRING || id == arrow.LARGE_STRING {
		kind = connector.String
	}
	var value func(row int) []byte
	switch a := a.(type) {
	case *array.String:
		value = func(row int) []byte { return stringBytes(a.Value(row)) }
	case *array.LargeString:
		value = func(row int) []byte { return stringBytes(a.Value(row)) }
	case *array.Binary:
		value = a.Value
	case *array.LargeBinary:
		value = a.Value
	case *array.FixedSizeBinary:
		value = a.Value
	default: // cannot be: TypeOf refuses it
		return func(row int, x *typed.Value) {
			x.Kind, x.Bytes = connector.String, []byte(fmt.Sprintf("%s %s", a.DataType(), a.ValueStr(row)))
		}
	}
	return func(row int, x *typed.Value) { x.Kind, x.Bytes = kind, value(row) }
}

// fitsMicros reports whether a number of units fits in microseconds.
func fitsMicros(n, unit int64) bool { return n <= math.MaxInt64/unit && n >= math.MinInt64/unit }
