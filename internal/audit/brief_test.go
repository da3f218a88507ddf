package audit

import (
	"context"
	"errors"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// A statement about a session is on record whole, and nobody has waited for it.
func TestABriefStatementIsOnRecordOnceItHasEnded(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	holding, release, released := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() { // whoever writes keeps the log waiting, and not the statement
		defer close(released)
		_ = db.Update(context.Background(), func(metadb.Tx) error {
			close(holding)
			<-release
			return nil
		})
	}()
	<-holding
	for _, sql := range []string{"BEGIN", "SET password = 'geheim'"} {
		e, err := l.Brief(Statement{Principal: "user:anna", Protocol: "postgres", SQL: sql})
		if err != nil {
			t.Fatal(err)
		}
		if l.Running() != 1 {
			t.Errorf("%d statements run", l.Running())
		}
		e.Finish(Outcome{State: Finished})
		e.Finish(Outcome{State: Failed})
	}
	close(release)
	<-released
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := all(t, db, Filter{})
	if len(r) != 2 {
		t.Fatalf("on record are %+v", r)
	}
	for i, sql := range []string{"SET password = '***'", "BEGIN"} {
		if got := r[i]; got.SQL != sql || got.State != Finished || got.Finished.Before(got.Submitted) || got.Started != got.Submitted || got.Principal != "user:anna" {
			t.Errorf("on record is %+v", got)
		}
	}
	if _, err := l.Brief(Statement{SQL: "BEGIN"}); !errors.Is(err, errClosed) {
		t.Errorf("a log that is closed says %v", err)
	}
}

// What is not waited for is bounded all the same.
func TestNoMoreBriefStatementsAreTakenThanCanBeKept(t *testing.T) {
	l := &Log{wake: make(chan struct{}, 1)} // which nobody writes
	taken := 0
	for ; taken <= mostBehind; taken++ {
		e, err := l.Brief(Statement{SQL: "BEGIN"})
		if errors.Is(err, errBehind) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e.Finish(Outcome{State: Finished})
	}
	if taken != mostBehind {
		t.Errorf("%d were taken, %d can be kept", taken, mostBehind)
	}
}

func TestOthersAreToldThatABriefStatementCameAndEnded(t *testing.T) {
	a := &memory{name: "a"}
	l := open(t, database(t), "p1", nil, telling(a))
	e, err := l.Brief(Statement{SQL: "BEGIN"})
	if err != nil {
		t.Fatal(err)
	}
	e.Finish(Outcome{State: Finished})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Drain(t.Context(), a); err != nil || a.told() != "submitted BEGIN, finished BEGIN" {
		t.Errorf("it was told %s, %v", a.told(), err)
	}
}
