package process

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// untilSaid asks for the metrics until they have a line.
func (s *serving) untilSaid(ctx context.Context, line string) {
	s.t.Helper()
	for !strings.Contains(s.must("GET", "/metrics", ""), line+"\n") {
		if ctx.Err() != nil {
			s.t.Fatalf("the metrics never say %s", line)
		}
	}
}

func sqlState(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// A server that is told to stop ends what waits, lets end what runs, also where
// its client takes it slowly, and says on record how each has ended.
func TestAServerThatStopsLetsEndWhatRuns(t *testing.T) {
	p := newProject(t)
	s := serve(t, p, "TARN_SERVE_LIMITS_RUNNING=1")
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var clients [3]*pgx.Conn
	for i := range clients {
		c, err := pgx.Connect(ctx, s.postgres)
		if err != nil {
			t.Fatal(err)
		}
		clients[i] = c
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	}
	const all = 30000
	slow, err := clients[0].Query(ctx, "select range, repeat('x', 1000) from range(30000)", pgx.QueryExecModeSimpleProtocol)
	if err != nil || !slow.Next() {
		t.Fatal(err, slow.Err())
	}
	s.untilSaid(ctx, `tarn_statements{state="running"} 0`) // it waits for its client
	told := make(chan error, 2)
	go func() {
		_, err := clients[1].Exec(ctx, "set statement_timeout = '5s'; select count(*) from range(1000000000000)", pgx.QueryExecModeSimpleProtocol)
		told <- err
	}()
	s.untilSaid(ctx, `tarn_statements{state="running"} 1`)
	go func() {
		_, err := clients[2].Exec(ctx, "select 'waits'", pgx.QueryExecModeSimpleProtocol)
		told <- err
	}()
	s.untilSaid(ctx, `tarn_statements{state="queued"} 1`)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"57P01", "57014"} { // what waits first
		if err := <-told; sqlState(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	count := 1
	for slow.Next() {
		count++
	}
	if err := slow.Err(); err != nil || count != all {
		t.Errorf("the slow client has %d rows of %d: %v", count, all, err)
	}
	if err := s.end(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	for _, r := range recorded(t, p) {
		if want := map[bool]string{true: "finished", false: "cancelled"}[strings.Contains(r.Query, "repeat")]; r.State != want {
			t.Errorf("%s is on record as %s, want %s", r.Query, r.State, want)
		}
	}
}
