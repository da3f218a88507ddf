package lake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// faultyCommit is a lake in which one commit is under test again and again: an
// append to o, which has to be rebased, together with a replacement of p.
type faultyCommit struct {
	db    *metadb.DB
	below *mem.Store
	store *fault.Store
	clean *Lake               // on the store that works
	rows  int                 // how many there were so far; each has its own number
	want  map[string][]string // rows by table
}

func newFaultyCommit(t *testing.T) *faultyCommit {
	t.Helper()
	f := &faultyCommit{db: openDB(t), below: mem.New(), want: map[string][]string{}}
	var err error
	if f.store, err = fault.New(f.below); err != nil {
		t.Fatal(err)
	}
	f.clean = openLake(t, f.db, f.below)
	for _, table := range []string{"o", "p"} {
		commit(t, f.clean, stage(t, f.clean, table, Change{Op: Append, Schema: orders, Properties: mergeEarly}, row(0)))
		f.want[table] = []string{row(0)}
	}
	return f
}

// interfere gives o other rows by way of the store that works.
func (f *faultyCommit) interfere(t *testing.T) {
	t.Helper()
	f.rows++
	commit(t, f.clean, stage(t, f.clean, "o", Change{Base: load(t, f.clean, "o"), Op: Replace, Schema: orders}, row(f.rows)))
	f.want["o"] = []string{row(f.rows)}
}

// run does the work on the faulty store.
func (f *faultyCommit) run(t *testing.T) error {
	t.Helper()
	l := openLake(t, f.db, f.store)
	v, err := l.Pin(ctx)
	if err != nil {
		return err
	}
	f.rows++
	mine := row(f.rows)
	o, err := f.build(t, v, "o", Append, mine)
	if err != nil {
		return err
	}
	p, err := f.build(t, v, "p", Replace, mine)
	if err != nil {
		return err
	}
	f.interfere(t)
	if err := l.Commit(ctx, []*Candidate{o, p}, nil); err != nil {
		return err
	}
	f.want["o"], f.want["p"] = append(f.want["o"], mine), []string{mine}
	return nil
}

func (f *faultyCommit) build(t *testing.T, v *View, table string, op Op, row string) (*Candidate, error) {
	base, err := v.Load(ctx, name(table))
	if err != nil {
		return nil, err
	}
	s, err := v.lake.NewStage(ctx, "doomed", "step", name(table))
	if err != nil {
		return nil, err
	}
	file := s.DataPrefix() + "/new.parquet"
	if err := objstore.WriteAll(ctx, f.store, file, parquetFile(t, base.Schema(), row)); err != nil {
		return nil, err
	}
	return s.Build(ctx, Change{Base: base, Op: op, Schema: base.Schema(), Files: []NewFile{{Path: file}}})
}

func TestACrashAtAnyOperationLeavesTheOldStateOrTheNew(t *testing.T) {
	f := newFaultyCommit(t)
	for _, failure := range []string{"crash", "EIO"} {
		for n, reached := 1, true; reached; n++ {
			if err := f.store.Set(fmt.Sprintf("* . %dth -> %s", n, failure)); err != nil {
				t.Fatal(err)
			}
			err := f.run(t)
			reached = len(f.store.Trace()) >= n
			if reached == (err == nil) {
				t.Fatalf("%s at operation %d of %v: %v", failure, n, f.store.Trace(), err)
			}
			if err := f.store.Set(); err != nil {
				t.Fatal(err)
			}
			f.wantState(t, fmt.Sprintf("%s at %d", failure, n))
		}
	}
	wantNoOrphans(t, openLake(t, f.db, f.below), func(string) bool { return true })
}

// wantState expects the rows that the commits so far have made, and after a
// sweep nothing of the runs that failed.
func (f *faultyCommit) wantState(t *testing.T, when string) {
	t.Helper()
	l := f.clean
	for table, want := range f.want {
		if got := rowsAt(t, load(t, l, table), At{}); !slices.Equal(got, want) {
			t.Errorf("%s: %s has %v, want %v", when, table, got, want)
		}
	}
	if _, err := l.Sweep(ctx, func(run string) bool { return run != "doomed" }); err != nil {
		t.Fatal(err)
	}
	journaled := strings.Join(append(queryStrings(t, l, `SELECT id FROM tarn_stage`), theirs(t, l)...), " ")
	for _, file := range listed(t, l) {
		if id := strings.Split(file, "/")[3]; !strings.Contains(journaled, id) {
			t.Errorf("%s: orphan %s", when, file)
		}
	}
}

func TestASweepThatIsStoppedIsFinishedByTheNext(t *testing.T) {
	f := newFaultyCommit(t)
	for n := 1; ; n++ {
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
		if err := f.store.Set(); err != nil {
			t.Fatal(err)
		}
		f.wantState(t, fmt.Sprintf("sweep stopped at %d", n))
		wantNoOrphans(t, openLake(t, f.db, f.below), func(string) bool { return false })
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
