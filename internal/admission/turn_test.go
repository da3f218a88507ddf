package admission

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var anna, bert = Who{Principal: "user:anna"}, Who{Principal: "user:bert", Groups: []string{"analysts"}}

// code is why a statement was refused.
func code(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

func TestDefaultsAreHalfOfAllForEachUser(t *testing.T) {
	got := New(Limits{Running: 9, Queue: 10, Connections: 100}).Limits()
	if d := cmp.Diff(Limit{5, 5, 50, 5 * time.Minute, time.Hour}, got.User); d != "" {
		t.Error(d)
	}
}

func TestWhatBindsAUser(t *testing.T) {
	l := Limits{Running: 8, User: Limit{Time: time.Minute, QueueTime: time.Second}, Users: map[string]Limit{"etl": {Running: 7}, "user:bert": {Time: time.Hour}},
		Groups: map[string]Limit{"analysts": {Time: 5 * time.Minute, Running: 1}, "night": {Time: 10 * time.Minute, QueueTime: time.Millisecond}}}
	q := New(l)
	for _, c := range []struct {
		who             Who
		running         int
		time, queueTime time.Duration
	}{
		{anna, 4, time.Minute, time.Second},
		{Who{Principal: "service:etl"}, 7, time.Minute, time.Second},
		{Who{Principal: "user:eve", Groups: []string{"analysts", "night", "others"}}, 4, 10 * time.Minute, time.Millisecond},
		{bert, 4, time.Hour, time.Second},
	} {
		got := q.limits.of(c.who)
		if got.Running != c.running || got.Time != c.time || got.QueueTime != c.queueTime {
			t.Errorf("%s: %+v", c.who.Principal, got)
		}
	}
}

func TestAStatementThatWaitsTooLongOrIsCancelledIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Running: 1, User: Limit{Running: 1, QueueTime: time.Minute}})
		first := q.Ask(anna)
		begun := time.Now()
		if err := q.Ask(bert).Wait(t.Context()); code(err) != WaitedTooLong || time.Since(begun) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		why := errors.New("the client is gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(why) })
		turn := q.Ask(bert)
		if err := turn.Wait(ctx); !errors.Is(err, why) {
			t.Error(err)
		}
		if err := turn.Wait(t.Context()); !errors.Is(err, why) {
			t.Errorf("who was cancelled in the queue comes again: %v", err)
		}
		if d := cmp.Diff(Load{1, 0, map[string]int{WaitedTooLong: 1}}, q.Load()); d != "" {
			t.Error(d)
		}
		first.Leave()
		last := q.Ask(bert)
		if last.Waits() || last.Wait(t.Context()) != nil {
			t.Error("a place is free, and a statement waits")
		}
		last.Leave()
	})
}

func TestWhoWaitsForItsClientLetsOthersRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Running: 1, User: Limit{Running: 1, Queue: 1}})
		slow, other, more := q.Ask(anna), q.Ask(bert), q.Ask(anna)
		slow.Rest()
		<-time.After(patience / 2)
		if err := slow.Wait(t.Context()); err != nil || !other.Waits() {
			t.Errorf("a client that was quick lost its place: %v", err)
		}
		<-time.After(2 * patience)
		if !other.Waits() {
			t.Error("a statement that works lost its place")
		}
		slow.Rest()
		<-time.After(2 * patience)
		if other.Waits() {
			t.Error("a client that takes nothing keeps another from running")
		}
		back := make(chan error)
		go func() { back <- slow.Wait(t.Context()) }() // although its user's queue is full
		synctest.Wait()
		other.Leave()
		if err := <-back; err != nil || !more.Waits() {
			t.Errorf("who came first does not go on first: %v", err)
		}
		slow.Leave()
		more.Leave()
	})
}

func TestManyStatementsOfOneDoNotHoldUpAnother(t *testing.T) {
	q := New(Limits{Running: 4, User: Limit{Running: 4, Queue: 500}})
	var many []*Turn
	for range 504 {
		many = append(many, q.Ask(anna))
	}
	first := q.Ask(bert)
	if many[4].Leave(); !first.Waits() {
		t.Error("a place was given that nobody has left")
	}
	if many[0].Leave(); first.Waits() || !many[5].Waits() {
		t.Error("the place goes to who has come before, and runs three others")
	}
	second := q.Ask(bert)
	if many[1].Leave(); second.Waits() {
		t.Error("the place goes to who runs more")
	}
	if many[2].Leave(); many[5].Waits() {
		t.Error("the place does not go to the only one who waits")
	}
}

func TestStoppingEndsWhatWaitsAndLetsGoOnWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Running: 1, User: Limit{Running: 1}})
		running, waiting := q.Ask(anna), q.Ask(bert)
		told := make(chan error)
		go func() { told <- waiting.Wait(t.Context()) }()
		synctest.Wait()
		q.Stop()
		if err := <-told; code(err) != Stopped {
			t.Error(err)
		}
		if err := q.Ask(bert).Wait(t.Context()); code(err) != Stopping {
			t.Error(err)
		}
		running.Leave()
		if err := running.Wait(t.Context()); err != nil {
			t.Errorf("what has begun may not go on: %v", err)
		}
		running.Leave()
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	q := New(Limits{Connections: 4, Groups: map[string]Limit{"analysts": {Connections: 1}}})
	end, err := q.Connect(bert)
	if err != nil {
		t.Fatal(err)
	}
	var refused *Refusal
	if _, err := q.Connect(bert); code(err) != TooManyConnections || !errors.As(err, &refused) || refused.Detail != "At most 1 of group:analysts may be connected." {
		t.Error(err)
	}
	for range 2 {
		if _, err := q.Connect(anna); err != nil {
			t.Error(err)
		}
	}
	if _, err := q.Connect(anna); code(err) != TooManyConnections {
		t.Error(err)
	}
	end()
	if _, err := q.Connect(bert); err != nil {
		t.Error(err)
	}
}

// Statements that end well, are cancelled, give up or panic leave nothing behind,
// and never more run than may.
func TestManyStatementsLeaveNothing(t *testing.T) {
	q := New(Limits{Running: 3, Queue: 1000, User: Limit{Running: 2, Queue: 1000}, Groups: map[string]Limit{"analysts": {Running: 1}}})
	var running, analysts atomic.Int32
	one := func(i int) {
		defer func() { _ = recover() }()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		who := Who{Principal: fmt.Sprint("user:", i%7)}
		if i%3 == 0 {
			who.Groups = []string{"analysts"}
		}
		turn := q.Ask(who)
		defer turn.Leave()
		if i%5 == 0 {
			cancel()
		}
		if turn.Wait(ctx) != nil {
			return
		}
		if n := running.Add(1); n > 3 {
			t.Errorf("%d run at once", n)
		}
		if len(who.Groups) > 0 && analysts.Add(1) > 1 {
			t.Error("two of a group run at once")
		}
		if len(who.Groups) > 0 {
			analysts.Add(-1)
		}
		running.Add(-1)
		if i%11 == 0 {
			panic("a statement broke")
		}
	}
	var all sync.WaitGroup
	for w := range 50 {
		all.Go(func() {
			for i := range 100 {
				one(w*100 + i)
			}
		})
	}
	all.Wait()
	if l := q.Load(); l.Running+l.Waiting > 0 || len(q.some) > 0 {
		t.Errorf("something is left: %+v %v", l, q.some)
	}
}
