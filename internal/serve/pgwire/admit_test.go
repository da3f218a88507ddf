//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// limited serves within limits.
func limited(l admission.Limits) (*admission.Queue, func(*pgwire.Options)) {
	q := admission.New(l)
	return q, func(o *pgwire.Options) { o.Admission = q }
}

// untilLoad returns when so many statements run and wait.
func untilLoad(t *testing.T, q *admission.Queue, running, waiting int) {
	t.Helper()
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		if l := q.Load(); l.Running == running && l.Waiting == waiting || t.Context().Err() != nil {
			tick.Stop()
			return
		}
	}
}

// asking sends a statement, and tells how it ended.
func asking(t *testing.T, c *pgx.Conn, sql string) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := rows(t, c, sql)
		ended <- err
	}()
	return ended
}

// anna is who connects.
var anna = admission.Who{Principal: "user:anna"}

func TestStatementsWaitUntilThereIsRoom(t *testing.T) {
	r := newRecorder(t)
	q, limits := limited(admission.Limits{Running: 1, User: admission.Limit{Running: 1, Queue: 1}})
	s := newServer(t, limits, r.on)
	second, third := s.connect(t), s.connect(t)
	running := q.Ask(anna)
	waiting := asking(t, second, "select 2")
	untilLoad(t, q, 1, 1)
	_, err := rows(t, third, "select 3")
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != "53400" || e.Message != "too many statements wait to run" || e.Detail != "At most 1 of user:anna may wait." || e.Hint == "" {
		t.Errorf("%+v", e)
	}
	if got, err := rows(t, third, "show timezone"); err != nil || got != "UTC" {
		t.Errorf("what is about the session alone: %s, %v", got, err)
	}
	running.Leave()
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	for _, e := range r.ended(t) {
		waited := e.SQL == "select 2"
		if waited != (e.Waited() > 0) || waited && e.State != audit.Finished || e.SQL == "select 3" && e.Code != admission.QueueFull {
			t.Errorf("%s: %s after waiting for %s: %s", e.SQL, e.State, e.Waited(), e.Code)
		}
	}
}

func TestTheLimitsOfTime(t *testing.T) {
	_, limits := limited(admission.Limits{Running: 1, User: admission.Limit{Time: 50 * time.Millisecond}})
	c := newServer(t, limits).connect(t)
	_, err := rows(t, c, busy)
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != "57014" || e.Message != "canceling statement due to statement timeout" || e.Detail != "Statements of this user may run for 50ms." {
		t.Errorf("%+v", e)
	}
	q, limits := limited(admission.Limits{Running: 1, User: admission.Limit{QueueTime: time.Millisecond}})
	running := q.Ask(anna)
	if _, err := rows(t, newServer(t, limits).connect(t), "select 1"); code(err) != "53400" {
		t.Error(err)
	}
	running.Leave()
}

func TestWhatWaitsIsCancelledTimedOutOrGone(t *testing.T) {
	q, limits := limited(admission.Limits{Running: 1})
	s := newServer(t, limits)
	second := s.connect(t)
	running := q.Ask(anna)
	waiting := asking(t, second, "select 1")
	untilLoad(t, q, 1, 1)
	if err := second.PgConn().CancelRequest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; code(err) != "57014" {
		t.Error(err)
	}
	untilLoad(t, q, 1, 0)
	if _, err := rows(t, second, "set statement_timeout = 20; select 1"); code(err) != "57014" {
		t.Error(err)
	}
	for _, sql := range []string{"select 1", "copy orders from stdin", "insert into orders select * from orders"} {
		c, f := s.dial(t)
		f.Send(&pgproto3.Query{String: sql})
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		untilLoad(t, q, 1, 1)
		_ = c.Close()
		untilLoad(t, q, 1, 0)
	}
	running.Leave()
}

// A client that stops taking rows keeps nobody from running, and goes on when it
// takes them again.
func TestASlowReaderLetsOthersRun(t *testing.T) {
	_, limits := limited(admission.Limits{Running: 1})
	s := newServer(t, limits)
	slow, f := s.dial(t)
	f.Send(&pgproto3.Query{String: "select range, repeat('x', 1000) from range(100000)"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	until(t, f, "D")
	if got, err := rows(t, s.connect(t), "select count(*) from orders"); err != nil || got != "40" {
		t.Errorf("%s, %v", got, err)
	}
	if got := until(t, f, "C"); strings.Count(got, "D") != 99999 {
		t.Errorf("the slow one got %d rows more", strings.Count(got, "D"))
	}
	_ = slow.Close()
}

func TestWhatWaitsForItsClientLetsOthersRun(t *testing.T) {
	q, limits := limited(admission.Limits{Running: 1})
	s := newServer(t, limits)
	c, other := s.connect(t), s.connect(t)
	if _, err := rows(t, c, "begin; declare x cursor for "+endless+"; fetch 5 from x; insert into orders select * from orders limit 1"); err != nil {
		t.Fatal(err)
	}
	if l := q.Load(); l.Running > 0 {
		t.Errorf("a cursor that waits for its client counts as %+v", l)
	}
	if got, err := rows(t, other, "insert into orders select * from orders limit 2; select count(*) from orders"); err != nil || got != "42" {
		t.Errorf("beside a cursor and a change: %s, %v", got, err)
	}
	if _, err := rows(t, c, "fetch 5 from x; commit"); code(err) != "40001" && err != nil {
		t.Error(err)
	}
	_, f := s.dial(t)
	f.Send(&pgproto3.Parse{Query: endless})
	f.Send(&pgproto3.Bind{})
	for _, step := range []struct {
		message pgproto3.FrontendMessage
		answer  string
	}{{&pgproto3.Describe{ObjectType: 'P'}, "T"}, {&pgproto3.Execute{MaxRows: 1}, "s"}} {
		f.Send(step.message)
		f.Send(&pgproto3.Flush{}) // and no Sync
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		until(t, f, step.answer)
		if _, err := rows(t, other, "select 1"); err != nil {
			t.Error(err)
		}
	}
	sending, send := io.Pipe()
	copied := make(chan error, 1)
	go func() {
		_, err := c.PgConn().CopyFrom(t.Context(), sending, "copy shop.prices from stdin")
		copied <- err
	}()
	if _, err := io.WriteString(send, "1.25\n"); err != nil {
		t.Fatal(err)
	}
	untilLoad(t, q, 0, 0)
	if _, err := rows(t, other, "select 1"); err != nil {
		t.Error(err)
	}
	_, _ = io.WriteString(send, "2.5\n")
	_ = send.Close()
	if err := <-copied; err != nil {
		t.Error(err)
	}
	if got, err := rows(t, other, "select count(*) from shop.prices"); err != nil || got != "3" {
		t.Errorf("%s, %v", got, err)
	}
}

// Transactions hold no places, so that those which change the same table end.
func TestTransactionsDoNotWaitForEachOther(t *testing.T) {
	_, limits := limited(admission.Limits{Running: 1})
	s := newServer(t, limits)
	var ended []<-chan error
	for range 6 {
		ended = append(ended, asking(t, s.connect(t), "update orders set amount = amount + 1"))
	}
	for _, e := range ended {
		if err := <-e; err != nil {
			t.Error(err)
		}
	}
	if got, err := rows(t, s.connect(t), "select sum(amount) from orders"); err != nil || got != "8040.00" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestUsersHaveOnlySoManyConnections(t *testing.T) {
	_, limits := limited(admission.Limits{Connections: 7, User: admission.Limit{Connections: 1}})
	s := newServer(t, limits)
	c := s.connect(t)
	if got, err := rows(t, c, "show max_connections"); err != nil || got != "7" {
		t.Errorf("%s, %v", got, err)
	}
	_, err := pgx.Connect(t.Context(), s.url(""))
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != "53300" || e.Detail != "At most 1 of user:anna may be connected." {
		t.Errorf("%v: %+v", err, e)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for {
		again, err := pgx.Connect(t.Context(), s.url(""))
		if err == nil {
			_ = again.Close(t.Context())
			return
		}
		if code(err) != "53300" {
			t.Fatal(err)
		}
	}
}

func TestStoppingEndsWhatWaitsAndLetsEndWhatRuns(t *testing.T) {
	q, limits := limited(admission.Limits{Running: 1})
	s := newServer(t, limits)
	_, f := s.dial(t)
	f.Send(&pgproto3.Query{String: "select range, repeat('x', 1000) from range(30000)"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	until(t, f, "D")
	waiter, open := s.connect(t), s.connect(t)
	if _, err := rows(t, open, "begin; declare x cursor for select * from orders; fetch 1 from x"); err != nil {
		t.Fatal(err)
	}
	running := q.Ask(anna)
	if err := running.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	waiting := asking(t, waiter, "select 1")
	untilLoad(t, q, 1, 1)
	q.Stop()
	s.stop()
	if err := <-waiting; code(err) != "57P01" {
		t.Error(err)
	}
	if _, err := rows(t, open, "select 1"); code(err) != "57P03" && code(err) != "57P01" {
		t.Error(err)
	}
	running.Leave()
	if got := until(t, f, "C"); !strings.HasSuffix(got, "C(SELECT 30000)") {
		t.Error(got[max(0, len(got)-100):])
	}
	if _, err := pgx.Connect(context.Background(), s.url("")); err == nil {
		t.Error("a client is let in")
	}
}
