//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// recorder keeps the record of a server in a database of its own.
type recorder struct {
	db  *metadb.DB
	log *audit.Log
}

func newRecorder(t testing.TB) *recorder {
	t.Helper()
	db, err := metadb.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.Open(t.Context(), audit.Options{State: db, Process: "p1", Live: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(log.Close(), db.Close()) })
	return &recorder{db, log}
}

func (r *recorder) on(o *pgwire.Options) { o.Record, o.Brief = r.log.Submit, r.log.Brief }

// ended are the statements on record once none runs, oldest first.
func (r *recorder) ended(t *testing.T) []audit.Record {
	t.Helper()
	for r.log.Running() > 0 && t.Context().Err() == nil {
	}
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := audit.List(t.Context(), r.db, audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

func TestStatementsAreRecordedWithHowTheyEnded(t *testing.T) {
	r := newRecorder(t)
	s := newServer(t, r.on)
	c := s.connect(t, "application_name=report")
	if _, err := rows(t, c, "select id, amount from orders where id < 3; select nothing from orders"); code(err) != "42703" {
		t.Error(err)
	}
	var n int
	if err := c.QueryRow(t.Context(), "select count(*) from orders where region = $1", "EU").Scan(&n); err != nil {
		t.Error(err)
	}
	if _, err := rows(t, c, "begin; declare x cursor for select * from orders; fetch 5 from x; rollback"); err != nil {
		t.Error(err)
	}
	found := r.ended(t)
	if len(found) != 6 {
		t.Fatalf("on record are %+v", found)
	}
	for i, want := range []audit.Record{
		{Statement: audit.Statement{SQL: "select id, amount from orders where id < 3"}, Outcome: audit.Outcome{State: audit.Finished}, Rows: 3, Tables: []string{"main.orders"}},
		{Statement: audit.Statement{SQL: "select nothing from orders"}, Outcome: audit.Outcome{State: audit.Failed, Code: "query-failed", SQLState: "42703"}},
		{Statement: audit.Statement{SQL: "select count(*) from orders where region = $1", Parameters: []string{"'EU'"}}, Outcome: audit.Outcome{State: audit.Finished}, Rows: 1, Tables: []string{"main.orders"}},
		{Statement: audit.Statement{SQL: "begin"}, Outcome: audit.Outcome{State: audit.Finished}},
		{Statement: audit.Statement{SQL: "select * from orders"}, Outcome: audit.Outcome{State: audit.Finished}, Rows: 5, Tables: []string{"main.orders"}},
		{Statement: audit.Statement{SQL: "rollback"}, Outcome: audit.Outcome{State: audit.Finished}},
	} {
		got := found[i]
		if got.SQL != want.SQL || got.State != want.State || got.SQLState != want.SQLState || got.Rows != want.Rows || strings.Join(got.Tables, " ") != strings.Join(want.Tables, " ") ||
			len(got.Parameters) != len(want.Parameters) || got.Principal != "user:anna" || got.Application != "report" || !strings.HasPrefix(got.Client, "127.0.0.1:") || got.Protocol != "postgres" {
			t.Errorf("on record is %+v\nwant %+v", got, want)
		}
		if (got.Rows > 0) != (got.Bytes > 0) || got.Finished.IsZero() {
			t.Errorf("%s: %d rows in %d bytes, finished %v", got.SQL, got.Rows, got.Bytes, got.Finished)
		}
	}
}

func TestAStatementThatIsCancelledIsRecordedAsSuch(t *testing.T) {
	r := newRecorder(t)
	s := newServer(t, r.on)
	c := s.connect(t, "statement_timeout=100")
	if _, err := rows(t, c, "select count(*) from range(100000000000)"); code(err) != "57014" {
		t.Error(err)
	}
	gone := s.connect(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		_, _ = gone.Exec(ctx, "select count(*) from range(100000000000)", pgx.QueryExecModeSimpleProtocol)
	})
	for r.log.Running() == 0 && t.Context().Err() == nil {
	}
	stop() // pgx closes the connection
	running.Wait()
	for _, one := range r.ended(t) {
		if one.State != audit.Cancelled || one.SQLState == "" {
			t.Errorf("on record is %+v", one)
		}
	}
}

// pondering is an account that takes its time to say who it is, once it is told
// to, and gives up when it is no longer asked.
type pondering struct {
	account
	ponders atomic.Bool
	asked   chan struct{}
}

func (p *pondering) Account(context.Context, string, string) (pgwire.Account, error) { return p, nil }

func (p *pondering) Who(ctx context.Context) (policy.Who, bool, error) {
	if p.ponders.CompareAndSwap(true, false) {
		close(p.asked)
		<-ctx.Done()
		return policy.Who{}, false, ctx.Err()
	}
	return p.account.Who(ctx)
}

// What is cancelled before the server knows who asks was sent all the same.
func TestAStatementThatIsCancelledBeforeItBeginsIsRecorded(t *testing.T) {
	r := newRecorder(t)
	who := &pondering{account: account{name: "anna", known: true}, asked: make(chan struct{})}
	s := newServer(t, r.on, func(o *pgwire.Options) { o.Accounts = who })
	c := s.connect(t)
	who.ponders.Store(true)
	var running sync.WaitGroup
	running.Go(func() {
		if _, err := rows(t, c, "select 1"); code(err) != "57014" {
			t.Errorf("it gave %v", err)
		}
	})
	<-who.asked
	if err := c.PgConn().CancelRequest(t.Context()); err != nil {
		t.Error(err)
	}
	running.Wait()
	found := r.ended(t)
	if len(found) != 1 || found[0].State != audit.Cancelled || found[0].SQLState != "57014" || found[0].Principal != "user:anna" || found[0].SQL != "select 1" {
		t.Errorf("on record is %+v", found)
	}
}

func TestWhatSomebodyAsksWhoMayNotBeHereAnyMoreIsRecorded(t *testing.T) {
	r := newRecorder(t)
	s := newServer(t, r.on, func(o *pgwire.Options) { o.Accounts = passing{} })
	c := s.connect(t)
	for err := error(nil); code(err) != "28000"; {
		_, err = rows(t, c, "select 1")
	}
	if _, err := rows(t, c, "cluster orders"); code(err) != "28000" { // nor is it told what is wrong
		t.Error(err)
	}
	found := r.ended(t)
	for _, last := range found[len(found)-2:] {
		if last.State != audit.Failed || last.SQLState != "28000" || last.Principal != "user:anna" {
			t.Errorf("on record is %+v", last)
		}
	}
}

func TestWhatCannotBeRecordedDoesNotRun(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) {
		o.Record = func(context.Context, audit.Statement) (*audit.Entry, error) { return nil, errors.New("no room") }
	})
	c := s.connect(t)
	if got, err := rows(t, c, "select 1"); err == nil || got != "" {
		t.Errorf("it gave %q, %v", got, err)
	}
	if got, err := rows(t, c, "show timezone"); err != nil || got != "UTC" { // of the session, which is nobody's but the client's
		t.Errorf("it gave %q, %v", got, err)
	}
}

func TestChangesAreRecordedAsWhatBecameOfThem(t *testing.T) {
	r := newRecorder(t)
	s := newServer(t, r.on)
	c := s.connect(t)
	for _, sql := range []string{
		"INSERT INTO orders (id) VALUES (100), (101)",
		"INSERT INTO orders (id) VALUES (102); SELECT nothing",
		"BEGIN; DELETE FROM orders WHERE id = 100; UPDATE shop.prices SET price = 2; COMMIT",
		"BEGIN; DELETE FROM orders; ROLLBACK",
		"BEGIN; COMMIT",
	} {
		_, _ = rows(t, c, sql)
	}
	r.want(t, []string{
		"finished  2 [main.orders] INSERT INTO orders (id) VALUES (100), (101)",
		"failed 40000 1 [] INSERT INTO orders (id) VALUES (102)",
		"failed 42703 0 [] SELECT nothing",
		"finished  0 [] BEGIN",
		"finished  1 [] DELETE FROM orders WHERE id = 100",
		"finished  1 [] UPDATE shop.prices SET price = 2",
		"finished  0 [main.orders shop.prices] COMMIT",
		"finished  0 [] BEGIN",
		"finished  41 [] DELETE FROM orders",
		"finished  0 [] ROLLBACK",
		"finished  0 [] BEGIN",
		"finished  0 [] COMMIT",
	})
}

// want compares what is on record: states, rows, what was changed and texts.
func (r *recorder) want(t *testing.T, want []string) {
	t.Helper()
	var got []string
	for _, one := range r.ended(t) {
		got = append(got, fmt.Sprintf("%s %s %d %s %s", one.State, one.SQLState, one.Rows, one.Changed, one.SQL))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStatementsAboutTheSessionAreRecorded(t *testing.T) {
	r := newRecorder(t)
	c := newServer(t, r.on).connect(t)
	for _, sql := range []string{
		"SET timezone = 'UTC'; SHOW timezone; RESET timezone; SET nothing = 1; SHOW nothing",
		"PREPARE p AS SELECT 1; EXECUTE p; DEALLOCATE p; DEALLOCATE p",
		"BEGIN; SAVEPOINT s; SELECT error('no'); SELECT 2", "SELECT 3", "ROLLBACK TO s; RELEASE s", "DECLARE x CURSOR FOR SELECT 4; MOVE 1 FROM x; CLOSE x; END", "DISCARD ALL",
	} {
		_, _ = rows(t, c, sql)
	}
	r.want(t, []string{
		"finished  0 [] SET timezone = 'UTC'", "finished  0 [] SHOW timezone", "finished  0 [] RESET timezone", "failed 42704 0 [] SET nothing = 1",
		"finished  0 [] PREPARE p AS SELECT 1", "finished  1 [] SELECT 1", "finished  0 [] DEALLOCATE p", "failed 26000 0 [] DEALLOCATE p",
		"finished  0 [] BEGIN", "finished  0 [] SAVEPOINT s", "failed 42000 0 [] SELECT error('no')", "failed 25P02 0 [] SELECT 3",
		"finished  0 [] ROLLBACK TO s", "finished  0 [] RELEASE s", "finished  1 [] SELECT 4", "finished  0 [] CLOSE x", "finished  0 [] END", "finished  0 [] DISCARD ALL",
	})
}

// What drivers ask about before they run it is refused there, and is on record as
// what was refused.
func TestWhatIsRefusedBeforeItRunsIsRecorded(t *testing.T) {
	r := newRecorder(t)
	s := newServer(t, r.on)
	c := s.connect(t)
	for _, ask := range []struct {
		sql  string
		mode pgx.QueryExecMode
		args []any
	}{
		{"SELECT nothing FROM orders", pgx.QueryExecModeCacheStatement, nil}, {"SELECT * FROM missing", pgx.QueryExecModeDescribeExec, nil},
		{"DELETE FROM orders RETURNING nothing", pgx.QueryExecModeDescribeExec, nil}, {"SELECT 1 + nothing + $1", pgx.QueryExecModeExec, []any{"x"}},
		{"SELECT $1::DATE", pgx.QueryExecModeExec, []any{"no day"}}, {"EXECUTE nothing", pgx.QueryExecModeSimpleProtocol, nil},
		{"DELETE FROM orders RETURNING nothing", pgx.QueryExecModeSimpleProtocol, nil}, {"EXPLAIN DELETE FROM orders", pgx.QueryExecModeSimpleProtocol, nil},
		{"COPY (DELETE FROM orders) TO STDOUT", pgx.QueryExecModeSimpleProtocol, nil}, {"DECLARE x CURSOR FOR SELECT 1", pgx.QueryExecModeSimpleProtocol, nil},
		{"SET default_transaction_read_only = on", pgx.QueryExecModeSimpleProtocol, nil}, {"DELETE FROM orders", pgx.QueryExecModeSimpleProtocol, nil},
		{"COPY orders FROM STDIN", pgx.QueryExecModeSimpleProtocol, nil},
	} {
		_, _ = c.Exec(t.Context(), ask.sql, append([]any{ask.mode}, ask.args...)...)
	}
	r.want(t, []string{
		"failed 42703 0 [] SELECT nothing FROM orders", "failed 42P01 0 [] SELECT * FROM missing", "failed 42703 0 [] DELETE FROM orders RETURNING nothing",
		"failed 42703 0 [] SELECT 1 + nothing + $1", "failed 22007 0 [] SELECT $1::DATE", "failed 26000 0 [] EXECUTE nothing",
		"failed 42703 0 [] DELETE FROM orders RETURNING nothing", "failed 0A000 0 [] EXPLAIN DELETE FROM orders", "failed 0A000 0 [] COPY (DELETE FROM orders) TO STDOUT",
		"failed 25P01 0 [] DECLARE x CURSOR FOR SELECT 1", "finished  0 [] SET default_transaction_read_only = on", "failed 25006 0 [] DELETE FROM orders",
		"failed 25006 0 [] COPY orders FROM STDIN",
	})
}
