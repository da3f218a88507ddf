package ingest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// errStopped ends a stream whose producers were told to stop.
var errStopped = errors.New("the load was stopped")

// stream carries batches from several readers of files to the one COPY that
// writes them. It is an [array.RecordReader]; batches that wait are bounded.
type stream struct {
	ctx     context.Context //nolint:containedctx // a record reader has no other way to learn that its load ended
	schema  *arrow.Schema
	batches chan arrow.RecordBatch
	current arrow.RecordBatch
	refs    atomic.Int64

	mu  sync.Mutex
	err error
}

// newStream returns a stream that lets waiting batches wait.
func newStream(ctx context.Context, schema *arrow.Schema, waiting int) *stream {
	s := &stream{ctx: ctx, schema: schema, batches: make(chan arrow.RecordBatch, waiting)}
	s.refs.Store(1)
	return s
}

// send hands a batch over; the stream owns it from here on.
func (s *stream) send(b arrow.RecordBatch) error {
	select {
	case s.batches <- b:
		return nil
	case <-s.ctx.Done():
		b.Release()
		return context.Cause(s.ctx)
	}
}

// close ends the stream: with err as the reader's error, or well if it is nil.
func (s *stream) close(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	close(s.batches)
}

// Next takes the next batch; it waits for one.
func (s *stream) Next() bool {
	if s.current != nil {
		s.current.Release()
		s.current = nil
	}
	select {
	case b, ok := <-s.batches:
		s.current = b
		return ok
	case <-s.ctx.Done():
		s.mu.Lock()
		s.err = errors.Join(errStopped, context.Cause(s.ctx))
		s.mu.Unlock()
		return false
	}
}

// Err returns how the stream ended.
func (s *stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Schema returns the schema of every batch.
func (s *stream) Schema() *arrow.Schema { return s.schema }

// RecordBatch returns the batch that Next took.
func (s *stream) RecordBatch() arrow.RecordBatch { return s.current }

// Record is RecordBatch by its former name.
func (s *stream) Record() arrow.RecordBatch { return s.current }

// Retain adds a reference.
func (s *stream) Retain() { s.refs.Add(1) }

// Release drops a reference; with the last one the waiting batches go.
func (s *stream) Release() {
	if s.refs.Add(-1) != 0 {
		return
	}
	if s.current != nil {
		s.current.Release()
		s.current = nil
	}
	for {
		select {
		case b, ok := <-s.batches:
			if !ok {
				return
			}
			b.Release()
		default:
			return
		}
	}
}

var _ array.RecordReader = (*stream)(nil)
