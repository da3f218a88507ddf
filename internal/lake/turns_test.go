package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// gathering publishes a first table whose transaction waits until n others are
// waiting for theirs, does what is to be done then, and publishes those.
func gathering(t *testing.T, l *Lake, n int, publish func(i int), then ...func()) {
	t.Helper()
	var group sync.WaitGroup
	first := stage(t, l, "first", Change{Op: Append, Schema: orders}, row(0))
	begun := make(chan struct{})
	group.Go(func() {
		err := l.Commit(ctx, []*Candidate{first}, func(metadb.Tx) error {
			close(begun)
			if !soon(func() bool { return l.waiting() == n }) {
				return fmt.Errorf("%d of %d wait", l.waiting(), n)
			}
			for _, do := range then {
				do()
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	for i := range n {
		group.Go(func() { publish(i) })
	}
	group.Wait()
}

// soon waits until something is so; false is that it is not for too long.
func soon(so func() bool) bool {
	for late := time.Now().Add(time.Minute); !so(); {
		if time.Now().After(late) {
			return false
		}
	}
	return true
}

// lines reports whether a publication for a table waits for its transaction.
func (l *Lake) lines(table string) bool {
	l.turns.mu.Lock()
	defer l.turns.mu.Unlock()
	return slices.ContainsFunc(l.turns.waiting, func(s *sharing) bool { return slices.Contains(s.keys, name(table).Key()) })
}

// waiting counts publications that wait, for the others of their tables too.
func (l *Lake) waiting() int {
	l.turns.mu.Lock()
	defer l.turns.mu.Unlock()
	l.convoys.mu.Lock()
	defer l.convoys.mu.Unlock()
	n := len(l.turns.waiting)
	for _, others := range l.convoys.waiting {
		n += len(others)
	}
	return n
}

func TestPublicationsThatWaitShareATransactionAndFailAlone(t *testing.T) {
	l := newLake(t)
	refused := errors.New("refused")
	cancelled, cancel := context.WithCancel(ctx)
	var candidates []*Candidate
	for i := range 6 {
		candidates = append(candidates, stage(t, l, fmt.Sprintf("t%d", i), Change{Op: Append, Schema: orders}, row(i)))
	}
	// The last two are for one table: whichever comes second is rebased.
	commit(t, l, stage(t, l, "same", Change{Op: Append, Schema: orders}, row(0)))
	base := load(t, l, "same")
	for i := range 2 {
		candidates = append(candidates, stage(t, l, "same", Change{Base: base, Op: Append}, row(i+1)))
	}
	var mu sync.Mutex
	transactions := map[metadb.Tx]int{}
	errs := make([]error, len(candidates))
	gathering(t, l, len(candidates), func(i int) {
		ctx := ctx
		switch i {
		case 1:
			ctx = cancelled
		case 7: // a convoy of both would write its journal, for which it waits until the first has ended
			if !soon(func() bool { return l.lines("same") }) {
				t.Error("the other one of the table does not wait")
			}
		}
		errs[i] = l.Commit(ctx, []*Candidate{candidates[i]}, func(tx metadb.Tx) error {
			mu.Lock()
			defer mu.Unlock()
			transactions[tx]++
			if i == 2 {
				return refused
			}
			return nil
		})
	}, cancel)
	if !errors.Is(errs[2], refused) {
		t.Errorf("the one that refused itself: %v", errs[2])
	}
	if !errors.Is(errs[1], context.Canceled) {
		t.Errorf("the one that was cancelled: %v", errs[1])
	}
	for i, c := range candidates {
		there := load(t, l, c.Name.Name) != nil
		if failed := i == 1 || i == 2; failed == there || failed == (errs[i] == nil) {
			t.Errorf("%s: there %v, %v", c.Name, there, errs[i])
		}
	}
	got := rowsAt(t, load(t, l, "same"), At{})
	slices.Sort(got)
	if !slices.Equal(got, []string{row(0), row(1), row(2)}) {
		t.Errorf("the table that two appended to has %v", got)
	}
	most := 0
	for _, n := range transactions {
		most = max(most, n)
	}
	if most < 6 {
		t.Errorf("no more than %d shared a transaction", most)
	}
	if l.turns.leading || len(l.turns.waiting) > 0 {
		t.Error("somebody is still thought to lead or wait")
	}
}

func TestAPublicationThatPanicsTakesNoOtherWithIt(t *testing.T) {
	l := newLake(t)
	var candidates []*Candidate
	for i := range 4 {
		candidates = append(candidates, stage(t, l, fmt.Sprintf("t%d", i), Change{Op: Append, Schema: orders}, row(i)))
	}
	gathering(t, l, len(candidates), func(i int) {
		defer func() {
			if v := recover(); v != nil && v != "at the disco" {
				t.Error(v)
			}
		}()
		err := l.Commit(ctx, []*Candidate{candidates[i]}, func(metadb.Tx) error {
			if i == 1 {
				panic("at the disco")
			}
			return nil
		})
		if err != nil {
			t.Error(i, err)
		}
	})
	for i, c := range candidates {
		if there := load(t, l, c.Name.Name) != nil; there == (i == 1) {
			t.Errorf("%s: there %v", c.Name, there)
		}
	}
}

func TestAFaultOfTheStoreIsTheErrorOfWhatItConcerns(t *testing.T) {
	store, err := fault.New(mem.New())
	if err != nil {
		t.Fatal(err)
	}
	l := openLake(t, openDB(t), store)
	var candidates []*Candidate
	for i := range 4 {
		candidates = append(candidates, stage(t, l, fmt.Sprintf("t%d", i), Change{Op: Append, Schema: orders}, row(i)))
	}
	if err := store.Set("sync main/t2/ -> EIO"); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 4)
	gathering(t, l, 4, func(i int) { errs[i] = l.Commit(ctx, []*Candidate{candidates[i]}, nil) })
	for i, err := range errs {
		if (err != nil) != (i == 2) {
			t.Errorf("t%d: %v", i, err)
		}
	}
}

func TestWhatIsCommittedOrHeldWasSyncedBefore(t *testing.T) {
	for _, what := range []string{"commit", "hold"} {
		store, err := fault.New(mem.New())
		if err != nil {
			t.Fatal(err)
		}
		l := openLake(t, openDB(t), store)
		c := stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1))
		before := strings.Join(store.Trace(), "\n")
		if strings.Contains(before, "sync ") {
			t.Errorf("building syncs:\n%s", before)
		}
		if what == "hold" {
			err = l.Hold(ctx, []*Candidate{c}, "for a look")
		} else {
			err = l.Commit(ctx, []*Candidate{c}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		trace := strings.Join(store.Trace(), "\n") + "\n"
		for _, file := range listed(t, l) {
			if !strings.Contains(trace, "sync "+file+"\n") {
				t.Errorf("%s: %s was not synced", what, file)
			}
		}
		if l.unsynced.names[c.Stage] != nil {
			t.Errorf("%s: still thought to be lost by a power failure: %v", what, l.unsynced.names)
		}
	}
}
