package metadbtest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// whatIsKept is as new as the database, whoever has changed it; and a file is
// read only where it has changed.
func whatIsKept(t *testing.T, place string) {
	db, other := openCounter(t, place), open(t, place)
	kept := metadb.Keep[int](db)
	reads := 0
	get := func() (n int, err error) {
		return kept.Get(t.Context(), func(tx metadb.Tx) (n int, err error) {
			reads++
			err = read(t.Context(), tx, &n)
			return n, err
		})
	}
	want := func(n int) {
		t.Helper()
		if got, err := get(); err != nil || got != n {
			t.Errorf("what is kept is %d (%v), want %d", got, err, n)
		}
	}
	want(0)
	for i, change := range []func(func(metadb.Tx) error) error{
		func(fn func(metadb.Tx) error) error { return db.Update(t.Context(), fn) },
		func(fn func(metadb.Tx) error) error { return other.Update(t.Context(), fn) },
		func(fn func(metadb.Tx) error) error { return db.Note(t.Context(), fn) },
	} {
		if err := change(func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
		want(i + 1)
		before := reads
		want(i + 1)
		if db.Dialect() == metadb.SQLite && reads != before {
			t.Error("a file was read that has not changed")
		}
	}
	if err := db.Update(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no luck")
	if _, err := kept.Get(t.Context(), func(metadb.Tx) (int, error) { return 0, no }); !errors.Is(err, no) {
		t.Errorf("the error is %v", err)
	}
	want(4)
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := kept.Get(gone, func(metadb.Tx) (int, error) { return 0, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	want(4)
	keptByMany(t, db, other)
}

// keptByMany: nobody gets a state that is older than what they know of.
func keptByMany(t *testing.T, db, other *metadb.DB) {
	kept := metadb.Keep[int](db)
	var all sync.WaitGroup
	for _, writes := range []*metadb.DB{db, other, db, other} {
		all.Go(func() {
			for range 20 {
				known := 0
				err := writes.Note(t.Context(), func(tx metadb.Tx) error {
					return errors.Join(add(t.Context(), tx), read(t.Context(), tx, &known))
				})
				if err != nil {
					t.Error(err)
					return
				}
				n, err := kept.Get(t.Context(), func(tx metadb.Tx) (n int, err error) {
					err = read(t.Context(), tx, &n)
					return n, err
				})
				if err != nil || n < known {
					t.Errorf("what is kept is %d (%v), and %d was written before", n, err, known)
				}
			}
		})
	}
	all.Wait()
}
