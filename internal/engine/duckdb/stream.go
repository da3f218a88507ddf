//go:build duckdb_arrow

package duckdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// stream is a result that is still being computed. It is an
// [array.RecordReader]: at any time it holds one batch, and the engine a small
// buffer ahead of it.
type stream struct {
	s       *session
	sql     string
	columns []engine.Column
	schema  *arrow.Schema
	stop    func()       // ends the watch over the context
	helped  func()       // ends the help of other threads
	ctxErr  func() error // tells whether the context ended
	explain func(error) error
	refs    atomic.Int64

	mu       sync.Mutex // guards what follows
	prepared func()     // frees the statement
	result   *bindings.Result
	options  bindings.ArrowOptions
	current  arrow.RecordBatch
	err      error
	drained  bool // the engine has nothing more to give
	ended    bool // what the stream held is freed
}

var _ engine.Result = (*stream)(nil)

// startStream runs sql until the first of its rows are there.
func (s *session) startStream(ctx context.Context, sql string) (*stream, error) {
	p, done, err := s.prepareQuery(sql)
	if err != nil {
		return nil, err
	}
	s.used = s.used || !leavesNothing(bindings.PreparedStatementType(p))
	result, err := s.execute(ctx, p, sql, bindings.PendingPreparedStreaming)
	if err != nil {
		done()
		return nil, err
	}
	r := &stream{s: s, sql: sql, prepared: done, result: result, ctxErr: ctx.Err,
		explain: func(err error) error { return s.explain(ctx, err) },
		options: bindings.ResultGetArrowOptions(result)}
	r.refs.Store(1)
	if err := r.describe(); err != nil {
		r.finish(err)
		return nil, err
	}
	return r, nil
}

// describe finds out the result's columns.
func (r *stream) describe() error {
	count := bindings.ColumnCount(r.result)
	names := make([]string, count)
	types := make([]bindings.LogicalType, count)
	defer destroyTypes(types)
	for i := range count {
		names[i] = bindings.ColumnName(r.result, i)
		types[i] = bindings.ColumnLogicalType(r.result, i)
		typ, err := r.s.in.typeName(types[i])
		if err != nil {
			return err
		}
		r.columns = append(r.columns, engine.Column{Name: names[i], Type: typ})
	}
	schema, failed := bindings.NewArrowSchema(r.options, types, names)
	if err := dataError(failed); err != nil {
		return fmt.Errorf("translate the result's columns to Arrow: %w", err)
	}
	r.schema = schema
	return nil
}

// dataError reads and frees what a call reported.
func dataError(e bindings.ErrorData) error {
	defer bindings.DestroyErrorData(&e)
	if !bindings.ErrorDataHasError(e) {
		return nil
	}
	return parseError("", bindings.ErrorDataMessage(e))
}

// Next fetches the next batch. It returns false at the end and on an error;
// Err tells which.
func (r *stream) Next() (more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropCurrent()
	if r.drained || r.err != nil || r.ended {
		return false
	}
	err := func() (err error) {
		defer guard(&err)
		more, err = r.fetch()
		return err
	}()
	if err != nil {
		r.err = err
		return false
	}
	return more
}

func (r *stream) fetch() (bool, error) {
	if err := r.ctxErr(); err != nil {
		return false, r.explain(err)
	}
	for {
		chunk := bindings.FetchChunk(*r.result)
		if chunk.Ptr == nil {
			r.drained = true
			r.helped()
			if said := bindings.ResultError(r.result); said != "" {
				return false, r.explain(parseError(r.sql, said))
			}
			return false, nil
		}
		batch, err := r.translate(chunk)
		if err != nil {
			return false, err
		}
		if batch != nil {
			r.current = batch
			return true, nil
		}
	}
}

// translate gives the chunk's rows in Arrow, nil where it has none.
func (r *stream) translate(chunk bindings.DataChunk) (arrow.RecordBatch, error) {
	defer bindings.DestroyDataChunk(&chunk)
	if bindings.DataChunkGetSize(chunk) == 0 {
		return nil, nil
	}
	batch, failed := bindings.DataChunkToArrowArray(r.options, r.schema, chunk)
	if err := dataError(failed); err != nil {
		return nil, fmt.Errorf("translate the result to Arrow: %w", err)
	}
	return batch, nil
}

func (r *stream) dropCurrent() {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
}

// finish frees what the stream holds. A result that was not read to its end is
// interrupted and drained first: only so does the engine let go of it.
func (r *stream) finish(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	if !r.drained && r.err == nil {
		r.err = why
	}
	r.dropCurrent()
	if r.stop != nil {
		r.stop()
	}
	if r.helped != nil {
		r.helped()
	}
	if !r.drained {
		bindings.Interrupt(r.s.conn)
		for chunk := bindings.FetchChunk(*r.result); chunk.Ptr != nil; chunk = bindings.FetchChunk(*r.result) {
			bindings.DestroyDataChunk(&chunk)
		}
	}
	bindings.DestroyArrowOptions(&r.options)
	bindings.DestroyResult(r.result)
	r.prepared()
}

// errReleased is the Err of a stream that was released before its end.
var errReleased = errors.New("the result was released before its end")

// endStream ends the open result, if there is one. The caller holds run.
func (s *session) endStream(why error) {
	if s.open != nil {
		s.open.finish(why)
		s.open = nil
	}
}

// Retain adds a reference.
func (r *stream) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one frees the result and the session.
func (r *stream) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.s.run.Lock()
	defer r.s.run.Unlock()
	if r.s.open == r {
		r.s.endStream(errReleased)
	}
}

// Columns returns the columns by the engine's types.
func (r *stream) Columns() []engine.Column { return r.columns }

// Schema returns the columns in Arrow.
func (r *stream) Schema() *arrow.Schema { return r.schema }

// RecordBatch returns the batch that Next fetched; it is valid until the next
// call of Next unless retained.
func (r *stream) RecordBatch() arrow.RecordBatch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.current
}

// Record is the old name of RecordBatch.
func (r *stream) Record() arrow.RecordBatch { return r.RecordBatch() }

// Err tells how the stream ended; nil is the end of the result.
func (r *stream) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}
