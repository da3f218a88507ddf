package app

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/run"
)

// record is the record of statements, as this process writes it.
type record struct {
	*audit.Log
	// present makes the process one that is known to live; nil is somebody
	// else's.
	present *run.Presence
	// lenient lets run what cannot be recorded.
	lenient bool
}

// recording opens the record of statements, once, for a process that is present
// already, or that is made so (nil).
func (a *App) recording(ctx context.Context, present *run.Presence) (*record, error) {
	if a.record != nil {
		return a.record, nil
	}
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	r := &record{lenient: a.config.Audit.OnFailure == config.RunUnrecorded}
	process := present
	if process == nil {
		if r.present, err = s.journal.Attend(ctx, a.options.Command, a.options.Logger); err != nil {
			return nil, err
		}
		process = r.present
	}
	r.Log, err = audit.Open(ctx, audit.Options{
		State: s.state, Process: process.ID(), Live: s.journal.Live, Keep: a.config.Audit.Keep, Logger: a.options.Logger,
	})
	if err != nil {
		return nil, errors.Join(err, r.leave())
	}
	a.record = r
	return r, nil
}

func (r *record) leave() error {
	if r.present == nil {
		return nil
	}
	return r.present.Leave(context.Background())
}

func (r *record) close() error { return errors.Join(r.Log.Close(), r.leave()) }

// endRecord closes the record while the process is still known to live.
func (a *App) endRecord() error {
	if a.record == nil {
		return nil
	}
	err := a.record.close()
	a.record = nil
	return err
}

// submit puts a statement on record. One that cannot be does not run, unless the
// settings say otherwise; nil is one that is not on record.
func (r *record) submit(ctx context.Context, st audit.Statement) (*audit.Entry, error) {
	e, err := r.Submit(ctx, st)
	switch {
	case err == nil:
		return e, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case r.lenient:
		r.Logger.Warn("a statement runs that is not on record", "principal", st.Principal, "error", err.Error())
		return nil, nil
	}
	return nil, diag.New("not-recorded", diag.Place{}, "the statement cannot be put on record, and does not run: %v", err).WithCause(err).
		WithHint("see that the state database can be written; audit.on_failure: run lets statements run that are not on record")
}

// Query runs a person's SELECT through the gate, on record. The reader must be
// released.
func (a *App) Query(ctx context.Context, r QueryRequest) (array.RecordReader, error) {
	log, err := a.recording(ctx, nil)
	if err != nil {
		return nil, err
	}
	entry, err := log.submit(ctx, audit.Statement{Principal: a.principal.String(), Roles: []string{"owner"}, Protocol: "command",
		Application: "tarn " + a.options.Command, SQL: r.SQL})
	if err != nil {
		return nil, err
	}
	rows, err := a.ask(ctx, r)
	if err != nil {
		entry.Finish(outcome(ctx, err))
		return nil, err
	}
	entry.Planned(rows.Tables)
	q := &recorded{RecordReader: rows, ctx: ctx, entry: entry}
	q.refs.Store(1)
	return q, nil
}

// outcome is how a statement ended that gave this error; nil is none.
func outcome(ctx context.Context, err error) audit.Outcome {
	var p *diag.Problem
	switch {
	case err == nil:
		return audit.Outcome{State: audit.Finished}
	case ctx.Err() != nil:
		return audit.Outcome{State: audit.Cancelled, Code: "cancelled", Message: err.Error()}
	case errors.As(err, &p):
		return audit.Outcome{State: audit.Failed, Code: p.Code, Message: p.Message}
	}
	return audit.Outcome{State: audit.Failed, Code: "internal", Message: err.Error()}
}

// recorded are the rows of a statement on record, which ends with them.
type recorded struct {
	array.RecordReader
	ctx   context.Context //nolint:containedctx // tells at the end whether it was cancelled
	entry *audit.Entry
	refs  atomic.Int64
}

// Next fetches the next batch.
func (q *recorded) Next() bool {
	if !q.RecordReader.Next() {
		return false
	}
	batch := q.RecordBatch()
	bytes := int64(0)
	for _, column := range batch.Columns() {
		bytes += size(column.Data())
	}
	q.entry.Sent(batch.NumRows(), bytes)
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
func (q *recorded) Record() arrow.RecordBatch { return q.RecordBatch() }

// Retain adds a reference.
func (q *recorded) Retain() { q.refs.Add(1) }

// Release drops a reference; the last one ends the statement.
func (q *recorded) Release() {
	if q.refs.Add(-1) == 0 {
		q.entry.Finish(outcome(q.ctx, q.Err()))
		q.RecordReader.Release()
	}
}
