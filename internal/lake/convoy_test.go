package lake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// appends are candidates for one table, all built on the same state of it.
func appends(t *testing.T, l *Lake, table string, rows ...int) (all []*Candidate) {
	t.Helper()
	base := load(t, l, table)
	for _, n := range rows {
		all = append(all, stage(t, l, table, Change{Base: base, Op: Append}, row(n)))
	}
	return all
}

func TestAppendsToOneTableThatWaitLandTogetherEachOnTheOneBefore(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "same", Change{Op: Append, Schema: orders}, row(0)))
	refused := errors.New("refused")
	candidates := appends(t, l, "same", 1, 2, 3, 4, 5, 6)
	var mu sync.Mutex
	transactions := map[metadb.Tx]int{}
	errs := make([]error, len(candidates))
	gathering(t, l, len(candidates), func(i int) {
		if i > 0 && !soon(func() bool { return l.lines("same") }) {
			t.Error("the first of the table does not wait")
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
	})
	want := []string{row(0)}
	for i, err := range errs {
		if i == 2 {
			if !errors.Is(err, refused) {
				t.Errorf("the one that refused itself: %v", err)
			}
			continue
		}
		want = append(want, row(i+1))
		if err != nil {
			t.Error(err)
		}
	}
	now := load(t, l, "same")
	got := rowsAt(t, now, At{})
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the table has %v, want %v", got, want)
	}
	wantLine(t, now, len(want))
	wantOwnPlaces(t, l, candidates, errs)
	if len(transactions) > 5 {
		t.Errorf("%d transactions for %d publications", len(transactions), len(candidates))
	}
	if err := candidateStage(l, candidates[2]).Drop(ctx); err != nil {
		t.Error(err)
	}
	if _, err := l.Sweep(ctx, func(string) bool { return true }); err != nil {
		t.Error(err)
	}
	wantNoOrphans(t, l, func(string) bool { return true })
	if len(l.convoys.waiting) > 0 || l.turns.leading {
		t.Error("somebody is still thought to wait")
	}
}

// candidateStage is the stage of a candidate, to be dropped.
func candidateStage(l *Lake, c *Candidate) *Stage {
	return &Stage{lake: l, row: stageRow{ID: c.Stage, Name: c.Name,
		DataPrefix: tableFolder(c.Name) + "/data/" + c.Stage, MetadataPrefix: tableFolder(c.Name) + "/metadata/" + c.Stage}}
}

// wantLine expects n snapshots, each with the one before as its parent.
func wantLine(t *testing.T, table *Table, n int) {
	t.Helper()
	all := table.Snapshots()
	if len(all) != n {
		t.Errorf("%d snapshots, want %d", len(all), n)
	}
	for i := 1; i < len(all); i++ {
		if all[i].ParentID != all[i-1].ID || all[i].Sequence != all[i-1].Sequence+1 {
			t.Errorf("snapshot %+v after %+v", all[i], all[i-1])
		}
	}
}

// wantOwnPlaces expects that candidates that landed say where they are, and that
// each was the table's state after another.
func wantOwnPlaces(t *testing.T, l *Lake, candidates []*Candidate, errs []error) {
	t.Helper()
	states := queryStrings(t, l, `SELECT location FROM tarn_pointer`)
	for i, c := range candidates {
		if errs[i] != nil {
			continue
		}
		if at := slices.Index(states, c.Location); at < 1 || !slices.Contains(states, c.Base) {
			t.Errorf("%s, which was built on %s, is none of %v", c.Location, c.Base, states)
		}
	}
}

func TestPublicationsOfSeveralTablesMoveAlongTogether(t *testing.T) {
	l := newLake(t)
	tables := []string{"a", "b"}
	for _, name := range tables {
		commit(t, l, stage(t, l, name, Change{Op: Append, Schema: orders}, row(0)))
	}
	const writers, each = 6, 5
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				n := 1 + w*each + i
				publication := appends(t, l, tables[w%2], n)
				if w%3 == 0 { // takes both, in another order
					publication = append(publication, appends(t, l, tables[(w+1)%2], n)...)
				}
				if err := l.Commit(ctx, publication, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for at, name := range tables {
		n := 1
		for w := range writers {
			if w%2 == at || w%3 == 0 {
				n += each
			}
		}
		got := rowsAt(t, load(t, l, name), At{})
		slices.Sort(got)
		if len(got) != n || len(slices.Compact(got)) != n {
			t.Errorf("%s has %d rows, want %d, each once", name, len(got), n)
		}
		wantLine(t, load(t, l, name), n)
	}
}

func TestProcessesThatAppendToOneTableClaimIt(t *testing.T) {
	db, store := openDB(t), mem.New()
	lakes := []*Lake{openLake(t, db, store), openLake(t, db, store), openLake(t, db, store)}
	commit(t, lakes[0], stage(t, lakes[0], "same", Change{Op: Append, Schema: orders}, row(0)))
	for _, l := range lakes {
		l.rivals.seen(name("same").Key())
	}
	const each = 15
	var group sync.WaitGroup
	for i, l := range lakes {
		for w := range 2 {
			group.Go(func() {
				for n := range each {
					for _, c := range appends(t, l, "same", 1+(i*2+w)*each+n) {
						if err := l.Commit(ctx, []*Candidate{c}, nil); err != nil {
							t.Error(fmt.Errorf("lake %d: %w", i, err))
						}
					}
				}
			})
		}
	}
	group.Wait()
	got := rowsAt(t, load(t, lakes[0], "same"), At{})
	slices.Sort(got)
	if n := 6*each + 1; len(got) != n || len(slices.Compact(got)) != n {
		t.Errorf("%d rows, want %d, each once", len(got), n)
	}
	wantLine(t, load(t, lakes[0], "same"), 6*each+1)
	for _, spare := range queryStrings(t, lakes[0], `SELECT spare FROM tarn_stage WHERE spare <> '[]'`) {
		if n := strings.Count(spare, ".avro") + strings.Count(spare, ".json"); n != 2 {
			t.Errorf("a change moved along more than once, which left %s", spare)
		}
	}
}
