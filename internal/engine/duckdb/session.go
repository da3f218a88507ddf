//go:build duckdb_arrow

package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// session has a connection for as long as it lives. It is an [engine.Session].
type session struct {
	in *instance

	// life guards the connection against Close; interrupts only read it.
	life sync.RWMutex
	*connection
	closed bool

	// run is held while a call works; open and readers belong to its holder.
	run     sync.Mutex
	open    *stream
	readers []*registration
	helped  func() // ends the help for the call
	// described is what was described last: it is often run next.
	described described
}

// begin takes the session for one call; end gives it back.
func (s *session) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.run.Lock()
	if s.closed {
		s.run.Unlock()
		return engine.ErrClosed
	}
	if s.open != nil {
		s.run.Unlock()
		return engine.ErrBusy
	}
	s.helped = s.in.helpers.help()
	return nil
}

func (s *session) end() {
	s.helped()
	s.run.Unlock()
}

// interrupt makes the engine give up what the session runs.
func (s *session) interrupt() {
	s.life.RLock()
	defer s.life.RUnlock()
	if !s.closed {
		bindings.Interrupt(s.conn)
	}
}

// watch interrupts the session when ctx ends. The function it returns ends the
// watch; after it, no interrupt is on its way that could hit the next statement.
func (s *session) watch(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		s.interrupt()
		close(done)
	})
	return sync.OnceFunc(func() {
		if !unwatch() {
			<-done
		}
	})
}

// Exec runs one statement or several and returns the number of rows changed.
func (s *session) Exec(ctx context.Context, sql string) (changed int64, err error) {
	defer guard(&err)
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	defer s.end()
	defer s.watch(ctx)()
	statements, err := s.extract(sql)
	if err != nil {
		return 0, s.explain(ctx, err)
	}
	defer statements.destroy()
	s.used = true
	s.keep(described{})
	for i := range statements.count {
		n, err := s.execOne(ctx, statements, i)
		if err != nil {
			return changed, s.explain(ctx, err)
		}
		changed += n
	}
	return changed, nil
}

func (s *session) execOne(ctx context.Context, st *statements, i int) (int64, error) {
	p, err := s.prepare(st, i)
	if err != nil {
		return 0, err
	}
	defer bindings.DestroyPrepare(&p)
	r, err := s.execute(ctx, p, st.sql, bindings.PendingPrepared)
	if err != nil {
		return 0, err
	}
	defer bindings.DestroyResult(r)
	return int64(bindings.RowsChanged(r)), nil
}

// Query runs one statement and streams its result.
func (s *session) Query(ctx context.Context, sql string) (_ engine.Result, err error) {
	defer guard(&err)
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	stop := s.watch(ctx)
	r, err := s.startStream(ctx, sql)
	if err != nil {
		stop()
		return nil, s.explain(ctx, err)
	}
	r.stop, r.helped = stop, s.in.helpers.help()
	s.open = r
	return r, nil
}

// Describe returns the columns of a statement's result without running it.
func (s *session) Describe(ctx context.Context, sql string) (_ []engine.Column, err error) {
	defer guard(&err)
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	defer s.watch(ctx)()
	cols, err := s.describe(sql)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return cols, nil
}

// Placeholders returns the placeholders of a statement, without running it.
func (s *session) Placeholders(ctx context.Context, sql string) (_ []engine.Column, err error) {
	defer guard(&err)
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	defer s.watch(ctx)()
	list, err := s.placeholders(sql)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return list, nil
}

// Kind tells what one statement is, without running it.
func (s *session) Kind(ctx context.Context, sql string) (_ string, err error) {
	defer guard(&err)
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	defer s.end()
	defer s.watch(ctx)()
	p, done, err := s.prepareOnly(sql)
	if err != nil {
		return "", s.explain(ctx, err)
	}
	defer done()
	return kinds[bindings.PreparedStatementType(p)], nil
}

var kinds = map[bindings.StatementType]string{
	bindings.StatementTypeSelect: "SELECT", bindings.StatementTypeInsert: "INSERT", bindings.StatementTypeUpdate: "UPDATE",
	bindings.StatementTypeDelete: "DELETE", bindings.StatementTypeMergeInto: "MERGE", bindings.StatementTypeCreate: "CREATE",
	bindings.StatementTypeAlter: "ALTER", bindings.StatementTypeDrop: "DROP", bindings.StatementTypeTransaction: "TRANSACTION",
}

func (s *session) describe(sql string) ([]engine.Column, error) {
	p, done, err := s.prepareOnly(sql)
	if err != nil {
		return nil, err
	}
	s.keep(described{sql, p, done})
	cols := make([]engine.Column, bindings.PreparedStatementColumnCount(p))
	for i := range cols {
		n := bindings.IdxT(i)
		t := bindings.PreparedStatementColumnLogicalType(p, n)
		name, err := s.in.typeName(t)
		bindings.DestroyLogicalType(&t)
		if err != nil {
			return nil, err
		}
		cols[i] = engine.Column{Name: bindings.PreparedStatementColumnName(p, n), Type: name}
	}
	return cols, nil
}

// Close frees the session, interrupting what it still runs.
func (s *session) Close() (err error) {
	defer guard(&err)
	s.interrupt()
	s.run.Lock()
	defer s.run.Unlock()
	if s.closed {
		return nil
	}
	s.endStream(engine.ErrClosed)
	s.keep(described{})
	for len(s.readers) > 0 {
		s.drop(s.readers[0])
	}
	s.life.Lock()
	s.closed = true
	s.life.Unlock()
	s.in.forget(s)
	return nil
}

// explain returns the reason that is behind an error of the engine: that the
// context ended, or that a registered reader failed.
func (s *session) explain(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("the statement was stopped: %w", cause)
	}
	for _, r := range s.readers {
		if cause := r.source.Err(); cause != nil {
			return fmt.Errorf("read the rows: %w", cause)
		}
	}
	var e *engine.Error
	if errors.As(err, &e) && e.Kind == engine.Interrupted {
		e.Message = "one of the engine's threads failed, and it does not say why"
	}
	return err
}

// checkText refuses text that the engine would read only in part.
func checkText(sql string) error {
	if strings.IndexByte(sql, 0) >= 0 {
		return errors.New("the statement contains a NUL character")
	}
	return nil
}
