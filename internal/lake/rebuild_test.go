package lake

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// again builds a stage once more, from the rows that its candidate has.
func again(t *testing.T, l *Lake, s *Stage, c *Candidate, change Change, rows ...string) *Candidate {
	t.Helper()
	onto, err := l.LoadAt(ctx, c.Name, c.Kind, c.Location)
	if err != nil {
		t.Fatal(err)
	}
	change.Onto = onto
	if len(change.Schema.Fields) == 0 {
		change.Schema = onto.Schema()
	}
	for _, r := range rows {
		change.Files = append(change.Files, writeData(t, s, change.Schema, r))
	}
	next, err := s.Build(ctx, change)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// uri is where a candidate has the file with that row.
func uri(t *testing.T, l *Lake, c *Candidate, row string) string {
	t.Helper()
	table, err := l.LoadAt(ctx, c.Name, c.Kind, c.Location)
	if err != nil {
		t.Fatal(err)
	}
	files, err := table.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if slices.Equal(readRows(t, l, []DataFile{f}), []string{row}) {
			return f.URI
		}
	}
	t.Fatalf("no file has %s", row)
	return ""
}

func TestAStageBuiltAgainIsOneSnapshot(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1), row(2)))
	base := load(t, l, "o")
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Build(ctx, Change{Base: base, Op: Append, Files: []NewFile{writeData(t, s, base.Schema(), row(3))}})
	if err != nil {
		t.Fatal(err)
	}
	c = again(t, l, s, c, Change{Base: base, Op: Append}, row(4))
	if c.Op != Append {
		t.Errorf("appends are %s", c.Op)
	}
	c = again(t, l, s, c, Change{Base: base, Op: Overwrite, Remove: []string{uri(t, l, c, row(3)), uri(t, l, c, row(1))}}, row(5))
	c = again(t, l, s, c, Change{Base: base, Op: Overwrite, Remove: []string{uri(t, l, c, row(5))}}, row(6))
	if c.Op != Overwrite || c.Base != base.Location() {
		t.Errorf("%+v", c)
	}
	commit(t, l, c)
	after := load(t, l, "o")
	wantRows(t, after, At{}, row(2), row(4), row(6))
	wantRows(t, after, At{SnapshotID: base.Current().ID}, row(1), row(2))
	snapshot := after.Current()
	if len(after.Snapshots()) != 2 || snapshot.ParentID != base.Current().ID || snapshot.Sequence != base.Current().Sequence+1 {
		t.Errorf("%+v", after.Snapshots())
	}
	for key, want := range map[string]string{"added-records": "2", "deleted-records": "1", "total-records": "3", "total-data-files": "3"} {
		if got := snapshot.Summary[key]; got != want {
			t.Errorf("%s = %s, want %s", key, got, want)
		}
	}
	wantNoOrphans(t, l, func(string) bool { return true })
}

func TestAppendsBuiltAgainMoveAlong(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	base := load(t, l, "o")
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Build(ctx, Change{Base: base, Op: Append, Files: []NewFile{writeData(t, s, base.Schema(), row(2))}})
	if err != nil {
		t.Fatal(err)
	}
	c = again(t, l, s, c, Change{Base: base, Op: Append}, row(3))
	commit(t, l, stage(t, l, "o", Change{Base: base, Op: Replace, Schema: orders}, row(9)))
	commit(t, l, c)
	wantRows(t, load(t, l, "o"), At{}, row(9), row(2), row(3))
	wantNoOrphans(t, l, func(string) bool { return true })
}

// A transaction of many small statements has few manifests to read for each.
func TestACandidateBuiltOftenHasFewManifests(t *testing.T) {
	for _, parts := range [][]PartitionField{nil, byCountries} {
		l := newLocalLake(t)
		commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Partition: parts}, row(0)))
		base := load(t, l, "o")
		s, err := l.NewStage(ctx, "r", "s", name("o"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Build(ctx, Change{Base: base, Op: Append, Schema: base.Schema(), Partition: parts, Files: []NewFile{writeData(t, s, base.Schema(), row(1))}})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{row(0), row(1)}
		for i := 2; i < 40; i++ {
			change := Change{Base: base, Op: Append, Partition: parts}
			if i%13 == 0 {
				change.Op, change.Remove = Overwrite, []string{uri(t, l, c, row(i-2))}
				want = slices.DeleteFunc(want, func(r string) bool { return r == row(i-2) })
			}
			c = again(t, l, s, c, change, row(i))
			want = append(want, row(i))
		}
		commit(t, l, c)
		after := load(t, l, "o")
		wantRows(t, after, At{}, want...)
		wantRows(t, after, At{SnapshotID: base.Current().ID}, row(0))
		if n := len(manifestsOf(t, after)); n > mostOwn+3 {
			t.Errorf("there are %d manifests", n)
		}
		if got := after.Current().Summary["added-data-files"]; got != "36" {
			t.Errorf("%s files are told as added", got)
		}
		wantNoOrphans(t, l, func(string) bool { return true })
	}
}

// Ids of columns that only an earlier build had are not given to others: its
// files have them.
func TestIDsOfDroppedColumnsStayUsed(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	base := load(t, l, "o")
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	wide := l.AssignIDs(base, columns(append(slices.Clone(orders.Fields), column("extra", Long))...))
	c, err := s.Build(ctx, Change{Base: base, Op: Append, Schema: wide})
	if err != nil {
		t.Fatal(err)
	}
	c = again(t, l, s, c, Change{Base: base, Op: Replace, Schema: base.Schema()}, row(2))
	commit(t, l, c)
	table := load(t, l, "o")
	next := l.AssignIDs(table, columns(append(slices.Clone(orders.Fields), column("other", Long))...))
	if old, _ := wide.Column("extra"); next.Fields[len(next.Fields)-1].ID <= old.ID {
		t.Errorf("extra had %d, and other gets %d", old.ID, next.Fields[len(next.Fields)-1].ID)
	}
}

func TestDropsAreInTheHistory(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	table := load(t, l, "o")
	there := time.Now()
	drop := Publication{Drops: []Drop{{Name: name("o"), Base: table.Location()}}}
	if err := l.Publish(ctx, Publication{Drops: []Drop{{Name: name("o"), Base: "elsewhere"}}}, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("got %v", err)
	}
	if err := l.Publish(ctx, drop, nil); err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(ctx, drop, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("dropped twice: %v", err)
	}
	gone := time.Now()
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(2)))
	for when, want := range map[time.Time]string{there: row(1), gone: "", time.Now(): row(2)} {
		v, err := l.PinAt(ctx, when)
		if err != nil {
			t.Fatal(err)
		}
		then, err := v.Load(ctx, name("o"))
		if (err != nil) != (want == "") {
			t.Errorf("%v: %v", when, err)
		}
		if err == nil {
			wantRows(t, then, At{}, want)
		}
	}
	published, err := l.Published(ctx)
	if err != nil || len(published) != 2 {
		t.Errorf("%v %v", published, err)
	}
}

// rewriting is a run that builds o twice, gives p's name to q or the other way,
// and publishes both.
func (f *faultyCommit) rewriting(t *testing.T) error {
	t.Helper()
	l := openLake(t, f.db, f.store)
	v, err := l.Pin(ctx)
	if err != nil {
		return err
	}
	from, to := "p", "q"
	if f.want["p"] == nil {
		from, to = to, from
	}
	f.rows++
	mine := row(f.rows)
	o, err := f.twice(t, v, mine)
	if err != nil {
		return err
	}
	moved, err := v.Load(ctx, name(from))
	if err != nil {
		return err
	}
	s, err := l.NewStage(ctx, "doomed", "step", name(to))
	if err == nil {
		err = s.Rename(ctx, name(to), nil)
	}
	if err != nil {
		return err
	}
	q, err := s.Build(ctx, Change{Base: moved, Op: Append})
	if err != nil {
		return err
	}
	if err := l.Publish(ctx, Publication{Candidates: []*Candidate{o, q}, Drops: []Drop{{Name: name(from), Base: moved.Location()}}}, nil); err != nil {
		return err
	}
	f.want["o"], f.want[to] = []string{mine}, f.want[from]
	delete(f.want, from)
	return nil
}

// twice builds o with another row, and then takes all others out.
func (f *faultyCommit) twice(t *testing.T, v *View, row string) (*Candidate, error) {
	base, err := v.Load(ctx, name("o"))
	if err != nil {
		return nil, err
	}
	old, err := base.Files(ctx, At{}, nil)
	if err != nil {
		return nil, err
	}
	s, err := v.lake.NewStage(ctx, "doomed", "step", name("o"))
	if err != nil {
		return nil, err
	}
	var c *Candidate
	change := Change{Base: base, Op: Append, Schema: base.Schema()}
	for i, text := range []string{"{\"country\":\"DE\",\"id\":0}", row} {
		file := fmt.Sprintf("%s/new%d.parquet", s.DataPrefix(), i)
		if err := objstore.WriteAll(ctx, f.store, file, parquetFile(t, base.Schema(), text)); err != nil {
			return nil, err
		}
		change.Files = []NewFile{{Path: file}}
		if c, err = s.Build(ctx, change); err != nil {
			return nil, err
		}
		change.Op, change.Remove = Overwrite, []string{v.lake.store.URI(file)}
		for _, o := range old {
			change.Remove = append(change.Remove, o.URI)
		}
		if change.Onto, err = v.lake.LoadAt(ctx, c.Name, c.Kind, c.Location); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func TestACrashWhileBuildingAgainLeavesTheOldStateOrTheNew(t *testing.T) {
	f := newFaultyCommit(t)
	for _, failure := range []string{"crash", "EIO"} {
		for n, reached := 1, true; reached; n++ {
			if err := f.store.Set(fmt.Sprintf("* . %dth -> %s", n, failure)); err != nil {
				t.Fatal(err)
			}
			err := f.rewriting(t)
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
