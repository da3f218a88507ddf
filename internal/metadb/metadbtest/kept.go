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
	reads, failing := 0, error(nil)
	kept := metadb.Keep(db, func(ctx context.Context, tx metadb.Tx) (n int, err error) {
		reads++
		return n, errors.Join(failing, read(ctx, tx, &n))
	}, func(ctx context.Context, r metadb.Reader, was int) (int, error) {
		reads++
		n, err := now(ctx, r)
		if n < was {
			t.Errorf("what was %d is %d", was, n)
		}
		return n, errors.Join(failing, err)
	})
	want := func(n int) {
		t.Helper()
		if got, err := kept.Get(t.Context()); err != nil || got != n {
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
	failing = errors.New("no luck")
	if _, err := kept.Get(t.Context()); !errors.Is(err, failing) {
		t.Errorf("the error is %v", err)
	}
	failing = nil
	want(4)
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := kept.Get(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	want(4)
}

// now reads the counter as a look does.
func now(ctx context.Context, r metadb.Reader) (n int, err error) {
	rows, err := r.Query(ctx, `SELECT n FROM counter`)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Err(), rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// whatIsKeptByMany: nobody gets a state that is older than what they know of, and
// those who come at once look together.
func whatIsKeptByMany(t *testing.T, place string) {
	db, other := openCounter(t, place), open(t, place)
	kept := metadb.Keep(db,
		func(ctx context.Context, tx metadb.Tx) (n int, err error) { err = read(ctx, tx, &n); return n, err },
		func(ctx context.Context, r metadb.Reader, _ int) (int, error) { return now(ctx, r) })
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
				if n, err := kept.Get(t.Context()); err != nil || n < known {
					t.Errorf("what is kept is %d (%v), and %d was written before", n, err, known)
				}
			}
		})
	}
	all.Wait()
}

// whatIsKeptIsLookedForTogether: however many come while somebody looks, there is
// one look for all of them, which began after they came; and who goes takes
// nobody along.
func whatIsKeptIsLookedForTogether(t *testing.T, place string) {
	db := openCounter(t, place)
	looks, looking, goOn := 0, make(chan struct{}), make(chan struct{})
	kept := metadb.Keep(db, func(ctx context.Context, tx metadb.Tx) (n int, err error) {
		if looks++; looks == 1 {
			close(looking)
			<-goOn
		}
		return n, read(ctx, tx, &n)
	}, func(ctx context.Context, r metadb.Reader, _ int) (int, error) {
		looks++
		return now(ctx, r)
	})
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := kept.Get(t.Context()); err != nil {
			t.Error(err)
		}
	})
	<-looking
	if err := db.Update(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for i := range 9 {
		ctx := &heeded{Context: t.Context(), first: sync.OnceFunc(waiting.Done)}
		if i == 0 {
			ctx.Context = gone
		}
		waiting.Add(1)
		all.Go(func() {
			if n, err := kept.Get(ctx); i > 0 && (err != nil || n != 1) {
				t.Errorf("what is kept is %d (%v), and 1 was written before", n, err)
			}
		})
	}
	waiting.Wait()
	stop()
	close(goOn)
	all.Wait()
	if looks != 2 {
		t.Errorf("nine who came while somebody looked have looked %d times", looks-1)
	}
}

// heeded is a context that tells when somebody begins to heed its end: then they
// wait.
type heeded struct {
	context.Context
	first func()
}

// Done implements [context.Context].
func (h *heeded) Done() <-chan struct{} {
	h.first()
	return h.Context.Done()
}
