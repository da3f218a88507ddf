package lake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// faultyCommit is a lake in which one commit is under test: an append to o,
// which has to be rebased, together with a replacement of p.
type faultyCommit struct {
	db    *metadb.DB
	below *mem.Store
	store *fault.Store
}

func newFaultyCommit(t *testing.T) *faultyCommit {
	t.Helper()
	f := &faultyCommit{db: openDB(t), below: mem.New()}
	var err error
	if f.store, err = fault.New(f.below); err != nil {
		t.Fatal(err)
	}
	l := openLake(t, f.db, f.below)
	commit(t, l,
		stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)),
		stage(t, l, "p", Change{Op: Append, Schema: orders}, row(1)))
	return f
}

// run does the work on the faulty store; interfere is called in the middle.
func (f *faultyCommit) run(t *testing.T, interfere func()) error {
	t.Helper()
	l := openLake(t, f.db, f.store)
	v, err := l.Pin(ctx)
	if err != nil {
		return err
	}
	var candidates []*Candidate
	for table, op := range map[string]Op{"o": Append, "p": Replace} {
		base, err := v.Load(ctx, name(table))
		if err != nil {
			return err
		}
		s, err := l.NewStage(ctx, "doomed", "step", name(table))
		if err != nil {
			return err
		}
		file := s.DataPrefix() + "/new.parquet"
		w, err := l.store.Create(ctx, file)
		if err != nil {
			return err
		}
		_, writeErr := w.Write(parquetFile(t, base.Schema(), row(2)))
		if err := errors.Join(writeErr, w.Commit()); err != nil {
			return err
		}
		c, err := s.Build(ctx, Change{Base: base, Op: op, Schema: base.Schema(), Files: []NewFile{{Path: file}}})
		if err != nil {
			return err
		}
		candidates = append(candidates, c)
	}
	interfere()
	return l.Commit(ctx, candidates, nil)
}

func TestACrashAtAnyOperationLeavesTheOldStateOrTheNew(t *testing.T) {
	for _, failure := range []string{"crash", "EIO"} {
		for n := 1; ; n++ {
			f := newFaultyCommit(t)
			clean := openLake(t, f.db, f.below)
			interfered := false
			if err := f.store.Set(fmt.Sprintf("* . %dth -> %s", n, failure)); err != nil {
				t.Fatal(err)
			}
			err := f.run(t, func() {
				interfered = true
				commit(t, clean, stage(t, clean, "o", Change{Base: load(t, clean, "o"), Op: Append}, row(3)))
			})
			reached := len(f.store.Trace()) >= n
			if err := f.store.Set(); err != nil {
				t.Fatal(err)
			}
			if reached == (err == nil) {
				t.Fatalf("%s at operation %d of %v: %v", failure, n, f.store.Trace(), err)
			}
			f.wantOldOrNew(t, fmt.Sprintf("%s at %d", failure, n), err == nil, interfered)
			if !reached {
				break
			}
		}
	}
}

func (f *faultyCommit) wantOldOrNew(t *testing.T, when string, committed, interfered bool) {
	t.Helper()
	l := openLake(t, f.db, f.below)
	o, p := []string{row(1)}, []string{row(1)}
	if interfered {
		o = append(o, row(3))
	}
	if committed {
		o, p = append(o, row(2)), []string{row(2)}
	}
	for table, want := range map[string][]string{"o": o, "p": p} {
		got := rowsAt(t, load(t, l, table), At{})
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s has %v, want %v", when, table, got, want)
		}
	}
	wantNoOrphans(t, l, func(run string) bool { return run != "doomed" })
}

func TestASweepThatIsStoppedIsFinishedByTheNext(t *testing.T) {
	for n := 1; ; n++ {
		f := newFaultyCommit(t)
		l := openLake(t, f.db, f.store)
		stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append}, row(2))
		if err := f.store.Set(fmt.Sprintf("* . %dth -> crash", n)); err != nil {
			t.Fatal(err)
		}
		_, err := l.Sweep(ctx, func(string) bool { return false })
		stopped := errors.Is(err, fault.ErrCrashed)
		if !stopped && err != nil {
			t.Fatal(err)
		}
		f.wantOldOrNew(t, fmt.Sprintf("sweep stopped at %d", n), false, false)
		if !stopped {
			break
		}
	}
}

func TestSweepSparesWhatIsAlive(t *testing.T) {
	l := newLocalLake(t)
	var stages []*Stage
	for _, run := range []string{"alive", "dead"} {
		s, err := l.NewStage(ctx, run, "s", name("o"))
		if err != nil {
			t.Fatal(err)
		}
		writeData(t, s, l.AssignIDs(nil, orders), row(1))
		stages = append(stages, s)
	}
	swept, err := l.Sweep(ctx, func(run string) bool { return run == "alive" })
	if err != nil || swept.Stages != 1 || swept.Files != 1 || swept.Bytes == 0 {
		t.Errorf("swept %+v, %v", swept, err)
	}
	if names := listed(t, l); len(names) != 1 || !strings.Contains(names[0], stages[0].ID()) {
		t.Errorf("left: %v", names)
	}
	schema := l.AssignIDs(nil, orders)
	if _, err := stages[1].Build(ctx, Change{Op: Append, Schema: schema}); !errors.Is(err, ErrStageGone) {
		t.Errorf("a swept stage was built: %v", err)
	}
	for range 2 { // dropping twice is fine
		if err := stages[0].Drop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if names := listed(t, l); names != nil {
		t.Errorf("left: %v", names)
	}
}

func listed(t *testing.T, l *Lake) (names []string) {
	t.Helper()
	for info, err := range l.store.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

func TestBuildRemovesWhatAFailedAttemptLeft(t *testing.T) {
	l := newLocalLake(t)
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	schema := l.AssignIDs(nil, orders)
	writeData(t, s, schema, row(1))
	c, err := s.Build(ctx, Change{Op: Append, Schema: schema, Files: []NewFile{writeData(t, s, schema, row(2))}})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, c)
	wantRows(t, load(t, l, "o"), At{}, row(2))
	wantNoOrphans(t, l, func(string) bool { return true })
}
