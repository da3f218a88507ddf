package metadbtest

import (
	"bytes"
	"database/sql"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

type named string

func valuesComeBack(t *testing.T, place string) {
	db := open(t, place)
	if err := db.Migrate(t.Context(), "ledger", ledger); err != nil {
		t.Fatal(err)
	}
	const path, size = named("tromsø/'a' \"b\" $1 ?\n.csv"), int64(math.MaxInt64)
	raw := []byte{0, 1, 0xff}
	err := db.Update(t.Context(), func(tx metadb.Tx) error {
		n, err := tx.Exec(t.Context(), `INSERT INTO ledger (path, size, seen, bytes) VALUES (?, ?, ?, ?), (?, ?, ?, ?)`,
			path, size, true, raw, "second", -size, false, []byte(nil))
		if err == nil && n != 2 {
			t.Errorf("2 rows were inserted, and counted as %d", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(t.Context(), func(tx metadb.Tx) error {
		var gotPath named
		var gotSize int64
		var seen, there bool
		var gotRaw []byte
		err := tx.QueryRow(t.Context(), `SELECT path, size, seen, bytes, bytes IS NOT NULL FROM ledger WHERE seen = ? AND path IN (?, ?)`, true, path, named("x")).
			Scan(&gotPath, &gotSize, &seen, &gotRaw, &there)
		if gotPath != path || gotSize != size || !seen || !there || !bytes.Equal(gotRaw, raw) {
			t.Errorf("got %q %d %v %x %v", gotPath, gotSize, seen, gotRaw, there)
		}
		missing := tx.QueryRow(t.Context(), `SELECT size FROM ledger WHERE path = ?`, "third").Scan(&gotSize)
		if !errors.Is(missing, sql.ErrNoRows) {
			t.Errorf("a row that is not there: %v", missing)
		}
		second := tx.QueryRow(t.Context(), `SELECT bytes FROM ledger WHERE path = ?`, "second").Scan(&gotRaw)
		if gotRaw != nil {
			t.Errorf("NULL came back as %x", gotRaw)
		}
		return errors.Join(err, second)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func questionMarks(t *testing.T, place string) {
	db := openCounter(t, place)
	err := db.View(t.Context(), func(tx metadb.Tx) error {
		var text string
		var n int
		err := tx.QueryRow(t.Context(), `SELECT 'why? ''really?''' AS "a ?", n FROM counter WHERE n = ?`, 0).Scan(&text, &n)
		if text != "why? 'really?'" {
			t.Errorf("got %q", text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func reopened(t *testing.T, place string) {
	db, err := metadb.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), "counter", counter); err != nil {
		t.Fatal(err)
	}
	if err := db.Note(t.Context(), func(tx metadb.Tx) error { return add(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, openCounter(t, place)); n != 1 {
		t.Errorf("the counter is %d, want 1", n)
	}
}

func noteIsAllOrNothing(t *testing.T, place string) {
	db := openCounter(t, place)
	broken := errors.New("broken")
	for _, fail := range []error{nil, broken, nil} {
		err := db.Note(t.Context(), func(tx metadb.Tx) error { return errors.Join(add(t.Context(), tx), fail) })
		if !errors.Is(err, fail) {
			t.Errorf("Note = %v, want %v", err, fail)
		}
	}
	if n := count(t, db); n != 2 {
		t.Errorf("the counter is %d, want 2", n)
	}
}

// updatesTakeTurns holds one writer inside its transaction and looks that
// another does not get in.
func updatesTakeTurns(t *testing.T, place string) {
	db, other := openCounter(t, place), openCounter(t, place)
	var mu sync.Mutex
	var order []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, s)
	}
	inside := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.Update(t.Context(), func(tx metadb.Tx) error {
			close(inside)
			// Time for the other to get in, if it can.
			for range 50 {
				if err := add(t.Context(), tx); err != nil {
					return err
				}
			}
			note("first")
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	err := other.Update(t.Context(), func(tx metadb.Tx) error {
		var n int
		err := read(t.Context(), tx, &n)
		if n != 50 {
			t.Errorf("the second writer saw %d, want what the first one left", n)
		}
		note("second")
		return err
	})
	wg.Wait()
	if err != nil || len(order) != 2 || order[0] != "first" {
		t.Errorf("%v: %v", order, err)
	}
}
