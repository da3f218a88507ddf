package process

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// sql connects to the server and runs statements; the connection is for more.
func (s *serving) sql(ctx context.Context, statements ...string) *pgx.Conn {
	s.t.Helper()
	c, err := pgx.Connect(ctx, s.postgres)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, one := range statements {
		if _, err := c.Exec(ctx, one); err != nil {
			s.t.Fatalf("%s: %v", one, err)
		}
	}
	return c
}

// numbers are those of a table.
func numbers(ctx context.Context, t *testing.T, c *pgx.Conn, table string) []int64 {
	t.Helper()
	rows, err := c.Query(ctx, "SELECT n FROM "+table+" ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A server that is killed at any step of a client's transaction has published
// both of its tables or none.
func TestATransactionOfAServerThatIsKilledIsThereOrNot(t *testing.T) {
	p := newProject(t)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	s := serve(t, p)
	_ = s.sql(ctx, "CREATE TABLE a AS SELECT 0::BIGINT AS n", "CREATE TABLE b AS SELECT 0::BIGINT AS n").Close(ctx)
	s.stop()
	for i, step := range serveSteps {
		s := serve(t, p, "TARN_CRASH_AT="+step)
		c := s.sql(ctx)
		if _, err := c.Exec(ctx, fmt.Sprintf("BEGIN; UPDATE a SET n = %d; INSERT INTO b VALUES (%[1]d); DELETE FROM b WHERE n < %[1]d; COMMIT", i+1), pgx.QueryExecModeSimpleProtocol); err == nil {
			t.Errorf("%s: the server went on", step)
		}
		_ = c.Close(ctx) // nobody is there
		if err := s.end(); err == nil {
			t.Errorf("%s: the server ended well", step)
		}
		s = serve(t, p)
		c = s.sql(ctx)
		a, b := numbers(ctx, t, c, "a"), numbers(ctx, t, c, "b")
		if there := len(a) == 1 && a[0] == int64(i+1); fmt.Sprint(a) != fmt.Sprint(b) || len(a) != 1 || there != strings.Contains(step, "after-commit") {
			t.Errorf("%s: a has %v, b %v", step, a, b)
		}
		p.must("clean")
		nothingOrphaned(t, p)
		_ = c.Close(ctx)
		s.stop()
	}
}

// Clients add rows to two tables at once until the server is killed: what they
// were told is there, and no transaction is there by half.
func TestAServerThatIsKilledUnderLoadLosesNothingThatItAcknowledged(t *testing.T) {
	p := newProject(t)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	s := serve(t, p)
	_ = s.sql(ctx, "CREATE TABLE a (n BIGINT NOT NULL)", "CREATE TABLE b (n BIGINT)").Close(ctx)
	acknowledged := map[int64]bool{}
	const clients, enough = 3, 12
	for round := range int64(2) {
		var mu sync.Mutex
		var running sync.WaitGroup
		full := make(chan struct{})
		told := 0
		for client := range int64(clients) {
			c := s.sql(ctx)
			running.Go(func() {
				defer func() { _ = c.Close(ctx) }()
				for n := round*1e6 + client*1e4; ; n++ {
					sql := fmt.Sprintf("BEGIN; INSERT INTO a VALUES (%d); INSERT INTO b VALUES (%[1]d); COMMIT", n)
					if _, err := c.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
						return
					}
					mu.Lock()
					acknowledged[n] = true
					if told++; told == enough {
						close(full)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-full:
		case <-ctx.Done():
			t.Fatal("the clients do not get on")
		}
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = s.end()
		running.Wait()
		s = serve(t, p)
		c := s.sql(ctx)
		a, b := numbers(ctx, t, c, "a"), numbers(ctx, t, c, "b")
		_ = c.Close(ctx)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("a has %v, b %v", a, b)
		}
		there := map[int64]bool{}
		for _, n := range a {
			if there[n] {
				t.Errorf("%d is there twice", n)
			}
			there[n] = true
		}
		for n := range acknowledged {
			if !there[n] {
				t.Errorf("%d was acknowledged and is not there", n)
			}
		}
		if more := len(there) - len(acknowledged); more > clients*int(round+1) {
			t.Errorf("%d transactions more than were acknowledged", more)
		}
	}
	s.stop()
	p.must("clean")
	nothingOrphaned(t, p)
}
