package concurrency

import (
	"flag"
	"maps"
	"testing"
	"time"
)

// The size of a test: what a small machine bears at every push; flags make it
// the whole.
var (
	processes = flag.Int("processes", 4, "how many processes write at once")
	writers   = flag.Int("writers", 8, "how many writers they are together")
	commits   = flag.Int("commits", 10, "how many commits each writer makes")
	keep      = flag.Int("keep", 20, "how many snapshots each table keeps")
)

// Try lets processes write to one table and to one for each writer, and looks
// at every row. catalog makes an empty database and returns where it is.
func Try(t *testing.T, catalog func(t *testing.T) string) {
	for what, tables := range map[string]int{"one table": 1, "a table for each writer": *writers} {
		t.Run(what, func(t *testing.T) {
			whole := Job{Catalog: catalog(t), Warehouse: t.TempDir(), Tables: tables, Writers: *writers, Commits: *commits, Keep: *keep}
			if err := whole.Prepare(t.Context()); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			if err := whole.Run(t.Context(), *processes); err != nil {
				t.Fatal(err)
			}
			took, n := time.Since(begun), *writers**commits
			whole.check(t)
			t.Logf("%d commits in %s: %.0f a second", n, took.Round(time.Millisecond), float64(n)/took.Seconds())
		})
	}
}

// check looks that each row is there once, and nothing else.
func (j Job) check(t *testing.T) {
	t.Helper()
	times, snapshots, err := j.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for w := range j.Writers {
		for i := range j.Commits {
			row := Row(w%j.Tables, int64(w*j.Commits+i))
			if times[row] != 1 {
				t.Errorf("the row %s is there %d times", row, times[row])
			}
			delete(times, row)
		}
	}
	for row, n := range times {
		t.Errorf("the row %s is there %d times, and nobody wrote it", row, n)
	}
	each := j.Writers*j.Commits/j.Tables + 1 // for each commit, and the table's first
	if j.Keep > 0 {
		each = min(each, j.Keep)
	}
	if want := each * j.Tables; snapshots != want {
		t.Errorf("%d snapshots, want %d", snapshots, want)
	}
	j.reclaim(t, each*j.Tables)
}

// reclaim removes what the tables have let go of, and looks again.
func (j Job) reclaim(t *testing.T, kept int) {
	t.Helper()
	before, _, err := j.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	removed, err := j.Reclaim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := j.Writers*j.Commits + j.Tables - kept; removed != want {
		t.Errorf("the files of %d snapshots were removed, want %d", removed, want)
	}
	after, _, err := j.Rows(t.Context())
	if err != nil || !maps.Equal(before, after) {
		t.Errorf("%d rows are left of %d: %v", len(after), len(before), err)
	}
}
