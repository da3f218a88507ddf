package metadbtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

func updateIsAllOrNothing(t *testing.T, place string) {
	db := openCounter(t, place)
	failed := errors.New("not today")
	for name, fn := range map[string]func(metadb.Tx) error{
		"an error": func(tx metadb.Tx) error { return errors.Join(add(t.Context(), tx), failed) },
		"a wrong statement": func(tx metadb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE nowhere SET n = 1`)
			return errors.Join(add(t.Context(), tx), err)
		},
	} {
		if err := db.Update(t.Context(), fn); err == nil {
			t.Errorf("%s: Update returned no error", name)
		}
		if n := count(t, db); n != 0 {
			t.Errorf("%s: the counter is %d, want 0", name, n)
		}
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.Update(t.Context(), func(tx metadb.Tx) error { panic(add(t.Context(), tx)) })
	}()
	if n := count(t, db); n != 0 {
		t.Errorf("a panic: the counter is %d, want 0", n)
	}
	if err := db.Update(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 1 {
		t.Errorf("the counter is %d, want 1", n)
	}
}

func aCancelledUpdateLeavesNothing(t *testing.T, place string) {
	db := openCounter(t, place)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx metadb.Tx) error {
		err := add(ctx, tx)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want a cancellation", err)
	}
	if n := count(t, db); n != 0 {
		t.Errorf("the counter is %d, want 0", n)
	}
}

func viewSeesOneMomentAndCannotWrite(t *testing.T, place string) {
	db, other := openCounter(t, place), openCounter(t, place)
	err := db.View(t.Context(), func(tx metadb.Tx) error {
		if err := other.Update(t.Context(), func(w metadb.Tx) error { return add(t.Context(), w) }); err != nil {
			return err
		}
		var n int
		if err := read(t.Context(), tx, &n); err != nil {
			return err
		}
		if n != 0 {
			t.Errorf("the View saw %d, which was committed after it began", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.View(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err == nil {
		t.Error("a View could write")
	}
	if n := count(t, db); n != 1 {
		t.Errorf("the counter is %d, want 1", n)
	}
}

// Each handle is what a process of its own would have: locks are between
// connections.
func manyHandlesCountTogether(t *testing.T, place string) {
	const handles, writers, updates = 4, 2, 25
	var wg sync.WaitGroup
	for range handles {
		wg.Go(func() {
			db, err := metadb.Open(t.Context(), place)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if err := db.Migrate(t.Context(), "counter", counter); err != nil {
				t.Error(err)
				return
			}
			var inner sync.WaitGroup
			for range writers {
				inner.Go(func() {
					for range updates {
						if err := db.Update(t.Context(), readThenAdd(t.Context())); err != nil {
							t.Error(err)
						}
					}
				})
			}
			inner.Wait()
		})
	}
	wg.Wait()
	if n := count(t, openCounter(t, place)); n != handles*writers*updates {
		t.Errorf("the counter is %d, want %d", n, handles*writers*updates)
	}
}

// readThenAdd loses counts unless the transaction is serial.
func readThenAdd(ctx context.Context) func(metadb.Tx) error {
	return func(tx metadb.Tx) error {
		var n int
		if err := read(ctx, tx, &n); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE counter SET n = ?`, n+1)
		return err
	}
}

func waitingForAnotherWriterCanBeCancelled(t *testing.T, place string) {
	db, other := openCounter(t, place), openCounter(t, place)
	err := other.Update(t.Context(), func(metadb.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		err := db.Update(ctx, func(tx metadb.Tx) error { return add(ctx, tx) })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Update = %v, want the deadline", err)
		}
		if waited := time.Since(begun); waited > 10*time.Second {
			t.Errorf("the cancelled Update went on waiting for %s", waited)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
