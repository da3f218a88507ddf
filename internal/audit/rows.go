package audit

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
)

// OutcomeOf is how a statement ended that gave this error; nil is none. Why it was
// cancelled may have an SQLSTATE.
func OutcomeOf(ctx context.Context, err error) Outcome {
	var p *diag.Problem
	switch {
	case err == nil:
		return Outcome{State: Finished}
	case ctx.Err() != nil:
		o := Outcome{State: Cancelled, Code: "cancelled", Message: context.Cause(ctx).Error()}
		var why interface{ SQLState() string }
		if errors.As(context.Cause(ctx), &why) {
			o.SQLState = why.SQLState()
		}
		return o
	case errors.As(err, &p):
		return Outcome{State: Failed, Code: p.Code, Message: p.Message}
	}
	return Outcome{State: Failed, Code: "internal", Message: err.Error()}
}

// rows are those of a statement on record, which ends with them.
type rows struct {
	array.RecordReader
	ctx   context.Context //nolint:containedctx // tells at the end whether it was cancelled
	entry *Entry
	refs  atomic.Int64
}

// Rows returns the rows of a statement on record, which ends when they are
// released.
func Rows(ctx context.Context, of array.RecordReader, e *Entry) array.RecordReader {
	r := &rows{RecordReader: of, ctx: ctx, entry: e}
	r.refs.Store(1)
	return r
}

// Next fetches the next batch.
func (r *rows) Next() bool {
	if !r.RecordReader.Next() {
		return false
	}
	batch := r.RecordBatch()
	bytes := int64(0)
	for _, column := range batch.Columns() {
		bytes += size(column.Data())
	}
	r.entry.Sent(batch.NumRows(), bytes)
	return true
}

// size is how many bytes an array has in memory.
func size(d arrow.ArrayData) (bytes int64) {
	for _, b := range d.Buffers() {
		if b != nil {
			bytes += int64(b.Len())
		}
	}
	for _, child := range d.Children() {
		bytes += size(child)
	}
	return bytes
}

// Record is the old name of RecordBatch.
func (r *rows) Record() arrow.RecordBatch { return r.RecordBatch() }

// Retain adds a reference.
func (r *rows) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one ends the statement.
func (r *rows) Release() {
	if r.refs.Add(-1) == 0 {
		r.entry.Finish(OutcomeOf(r.ctx, r.Err()))
		r.RecordReader.Release()
	}
}
