package connector

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

const (
	// A batch is full with so many rows or cells, but not with fewer rows, or
	// with so many bytes of text.
	batchRows  = 32 << 10
	batchCells = 1 << 20
	fewestRows = 1 << 10
	batchText  = 32 << 20
	// firstRows is what room is made for first.
	firstRows = 2 << 10
)

// Batch collects rows of a layout and hands them to a sink when it is full.
type Batch struct {
	schema  *arrow.Schema
	vectors []*Vector
	lines   *Vector
	// discarded is nil where the layout does not discard values.
	discarded *Vector
	discards  []discard
	// discarding is how many bytes the discards hold, at least.
	discarding int
	rows       int
	// room is how many rows the vectors have room for, size the most they get.
	room, size int
	// bytes is what AddSized was told.
	bytes int
	sink  Sink
}

// NewBatch returns an empty batch. Its memory is given back by Close.
func NewBatch(layout *Layout, sink Sink) *Batch {
	size := max(fewestRows, min(batchRows, batchCells/(len(layout.Columns)+1)))
	b := &Batch{schema: layout.Schema(), size: size, sink: sink, lines: newVector(arrow.PrimitiveTypes.Int64)}
	for _, c := range layout.Columns {
		b.vectors = append(b.vectors, newVector(c.Type.Arrow()))
	}
	if layout.DiscardValues {
		b.discarded = newVector(DiscardedType.Arrow())
	}
	return b
}

// Rows is the number of the next row.
func (b *Batch) Rows() int { return b.rows }

// Left is how many rows there are until the batch is full; never 0.
func (b *Batch) Left() int { return b.size - b.rows }

// Reserve makes room for n rows, no more than are left. Only then may they be
// set.
func (b *Batch) Reserve(n int) {
	if b.rows+n <= b.room {
		return
	}
	b.room = min(b.size, max(firstRows, 2*b.room, b.rows+n))
	for _, v := range b.vectors {
		v.grow(b.room)
	}
	b.lines.grow(b.room)
	if b.discarded != nil {
		b.discarded.grow(b.room)
	}
}

// Vector is the column at index i of the layout.
func (b *Batch) Vector(i int) *Vector { return b.vectors[i] }

// Lines are the lines of the rows.
func (b *Batch) Lines() []int64 { return b.lines.Int64s() }

// Add says that the next n rows are set in every column, and flushes a full
// batch.
func (b *Batch) Add(n int) error {
	b.rows += n
	text := b.discarding
	for _, v := range b.vectors {
		text += v.textSize()
	}
	if b.rows >= b.size || text >= batchText {
		return b.Flush()
	}
	return nil
}

// AddSized is Add of one row of about so many bytes, without looking at every
// column.
func (b *Batch) AddSized(bytes int) error {
	b.rows++
	b.bytes += bytes
	if b.rows >= b.size || b.bytes >= batchText {
		return b.Flush()
	}
	return nil
}

// Rewind forgets n rows that were set but not added.
func (b *Batch) Rewind(n int) {
	for _, v := range b.vectors {
		v.rewind(b.rows, b.rows+n)
	}
	b.rewindDiscards(b.rows)
}

// Flush hands what was added to the sink.
func (b *Batch) Flush() error {
	if b.rows == 0 {
		return nil
	}
	columns := append(b.vectors[:len(b.vectors):len(b.vectors)], b.lines)
	if b.discarded != nil {
		b.setDiscards()
		columns = append(columns, b.discarded)
	}
	arrays := make([]arrow.Array, 0, len(columns))
	for _, v := range columns {
		arrays = append(arrays, v.finish(b.rows))
	}
	record := array.NewRecordBatch(b.schema, arrays, int64(b.rows))
	for _, a := range arrays {
		a.Release()
	}
	defer record.Release()
	b.rows, b.room, b.bytes = 0, 0, 0
	return b.sink.Rows(record)
}

// Close gives back the memory of what was not flushed.
func (b *Batch) Close() {
	for _, v := range b.vectors {
		v.free()
	}
	b.lines.free()
	if b.discarded != nil {
		b.discarded.free()
	}
}
