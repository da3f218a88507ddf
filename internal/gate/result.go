package gate

import (
	"context"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Result is the rows of a statement that passed the gate. It streams, and must
// be released.
type Result struct {
	// Columns are what it has, by the engine's types.
	Columns []engine.Column
	// Tables are what it reads; see [Plan].
	Tables []ident.Table

	p       *passage
	rows    engine.Result
	session engine.Session
	explain func(error) error
	refs    atomic.Int64
	end     func()
	err     error

	ahead []arrow.RecordBatch // read already, the first of them by Next
	given bool                // the first of them was
}

var _ array.RecordReader = (*Result)(nil)

// run runs what passed. The result owns the session.
func (p *passage) run(ctx context.Context) (*Result, error) {
	rows, err := p.session.Query(ctx, p.sql)
	if err != nil {
		err = p.engineProblem(ctx, err)
		p.close()
		return nil, err
	}
	r := &Result{p: p, Columns: rows.Columns(), Tables: p.tables, rows: rows, session: p.session,
		explain: func(err error) error { return p.engineProblem(ctx, err) }}
	r.refs.Store(1)
	return r, nil
}

// Ahead reads the rows before anybody asks for them: all of them where they take
// no more than so many bytes, which it reports.
func (r *Result) Ahead(most int64) (whole bool, err error) {
	var size int64
	for size <= most {
		if !r.fetch() {
			return r.err == nil, r.err
		}
		b := r.rows.RecordBatch()
		b.Retain()
		r.ahead = append(r.ahead, b)
		size += engine.BatchBytes(b)
	}
	return false, nil
}

// Next fetches the next batch; false is the end, or an error that Err tells.
func (r *Result) Next() bool {
	if r.given {
		r.ahead[0].Release()
		r.ahead, r.given = r.ahead[1:], false
	}
	if len(r.ahead) > 0 {
		r.given = true
		return true
	}
	return r.fetch()
}

func (r *Result) fetch() bool {
	if r.rows.Next() {
		return true
	}
	if err := r.rows.Err(); err != nil && r.err == nil {
		r.err = r.explain(err)
	}
	return false
}

// Still is an error where somebody may no longer read what the statement reads,
// as things are at this moment.
func (r *Result) Still(who policy.Who) error {
	rights := r.p.g.rights(Statement{Who: who})
	for _, t := range r.p.asked {
		if why := rights.refusal(policy.Select, t); why != "" {
			return denied(r.p.problem("denied", -1, "%s", why))
		}
	}
	return nil
}

// Err tells how the result ended.
func (r *Result) Err() error { return r.err }

// Schema returns the columns in Arrow.
func (r *Result) Schema() *arrow.Schema { return r.rows.Schema() }

// RecordBatch returns what Next fetched, valid until the next call of Next.
func (r *Result) RecordBatch() arrow.RecordBatch {
	if r.given {
		return r.ahead[0]
	}
	return r.rows.RecordBatch()
}

// Record is the old name of RecordBatch.
func (r *Result) Record() arrow.RecordBatch { return r.RecordBatch() }

// Retain adds a reference.
func (r *Result) Retain() { r.refs.Add(1) }

// Finally sets what is done once the last reference is dropped.
func (r *Result) Finally(end func()) { r.end = end }

// Release drops a reference; the last one ends the statement.
func (r *Result) Release() {
	if r.refs.Add(-1) == 0 {
		for _, b := range r.ahead {
			b.Release()
		}
		r.ahead, r.given = nil, false
		r.rows.Release()
		_ = r.session.Close() // always nil for a session that is idle
		if r.end != nil {
			r.end()
		}
	}
}
