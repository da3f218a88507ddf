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
//
// Vectors nest. Row i of a struct is row i of each of its [Vector.Child]s. The
// rows of a list are runs of rows of its [Vector.Elem], those of a map runs of
// its [Vector.Entries], a struct of key and value.
type Vector struct {
	dtype arrow.DataType
	// present has a bit for each row.
	present []byte
	// fixed are the values of types of fixed width; the ends of strings and
	// lists.
	fixed []byte
	// ends are fixed where the rows are runs: row i's at index i+1.
	ends []int32
	// text are the bytes of strings; its capacity is what was reserved.
	text []byte
	// children are a struct's fields, or the one elem of a list.
	children []*Vector
	// rows is for how many rows there is room, next the row that Extend adds.
	rows, next int
}

func newVector(dtype arrow.DataType) *Vector {
	v := &Vector{dtype: dtype}
	switch t := dtype.(type) {
	case *arrow.StructType:
		for _, f := range t.Fields() {
			v.children = append(v.children, newVector(f.Type))
		}
	case *arrow.ListType:
		v.children = []*Vector{newVector(t.Elem())}
	case *arrow.MapType:
		v.children = []*Vector{newVector(t.Elem())}
	}
	v.start()
	return v
}

// start begins an empty vector without room for rows. Its children have begun.
func (v *Vector) start() {
	v.rows, v.next = 0, 0
	v.present, v.fixed = recycled.Allocate(0), recycled.Allocate(v.fixedSize(0))
	if v.isText() {
		v.text = recycled.Allocate(0)
	}
	if v.hasEnds() {
		v.ends = arrow.Int32Traits.CastFromBytes(v.fixed)
		v.ends[0] = 0
	}
}

// grow makes room for rows.
func (v *Vector) grow(rows int) {
	v.rows = rows
	v.fixed = recycled.Reallocate(v.fixedSize(rows), v.fixed)
	if v.hasEnds() {
		v.ends = arrow.Int32Traits.CastFromBytes(v.fixed)
	}
	old := len(v.present)
	v.present = recycled.Reallocate(int(bitutil.BytesForBits(int64(rows))), v.present)
	for i := old; i < len(v.present); i++ {
		v.present[i] = 0xFF
	}
	if v.isStruct() {
		for _, c := range v.children {
			c.grow(rows)
		}
	}
}

func (v *Vector) isText() bool {
	id := v.dtype.ID()
	return id == arrow.STRING || id == arrow.BINARY
}

func (v *Vector) isStruct() bool { return v.dtype.ID() == arrow.STRUCT }

func (v *Vector) isRuns() bool {
	id := v.dtype.ID()
	return id == arrow.LIST || id == arrow.MAP
}

func (v *Vector) hasEnds() bool { return v.isText() || v.isRuns() }

// fixedSize is how many bytes of fixed n rows take.
func (v *Vector) fixedSize(n int) int {
	if v.hasEnds() {
		return arrow.Int32Traits.BytesRequired(n + 1)
	}
	if v.isStruct() {
		return 0
	}
	width := v.dtype.(arrow.FixedWidthDataType).BitWidth()
	return int(bitutil.BytesForBits(int64(n) * int64(width)))
}

// Int32s are the values of Int and Date columns, by row.
func (v *Vector) Int32s() []int32 { return arrow.Int32Traits.CastFromBytes(v.fixed) }

// Int64s are the values of Long, Time, Timestamp and TimestampTZ columns, by
// row.
func (v *Vector) Int64s() []int64 { return arrow.Int64Traits.CastFromBytes(v.fixed) }

// Float32s are the values of Float columns, by row.
func (v *Vector) Float32s() []float32 { return arrow.Float32Traits.CastFromBytes(v.fixed) }

// Float64s are the values of Double columns, by row.
func (v *Vector) Float64s() []float64 { return arrow.Float64Traits.CastFromBytes(v.fixed) }

// Decimals are the values of Decimal columns, by row.
func (v *Vector) Decimals() []decimal128.Num { return arrow.Decimal128Traits.CastFromBytes(v.fixed) }

// SetBool sets a value of a Boolean column.
func (v *Vector) SetBool(row int, value bool) { bitutil.SetBitTo(v.fixed, row, value) }

// SetNull sets a value to NULL, and with a struct its fields; rows of texts,
// lists and maps come in order.
func (v *Vector) SetNull(row int) {
	v.present[row>>3] &^= 1 << (row & 7)
	switch {
	case v.ends == nil:
		if v.isStruct() {
			for _, c := range v.children {
				c.SetNull(row)
			}
		}
	case v.isRuns():
		v.SetList(row)
	default:
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

// SetText sets the value of a String, UUID or Binary column; rows come in
// order.
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
	switch {
	case v.isText():
		v.text = v.text[:v.ends[row]]
	case v.isRuns():
		elem, end := v.children[0], int(v.ends[row])
		elem.rewind(end, elem.next)
		elem.next = end
	default:
		for _, c := range v.children {
			c.rewind(row, to)
		}
	}
}

// finish returns the first n rows as an array and starts anew.
func (v *Vector) finish(n int) arrow.Array {
	data := v.data(n)
	defer data.Release()
	return array.MakeFromData(data)
}

func (v *Vector) data(n int) *array.Data {
	nulls := n - bitutil.CountSetBits(v.present, 0, n)
	buffers := []*memory.Buffer{nil}
	if v.isStruct() {
		recycled.Free(v.fixed)
	} else {
		buffers = append(buffers, wrap(v.fixed, v.fixedSize(n)))
	}
	if nulls > 0 {
		buffers[0] = wrap(v.present, int(bitutil.BytesForBits(int64(n))))
	} else {
		recycled.Free(v.present)
	}
	if v.isText() {
		buffers = append(buffers, wrap(v.text, len(v.text)))
	}
	var children []arrow.ArrayData
	for _, c := range v.children {
		rows := n
		if v.isRuns() {
			rows = int(v.ends[n])
		}
		child := c.data(rows)
		defer child.Release()
		children = append(children, child)
	}
	data := array.NewData(v.dtype, n, buffers, children, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	v.start()
	return data
}

// free gives the memory back.
func (v *Vector) free() {
	recycled.Free(v.present)
	recycled.Free(v.fixed)
	recycled.Free(v.text)
	for _, c := range v.children {
		c.free()
	}
	v.present, v.fixed, v.ends, v.text = nil, nil, nil, nil
}

func wrap(b []byte, size int) *memory.Buffer {
	return memory.NewBufferWithAllocator(b[:size], recycled)
}

// textSize is how many bytes of text the vector holds, nested ones counted;
// elements count for their width.
func (v *Vector) textSize() int {
	size := len(v.text)
	for _, c := range v.children {
		size += c.textSize()
	}
	if v.isRuns() {
		size += 8 * v.children[0].next
	}
	return size
}

// NullRows sets the rows from lo to hi to NULL.
func (v *Vector) NullRows(lo, hi int) {
	for row := lo; row < hi; row++ {
		v.SetNull(row)
	}
}
