package audit

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func database(t *testing.T) *metadb.DB {
	t.Helper()
	db, err := metadb.Open(t.Context(), metadbtest.Place(t, t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// living are processes by whether they live.
type living map[string]bool

func (l living) is(process string) bool { return l[process] }

func open(t *testing.T, db *metadb.DB, process string, live living, change ...func(*Options)) *Log {
	t.Helper()
	o := Options{State: db, Process: process, Live: live.is}
	for _, f := range change {
		f(&o)
	}
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func submit(t *testing.T, l *Log, sql string) *Entry {
	t.Helper()
	e, err := l.Submit(t.Context(), Statement{Principal: "user:anna", Protocol: "postgres", SQL: sql})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func all(t *testing.T, db *metadb.DB, f Filter) []Record {
	t.Helper()
	found, err := List(t.Context(), db, f)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAStatementIsOnRecordWhenSubmitReturns(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	e := submit(t, l, "select 1")
	found := all(t, db, Filter{})
	if len(found) != 1 || found[0].ID != e.ID() || found[0].State != Running || found[0].SQL != "select 1" || !found[0].Finished.IsZero() {
		t.Errorf("on record is %+v", found)
	}
}

func TestTheEndOfAStatementIsOnRecord(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	e := submit(t, l, "select * from orders")
	e.Planned([]ident.Table{{Namespace: "main", Name: "orders"}})
	e.Decided([]string{"all-read"})
	e.Sent(3, 100)
	e.Sent(2, 50)
	e.Finish(Outcome{State: Failed, Code: "out-of-memory", SQLState: "53200", Message: "no room"})
	e.Finish(Outcome{State: Finished}) // too late
	e.Sent(7, 7)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := all(t, db, Filter{})[0]
	if r.State != Failed || r.Code != "out-of-memory" || r.SQLState != "53200" || r.Message != "no room" || r.Rows != 5 || r.Bytes != 150 ||
		strings.Join(r.Tables, ",") != "main.orders" || strings.Join(r.Policies, ",") != "all-read" || r.Finished.Before(r.Submitted) || r.Elapsed() < r.Planning {
		t.Errorf("on record is %+v", r)
	}
}

func TestAStatementThatWaitedSaysHowLong(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	e, err := l.Submit(t.Context(), Statement{Principal: "user:anna", SQL: "select 1", Queued: true})
	if err != nil {
		t.Fatal(err)
	}
	if r := all(t, db, Filter{}); r[0].State != Queued || !r[0].Started.IsZero() {
		t.Errorf("it waits, but on record is %+v", r[0])
	}
	e.Start()
	e.Finish(Outcome{State: Finished})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := all(t, db, Filter{})[0]; r.State != Finished || r.Started.Before(r.Submitted) || r.Waited() != r.Started.Sub(r.Submitted) {
		t.Errorf("on record is %+v", r)
	}
}

func TestStatementsOfADeadProcessHaveCrashed(t *testing.T) {
	db := database(t)
	live := living{"p1": true, "p2": true}
	dead, lives := open(t, db, "p1", live), open(t, db, "p2", live)
	lost, ended, goesOn := submit(t, dead, "select 1"), submit(t, dead, "select 2"), submit(t, lives, "select 3")
	ended.Finish(Outcome{State: Finished})
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := lives.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("nobody died, and the sweep found %d: %v", n, err)
	}
	live["p1"] = false
	if n, err := lives.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("the sweep found %d: %v", n, err)
	}
	found := all(t, db, Filter{States: []State{Crashed}})
	if len(found) != 1 || found[0].ID != lost.ID() || !found[0].Finished.IsZero() || !strings.Contains(found[0].Message, "ended without finishing") {
		t.Errorf("crashed are %+v", found)
	}
	if found := all(t, db, Filter{States: []State{Running}}); len(found) != 1 || found[0].ID != goesOn.ID() {
		t.Errorf("running are %+v", found)
	}
}

func TestManyStatementsAtOnceAreAllRecorded(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	const clients, each = 16, 50
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for range each {
				e, err := l.Submit(t.Context(), Statement{Principal: "user:anna", SQL: "select 1"})
				if err != nil {
					t.Error(err)
					return
				}
				e.Finish(Outcome{State: Finished})
			}
		})
	}
	running.Wait()
	if n := l.Running(); n != 0 {
		t.Errorf("%d statements run", n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range all(t, db, Filter{States: []State{Finished}}) {
		ids[r.ID] = true
	}
	if len(ids) != clients*each {
		t.Errorf("%d of %d statements are on record", len(ids), clients*each)
	}
}

func TestWhatCannotBeRecordedIsNotSubmitted(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	ended := submit(t, l, "select 1")
	exec(t, db, `ALTER TABLE statement RENAME TO elsewhere`)
	if _, err := l.Submit(t.Context(), Statement{Principal: "user:anna", SQL: "select 2"}); err == nil {
		t.Error("a statement was submitted that is not on record")
	}
	ended.Finish(Outcome{State: Finished})
	exec(t, db, `ALTER TABLE elsewhere RENAME TO statement`)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if found := all(t, db, Filter{}); len(found) != 1 || found[0].State != Finished {
		t.Errorf("on record is %+v", found)
	}
	if _, err := l.Submit(t.Context(), Statement{SQL: "select 3"}); !errors.Is(err, errClosed) {
		t.Errorf("a log that is closed says %v", err)
	}
}

// stated is why a statement was cancelled.
type stated struct{}

func (stated) Error() string    { return "canceling statement due to user request" }
func (stated) SQLState() string { return "57014" }

func TestAStatementWhoseClientWentWhileItWasSubmittedIsCancelled(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	ctx, stop := context.WithCancelCause(t.Context())
	holding, release := make(chan struct{}), make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() { // whoever writes keeps the log waiting
		_ = db.Update(context.Background(), func(metadb.Tx) error {
			close(holding)
			<-release
			return nil
		})
	})
	<-holding
	stop(stated{})
	if _, err := l.Submit(ctx, Statement{Principal: "user:anna", SQL: "select 1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Submit says %v", err)
	}
	close(release)
	running.Wait()
	for l.Running() > 0 {
		if t.Context().Err() != nil {
			t.Fatal("the statement does not end")
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := all(t, db, Filter{}); len(r) != 1 || r[0].State != Cancelled || r[0].SQLState != "57014" {
		t.Errorf("on record is %+v", r)
	}
}

func TestOldStatementsAreTakenOut(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil, func(o *Options) { o.Keep = time.Hour })
	old, kept, running := submit(t, l, "select 1"), submit(t, l, "select 2"), submit(t, l, "select 3")
	for _, e := range []*Entry{old, kept} {
		e.Finish(Outcome{State: Finished})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	before := formatTime(time.Now().Add(-2 * time.Hour))
	exec(t, db, `UPDATE statement SET submitted = ? WHERE id IN (?, ?)`, before, old.ID(), running.ID())
	if n, err := l.Expire(t.Context()); n != 1 || err != nil {
		t.Errorf("%d statements were taken out: %v", n, err)
	}
	if found := all(t, db, Filter{}); len(found) != 2 || found[0].ID != kept.ID() || found[1].ID != running.ID() {
		t.Errorf("on record is %+v", found)
	}
}

func TestFilters(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	for _, who := range []string{"user:anna", "service:anna", "user:bob"} {
		e, err := l.Submit(t.Context(), Statement{Principal: who, SQL: "select 1"})
		if err != nil {
			t.Fatal(err)
		}
		e.Finish(Outcome{State: map[bool]State{true: Failed, false: Finished}[who == "user:bob"]})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		name string
		f    Filter
		want int
	}{
		{"all", Filter{}, 3}, {"limit", Filter{Limit: 2}, 2}, {"a name of any kind", Filter{Principals: []string{"anna"}}, 2},
		{"a kind", Filter{Principals: []string{"service:anna", "user:bob"}}, 2}, {"state", Filter{States: []State{Failed}}, 1},
		{"since", Filter{Since: time.Now().Add(time.Hour)}, 0}, {"until", Filter{Until: time.Now().Add(time.Hour)}, 3},
		{"nobody", Filter{Principals: []string{"carl"}}, 0},
	} {
		if found := all(t, db, one.f); len(found) != one.want {
			t.Errorf("%s: %d statements, want %d", one.name, len(found), one.want)
		}
	}
}

func TestPagesTellEachStatementOnce(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	const n = page + 10
	var running sync.WaitGroup
	for range n {
		running.Go(func() {
			if _, err := l.Submit(t.Context(), Statement{Principal: "user:anna", SQL: "select 1"}); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	ids := map[string]bool{}
	for _, r := range all(t, db, Filter{}) {
		ids[r.ID] = true
	}
	if len(ids) != n {
		t.Errorf("%d of %d statements are told", len(ids), n)
	}
}

func TestLongTextsAndSecretsAreNotOnRecord(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	long := "select 'password=hunter2', '" + strings.Repeat("ü", maxSQL) + "\x00'"
	if _, err := l.Submit(t.Context(), Statement{Principal: "user:anna", SQL: long, Parameters: make([]string, 100)}); err != nil {
		t.Fatal(err)
	}
	r := all(t, db, Filter{})[0]
	if len(r.SQL) > maxSQL || r.Length != len(long) || !strings.HasPrefix(r.SQL, "select 'password=***'") || !strings.HasSuffix(r.SQL, "bytes)") || len(r.Parameters) != maxParameters+1 {
		t.Errorf("on record are %d bytes of %d and %d parameters: %.40s", len(r.SQL), r.Length, len(r.Parameters), r.SQL)
	}
}

func exec(t *testing.T, db *metadb.DB, query string, args ...any) {
	t.Helper()
	err := db.Update(t.Context(), func(tx metadb.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
