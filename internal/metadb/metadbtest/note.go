package metadbtest

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// notesThatComeTogether keeps the first note waiting for another writer until
// all have come, so that the others share a transaction.
func notesThatComeTogether(t *testing.T, place string) {
	db, other := openCounter(t, place), openCounter(t, place)
	const writers = 12
	cancelled, cancel := context.WithCancel(t.Context())
	contexts := map[int]context.Context{givesUp: cancelled}
	var wg, begun sync.WaitGroup
	begun.Add(writers)
	var errs [writers]error
	err := other.Update(t.Context(), func(metadb.Tx) error {
		for w := range writers {
			wg.Go(func() {
				ctx := cmp.Or(contexts[w], t.Context())
				defer func() {
					if v := recover(); v != nil {
						errs[w] = errPanic
					}
				}()
				begun.Done()
				errs[w] = db.Note(ctx, func(tx metadb.Tx) error { return errors.Join(add(ctx, tx), ending(w)) })
			})
		}
		begun.Wait()
		cancel()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for w, err := range errs {
		if want := map[int]error{fails: errBroken, panics: errPanic, givesUp: context.Canceled}[w]; !errors.Is(err, want) {
			t.Errorf("note %d: %v, want %v", w, err, want)
		}
	}
	if n := count(t, db); n != writers-3 {
		t.Errorf("the counter is %d, want %d", n, writers-3)
	}
}

// The notes that do not succeed.
const (
	fails   = 3
	panics  = 5
	givesUp = 7
)

var errBroken, errPanic = errors.New("broken"), errors.New("panic")

func ending(w int) error {
	switch w {
	case fails:
		return errBroken
	case panics:
		panic(w)
	}
	return nil
}

func aLookIsOneSelect(t *testing.T, place string) {
	db := openCounter(t, place)
	if err := db.Update(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	look := func(queries ...string) (n int, err error) {
		err = db.Look(t.Context(), func(r metadb.Reader) error {
			for _, q := range queries {
				if err := ask(t.Context(), r, q, &n); err != nil {
					return err
				}
			}
			return nil
		})
		return n, err
	}
	if n, err := look(`SELECT n FROM counter`); err != nil || n != 1 {
		t.Errorf("a look = %d, %v", n, err)
	}
	for what, queries := range map[string][]string{
		"two":         {`SELECT n FROM counter`, `SELECT n FROM counter`},
		"a change":    {`UPDATE counter SET n = 5 RETURNING n`},
		"no table":    {`SELECT n FROM nowhere`},
		"no question": {``},
	} {
		if _, err := look(queries...); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if n := count(t, db); n != 1 {
		t.Errorf("the counter is %d, want 1", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := db.Look(ctx, func(r metadb.Reader) error { return ask(ctx, r, `SELECT n FROM counter`, new(int)) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a look that was given up = %v", err)
	}
}

// ask reads one number.
func ask(ctx context.Context, r metadb.Reader, query string, n *int) (err error) {
	rows, err := r.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(n); err != nil {
			return err
		}
	}
	return rows.Err()
}
