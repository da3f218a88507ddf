package write

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// begun is a reader of which somebody has read the first batch, to see whether
// there is one: the engine need not be asked to write nothing.
type begun struct {
	array.RecordReader
	first arrow.RecordBatch // until it was given
	given bool
}

// first returns a reader of all the rows of from, which may be nil; nil is that
// it has none. It must be released.
func first(from array.RecordReader) (*begun, error) {
	if from == nil {
		return nil, nil
	}
	for from.Next() {
		if batch := from.RecordBatch(); batch.NumRows() > 0 {
			batch.Retain()
			from.Retain()
			return &begun{RecordReader: from, first: batch}, nil
		}
	}
	if err := from.Err(); err != nil {
		return nil, fmt.Errorf("read the rows: %w", err)
	}
	return nil, nil
}

// Next gives the first batch, and then those that follow.
func (b *begun) Next() bool {
	if !b.given {
		b.given = true
		return true
	}
	b.drop()
	return b.RecordReader.Next()
}

// RecordBatch is the batch that Next gave.
func (b *begun) RecordBatch() arrow.RecordBatch {
	if b.first != nil {
		return b.first
	}
	return b.RecordReader.RecordBatch()
}

// Record is the old name of RecordBatch.
func (b *begun) Record() arrow.RecordBatch { return b.RecordBatch() }

func (b *begun) drop() {
	if b.first != nil {
		b.first.Release()
		b.first = nil
	}
}

// Release lets go of the rows.
func (b *begun) Release() {
	b.drop()
	b.RecordReader.Release()
}
