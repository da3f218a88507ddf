package audit

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
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

// Drivers begin and commit with each statement; who lists statements wants these.
func TestAQuietListHasWhatIsNotAboutSessionsAlone(t *testing.T) {
	db := database(t)
	l := open(t, db, "p1", nil)
	for _, st := range []struct {
		sql     string
		state   State
		changes []ident.Table
	}{
		{"BEGIN", Finished, nil}, {"COMMIT", Finished, []ident.Table{{Namespace: "main", Name: "orders"}}}, {"SET nothing = 1", Failed, nil}, {"ROLLBACK", Finished, nil},
	} {
		e, err := l.Brief(Statement{Principal: "user:anna", Protocol: "postgres", SQL: st.sql})
		if err != nil {
			t.Fatal(err)
		}
		e.Changes(st.changes)
		e.Finish(Outcome{State: st.state})
	}
	e, err := l.Submit(t.Context(), Statement{Principal: "user:anna", Protocol: "postgres", SQL: "SELECT 1"})
	if err != nil {
		t.Fatal(err)
	}
	e.Finish(Outcome{State: Finished})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var about, other []string
	for _, r := range all(t, db, Filter{Quiet: true}) {
		if r.AboutSession {
			about = append(about, r.SQL)
		} else {
			other = append(other, r.SQL)
		}
	}
	slices.Sort(about)
	if !slices.Equal(about, []string{"COMMIT", "SET nothing = 1"}) || !slices.Equal(other, []string{"SELECT 1"}) {
		t.Errorf("listed are %q and %q", about, other)
	}
	if n := len(all(t, db, Filter{})); n != 5 {
		t.Errorf("on record are %d", n)
	}
}
