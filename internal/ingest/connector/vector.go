package connector

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Vector holds the values of one column of a batch that is being made, in
// Arrow's layout. Row numbers count from the start of the batch; every value
// is present until it is set to NULL.
type Vector struct {
	dtype arrow.DataType
	// present has a bit for each row.
	present []byte
	// fixed are the values of types of fixed width; the ends of strings.
	fixed []byte
	// ends are fixed where the column holds strings: row i's at index i+1.
	ends []int32
	// text are the bytes of strings; its capacity is what was reserved.
	text []byte
}

func newVector(dtype arrow.DataType) *Vector {
	v := &Vector{dtype: dtype}
	v.start()
	return v
}

// start begins an empty vector without room for rows.
func (v *Vector) start() {
	v.present, v.fixed = recycled.Allocate(0), recycled.Allocate(v.fixedSize(0))
	if v.isString() {
		v.text = recycled.Allocate(0)
		v.ends = arrow.Int32Traits.CastFromBytes(v.fixed)
		v.ends[0] = 0
	}
}

// grow makes room for rows.
func (v *Vector) grow(rows int) {
	v.fixed = recycled.Reallocate(v.fixedSize(rows), v.fixed)
	if v.isString() {
		v.ends = arrow.Int32Traits.CastFromBytes(v.fixed)
	}
	old := len(v.present)
	v.present = recycled.Reallocate(int(bitutil.BytesForBits(int64(rows))), v.present)
	for i := old; i < len(v.present); i++ {
		v.present[i] = 0xFF
	}
}

func (v *Vector) isString() bool { return v.dtype.ID() == arrow.STRING }

// fixedSize is how many bytes of fixed n rows take.
func (v *Vector) fixedSize(n int) int {
	if v.isString() {
		return arrow.Int32Traits.BytesRequired(n + 1)
	}
	width := v.dtype.(arrow.FixedWidthDataType).BitWidth()
	return int(bitutil.BytesForBits(int64(n) * int64(width)))
}

// Int32s are the values of Int and Date columns, by row.
func (v *Vector) Int32s() []int32 { return arrow.Int32Traits.CastFromBytes(v.fixed) }

// Int64s are the values of Long, Timestamp and TimestampTZ columns, by row.
func (v *Vector) Int64s() []int64 { return arrow.Int64Traits.CastFromBytes(v.fixed) }

// Float32s are the values of Float columns, by row.
func (v *Vector) Float32s() []float32 { return arrow.Float32Traits.CastFromBytes(v.fixed) }

// Float64s are the values of Double columns, by row.
func (v *Vector) Float64s() []float64 { return arrow.Float64Traits.CastFromBytes(v.fixed) }

// Decimals are the values of Decimal columns, by row.
func (v *Vector) Decimals() []decimal128.Num { return arrow.Decimal128Traits.CastFromBytes(v.fixed) }

// SetBool sets a value of a Boolean column.
func (v *Vector) SetBool(row int, value bool) { bitutil.SetBitTo(v.fixed, row, value) }

// SetNull sets a value to NULL; rows of a String column come in order.
func (v *Vector) SetNull(row int) {
	v.present[row>>3] &^= 1 << (row & 7)
	if v.ends != nil {
		v.ends[row+1] = int32(len(v.text))
	}
}

// CopyText is SetText of src[lo:hi], faster for short texts: src has [Padding]
// bytes behind hi that may be read.
func (v *Vector) CopyText(row int, src []byte, lo, hi int) {
	at, n := len(v.text), hi-lo
	if cap(v.text)-at < n+Padding {
		v.reserve(n)
	}
	if n <= 16 {
		to, from := v.text[at:at+16], src[lo:lo+16]
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from))
		binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(from[8:]))
		v.text = v.text[:at+n]
	} else {
		v.text = append(v.text, src[lo:hi]...)
	}
	v.ends[row+1] = int32(at + n)
}

// SetText sets the value of a String column; rows come in order.
func (v *Vector) SetText(row int, value []byte) {
	v.reserve(len(value))
	v.text = append(v.text, value...)
	v.ends[row+1] = int32(len(v.text))
}

func (v *Vector) reserve(room int) {
	if used := len(v.text); cap(v.text)-used < room+Padding {
		v.text = recycled.Reallocate(max(2*used, used+room+Padding), v.text)[:used]
	}
}

// rewind forgets the rows from row on; to is behind the last that was set.
func (v *Vector) rewind(row, to int) {
	for i := row; i < to; i++ {
		v.present[i>>3] |= 1 << (i & 7)
	}
	if v.isString() {
		v.text = v.text[:v.ends[row]]
	}
}

// finish returns the first n rows as an array and starts anew.
func (v *Vector) finish(n int) arrow.Array {
	nulls := n - bitutil.CountSetBits(v.present, 0, n)
	buffers := []*memory.Buffer{nil, wrap(v.fixed, v.fixedSize(n))}
	if nulls > 0 {
		buffers[0] = wrap(v.present, int(bitutil.BytesForBits(int64(n))))
	} else {
		recycled.Free(v.present)
	}
	if v.isString() {
		buffers = append(buffers, wrap(v.text, len(v.text)))
	}
	data := array.NewData(v.dtype, n, buffers, nil, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	defer data.Release()
	v.start()
	return array.MakeFromData(data)
}

// free gives the memory back.
func (v *Vector) free() {
	recycled.Free(v.present)
	recycled.Free(v.fixed)
	recycled.Free(v.text)
	v.present, v.fixed, v.ends, v.text = nil, nil, nil, nil
}

func wrap(b []byte, size int) *memory.Buffer {
	return memory.NewBufferWithAllocator(b[:size], recycled)
}

// NullRows sets the rows from lo to hi to NULL.
func (v *Vector) NullRows(lo, hi int) {
	for row := lo; row < hi; row++ {
		v.SetNull(row)
	}
}
