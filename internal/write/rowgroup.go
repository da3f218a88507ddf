package write

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory/mallocator"

	"github.com/tarn-lake/tarn/internal/engine"
)

// joining holds what was joined, outside of Go's heap: a large table passes through
// whole, and the collector would let several groups gather before it takes one away.
var joining = mallocator.NewMallocator()

// groupBytes is about how large a batch of a row group may become.
const groupBytes = 16 << 20

// grouped are the rows of a reader in batches of a row group each. Threads of the
// engine take a batch each in turn and make row groups of what they took: of
// short batches each would get every other one, so that any two row groups had
// rows from the same part of the reader, and who looks for a value by the row
// groups' bounds had to read both. A batch ends early where it is large.
type grouped struct {
	from  array.RecordReader
	rows  int64
	parts []arrow.RecordBatch // of the group that is being gathered
	rest  arrow.RecordBatch   // of a batch, for the next group
	group arrow.RecordBatch   // the one that Next gave
	err   error
	refs  atomic.Int64
}

var _ array.RecordReader = (*grouped)(nil)

// groupRows takes over a reference to from.
func groupRows(from array.RecordReader, rows int64) *grouped {
	r := &grouped{from: from, rows: rows}
	r.refs.Store(1)
	return r
}

// Retain adds a reference.
func (r *grouped) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one lets go of the rows.
func (r *grouped) Release() {
	if r.refs.Add(-1) == 0 {
		r.end()
		if r.rest != nil {
			r.rest.Release()
		}
		r.forget()
		r.from.Release()
	}
}

// Next gathers the next group.
func (r *grouped) Next() bool {
	r.end()
	if len(r.parts) == 0 && r.err == nil {
		r.err = r.gather()
	}
	if len(r.parts) == 0 || r.err != nil {
		return false
	}
	joined, err := join(r.parts)
	if err != nil { // of a type that Arrow does not join: they go one by one
		r.group, r.parts = r.parts[0], r.parts[1:]
		return true
	}
	r.group = joined
	r.forget()
	return true
}

// gather reads until a group is there, or the end.
func (r *grouped) gather() error {
	var rows, size int64
	for rows < r.rows && size < groupBytes {
		batch, err := r.batch()
		if batch == nil {
			return err
		}
		if n := r.rows - rows; batch.NumRows() > n {
			r.rest = batch.NewSlice(n, batch.NumRows())
			head := batch.NewSlice(0, n)
			batch.Release()
			batch = head
		}
		r.parts = append(r.parts, batch)
		rows, size = rows+batch.NumRows(), size+engine.BatchBytes(batch)
	}
	return nil
}

// batch returns the next rows, to be released; nil is the end.
func (r *grouped) batch() (arrow.RecordBatch, error) {
	if batch := r.rest; batch != nil {
		r.rest = nil
		return batch, nil
	}
	for r.from.Next() {
		if batch := r.from.RecordBatch(); batch.NumRows() > 0 {
			batch.Retain()
			return batch, nil
		}
	}
	return nil, r.from.Err()
}

// join makes one batch of several, or of one, whose rows begin where its memory
// does: the engine reads others wrongly where they have lists.
func join(parts []arrow.RecordBatch) (arrow.RecordBatch, error) {
	if len(parts) == 1 && !slices.ContainsFunc(parts[0].Columns(), func(c arrow.Array) bool { return isPart(c.Data()) }) {
		parts[0].Retain()
		return parts[0], nil
	}
	columns := make([]arrow.Array, parts[0].NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	var rows int64
	for _, p := range parts {
		rows += p.NumRows()
	}
	for i := range columns {
		pieces := make([]arrow.Array, len(parts))
		for j, p := range parts {
			pieces[j] = p.Column(i)
		}
		var err error
		if columns[i], err = array.Concatenate(pieces, joining); err != nil {
			return nil, fmt.Errorf("join the batches of column %s: %w", parts[0].ColumnName(i), err)
		}
	}
	return array.NewRecordBatch(parts[0].Schema(), columns, rows), nil
}

// end lets go of the group that Next gave.
func (r *grouped) end() {
	if r.group != nil {
		r.group.Release()
		r.group = nil
	}
}

// isPart reports whether an array begins behind the beginning of its memory.
func isPart(d arrow.ArrayData) bool {
	return d.Offset() > 0 || slices.ContainsFunc(d.Children(), isPart)
}

func (r *grouped) forget() {
	for _, p := range r.parts {
		p.Release()
	}
	r.parts = r.parts[:0]
}

// Schema is the reader's.
func (r *grouped) Schema() *arrow.Schema { return r.from.Schema() }

// RecordBatch is the group that Next gave, valid until the next call.
func (r *grouped) RecordBatch() arrow.RecordBatch { return r.group }

// Record is the old name of RecordBatch.
func (r *grouped) Record() arrow.RecordBatch { return r.group }

// Err tells why there are no more; nil is the end of the rows.
func (r *grouped) Err() error { return r.err }
