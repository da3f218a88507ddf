package httpapi

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/policy"
)

// admitted is a statement that is on record and runs, or waits to. It ends with
// its rows, or by end.
type admitted struct {
	asked
	turn  *admission.Turn
	entry *audit.Entry
}

// admit puts a statement on record, and asks for its place.
func (s *Server) admit(ctx context.Context, st asked) (_ *admitted, err error) {
	st.Decisions = &gate.Decisions{}
	a := &admitted{asked: st, turn: s.turn(st.Who)}
	if a.entry, err = s.record(ctx, st, a.turn.Waits()); err == nil {
		err = a.turn.Refused()
	}
	if err != nil {
		a.end(ctx, err)
		return nil, err
	}
	return a, nil
}

func (s *Server) turn(who policy.Who) *admission.Turn {
	return s.Admission.Ask(admission.Who{Principal: who.Principal.String(), Groups: who.Groups})
}

// end ends a statement that has no rows.
func (a *admitted) end(ctx context.Context, err error) {
	a.turn.Leave()
	a.entry.Finish(outcome(ctx, err))
}

// running is a statement that runs, for who asked as they are when it begins.
type running struct {
	gate.Statement
	// stop is called at its end.
	stop func()
}

// begin returns when there is room for a statement, which begun is told of; where
// it does not begin it has ended. The context is the one that it runs in, which
// ends when statements may run no longer, or who asked may not be here any more.
func (s *Server) begin(ctx context.Context, a *admitted, begun func()) (context.Context, *running, error) {
	st, waited := a.Statement, a.turn.Waits()
	ctx, leave := s.attend(ctx, a.shown)
	err := a.turn.Wait(ctx)
	if err == nil && waited {
		st.Who, err = a.now(s)(ctx)
	}
	if err != nil {
		err = because(ctx, err)
		a.end(ctx, err)
		leave()
		return nil, nil, err
	}
	a.entry.Start()
	begun()
	ctx, cancel := context.WithTimeoutCause(ctx, a.turn.Time(), errTooLong)
	return ctx, &running{st, func() { cancel(); leave() }}, nil
}

// query lets a statement pass when there is room for it, which begun is told of,
// for as long as it may run.
func (s *Server) query(ctx context.Context, a *admitted, begun func()) (array.RecordReader, []engine.Column, error) {
	ctx, st, err := s.begin(ctx, a, begun)
	if err != nil {
		return nil, nil, err
	}
	rows, columns, err := s.pass(ctx, st.Statement)
	a.entry.Decided(a.Decisions.Policies())
	if err != nil {
		err = because(ctx, err)
		a.end(ctx, err)
		st.stop()
		return nil, nil, err
	}
	a.entry.Planned(rows.Tables)
	return audit.Rows(ctx, &paced{RecordReader: rows, ctx: ctx, stop: st.stop, turn: a.turn}, a.entry), columns, nil
}

// because is why a statement failed whose context may have ended.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// paced are rows that are found while the statement has its place: whoever takes
// them slowly lets others run. It is released once.
type paced struct {
	array.RecordReader
	ctx  context.Context //nolint:containedctx // lasts as long as the rows
	stop func()
	turn *admission.Turn
	err  error
}

// Next fetches the next batch.
func (p *paced) Next() bool {
	if p.err = p.turn.Wait(p.ctx); p.err != nil || !p.RecordReader.Next() {
		return false
	}
	p.turn.Rest()
	return true
}

// Record is the old name of RecordBatch.
func (p *paced) Record() arrow.RecordBatch { return p.RecordBatch() }

// Err tells how the rows ended.
func (p *paced) Err() error {
	if p.err != nil {
		return p.err
	}
	return because(p.ctx, p.RecordReader.Err())
}

// Release ends the statement.
func (p *paced) Release() {
	p.RecordReader.Release()
	p.turn.Leave()
	p.stop()
}
