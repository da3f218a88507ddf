//go:build duckdb_arrow

package duckdb

import (
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// source stands between the engine's threads and a reader: it takes calls one
// at a time, keeps the reader's error for the caller, and stops panics.
//
// The reader runs on a goroutine of its own. The engine calls from threads of
// its own, where Go ends the process when a reader is built on a coroutine
// (iter.Pull, array.ReaderFromIter).
type source struct {
	schema  *arrow.Schema
	ask     chan struct{}
	answer  chan answer
	stopped chan struct{}

	mu   sync.Mutex // held while the reader works
	last answer
	done bool
}

// answer is what a reader gave: a batch of its own, nil at the end.
type answer struct {
	batch arrow.RecordBatch
	err   error
}

var _ array.RecordReader = (*source)(nil)

// newSource starts to serve from. It must be closed.
func newSource(from array.RecordReader) *source {
	r := &source{schema: from.Schema(), ask: make(chan struct{}), answer: make(chan answer), stopped: make(chan struct{})}
	from.Retain()
	go r.serve(from)
	return r
}

func (r *source) serve(from array.RecordReader) {
	defer close(r.stopped)
	defer from.Release()
	for range r.ask {
		r.answer <- next(from)
	}
}

func next(from array.RecordReader) (a answer) {
	defer guard(&a.err)
	if from.Next() {
		return answer{batch: from.RecordBatch()}
	}
	return answer{err: from.Err()}
}

// close waits for the reader to end its work and lets go of it. No call may
// come after it.
func (r *source) close() {
	close(r.ask)
	<-r.stopped
}

// Next asks the reader for its next batch.
func (r *source) Next() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done {
		return false
	}
	r.ask <- struct{}{}
	r.last = <-r.answer
	r.done = r.last.batch == nil
	return !r.done
}

// Err tells whether the reader failed.
func (r *source) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last.err
}

// RecordBatch is the reader's batch.
func (r *source) RecordBatch() arrow.RecordBatch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last.batch
}

// Record is the old name of RecordBatch.
func (r *source) Record() arrow.RecordBatch { return r.RecordBatch() }

// Schema is the reader's.
func (r *source) Schema() *arrow.Schema { return r.schema }

// Retain does nothing: a source lives until it is closed.
func (r *source) Retain() {}

// Release does nothing, as Retain.
func (r *source) Release() {}
