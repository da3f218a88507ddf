package audit

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a sink that can be out of reach.
type memory struct {
	name string

	mu    sync.Mutex
	down  bool
	heard []Event
}

func (m *memory) Name() string { return m.name }

func (m *memory) Deliver(_ context.Context, events []Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return errors.New("nobody is there")
	}
	m.heard = append(m.heard, events...)
	return nil
}

func (m *memory) reach(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = !yes
}

func (m *memory) told() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []string
	for _, e := range m.heard {
		list = append(list, e.Event+" "+e.Query)
	}
	return strings.Join(list, ", ")
}

func telling(sinks ...Sink) func(*Options) {
	return func(o *Options) { o.Sinks, o.Keep = sinks, time.Nanosecond }
}

func TestEverySinkIsToldOfWhatHappenedInOrderOnceItCanBe(t *testing.T) {
	db := database(t)
	a, b := &memory{name: "a"}, &memory{name: "b", down: true}
	l := open(t, db, "p1", nil, telling(a, b))
	submit(t, l, "one").Finish(Outcome{State: Finished})
	submit(t, l, "two").Finish(Outcome{State: Failed, Code: "x", Message: "y"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	const want = "submitted one, finished one, submitted two, finished two"
	if err := l.Drain(t.Context(), a, b); err == nil || !strings.Contains(err.Error(), "tell b of statements: nobody is there") {
		t.Errorf("Drain says %v", err)
	}
	if a.told() != want || b.told() != "" {
		t.Errorf("a was told %s\nb %s", a.told(), b.told())
	}
	if lag, err := l.Lag(t.Context()); err != nil || lag["a"].Events != 0 || lag["b"].Events != 4 || lag["b"].Since.IsZero() {
		t.Errorf("the lag is %+v: %v", lag, err)
	}
	if n, err := l.Expire(t.Context()); n != 0 || err != nil {
		t.Errorf("%d statements were taken out that b is to be told of: %v", n, err)
	}
	b.reach(true)
	if err := l.Drain(t.Context(), a, b); err != nil {
		t.Fatal(err)
	}
	if a.told() != want || b.told() != want {
		t.Errorf("a was told %s\nb %s", a.told(), b.told())
	}
	if n, err := l.Expire(t.Context()); n != 2 || err != nil {
		t.Errorf("%d statements were taken out: %v", n, err)
	}
	if e := b.heard[3]; e.State != Failed || e.ErrorCode != "x" || e.ElapsedMillis == nil || e.Position <= b.heard[2].Position {
		t.Errorf("the last event is %+v", e)
	}
	if e := b.heard[2]; e.State != Running || e.ErrorCode != "" || e.ElapsedMillis != nil || e.Rows != nil {
		t.Errorf("the event of the submission tells of the end: %+v", e)
	}
}

func TestCrashesAreToldToo(t *testing.T) {
	db := database(t)
	s := &memory{name: "a"}
	live := living{"p1": true}
	submit(t, open(t, db, "p1", live, telling(s)), "one")
	l := open(t, db, "p2", live, telling(s))
	live["p1"] = false
	if _, err := l.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Drain(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if want := "submitted one, crashed one"; s.told() != want || s.heard[1].State != Crashed {
		t.Errorf("told was %s", s.told())
	}
}

func TestWhoeverAttendsTellsUntilItIsHeard(t *testing.T) {
	db := database(t)
	s := &memory{name: "a", down: true}
	l := open(t, db, "p1", nil, telling(s))
	submit(t, l, "one").Finish(Outcome{State: Finished})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var attending sync.WaitGroup
	attending.Go(func() { l.Attend(ctx) })
	defer attending.Wait()
	defer stop()
	s.reach(true)
	for s.told() != "submitted one, finished one" {
		if t.Context().Err() != nil {
			t.Fatal("it was not told")
		}
	}
}

func TestASinkOfTheServerIsToldOfWhatOtherProcessesRecord(t *testing.T) {
	db := database(t)
	a, b := &memory{name: "a"}, &memory{name: "b"}
	server := open(t, db, "p1", nil, telling(a, b))
	other := open(t, db, "p2", nil, telling(a))
	submit(t, other, "one")
	if err := other.Drain(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if none := open(t, db, "p3", nil); none != nil {
		submit(t, none, "two")
	}
	if err := server.Drain(t.Context(), a, b); err != nil {
		t.Fatal(err)
	}
	if want := "submitted one, submitted two"; a.told() != want || b.told() != want {
		t.Errorf("a was told %s\nb %s", a.told(), b.told())
	}
}

func TestNothingIsKeptForWhoIsToldNoLonger(t *testing.T) {
	db := database(t)
	away, here := &memory{name: "away", down: true}, &memory{name: "here"}
	before := open(t, db, "p1", nil, telling(away, here))
	submit(t, before, "one").Finish(Outcome{State: Finished})
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	if err := before.Drain(t.Context(), here); err != nil {
		t.Fatal(err)
	}
	l := open(t, db, "p2", nil, telling(here))
	if err := l.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Expire(t.Context()); n != 1 || err != nil {
		t.Errorf("%d statements were taken out: %v", n, err)
	}
}
