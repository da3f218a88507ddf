package metadbtest

import (
	"errors"
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// kind is a text with a type of its own, as owners have them.
type kind string

func statementsThatWait(t *testing.T, place string) {
	db, err := metadb.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), "ledger", ledger); err != nil {
		t.Fatal(err)
	}
	insert := func(tx metadb.Tx, path kind, size int64) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO ledger (path, size, seen, bytes) VALUES (?, ?, ?, ?)`, path, size, true, []byte("x"))
		return err
	}
	var changed []int64
	var between int
	err = db.Update(t.Context(), func(tx metadb.Tx) (err error) {
		changed, err = metadb.Queued(t.Context(), tx, func(tx metadb.Tx) error {
			if err := errors.Join(insert(tx, "a", 1), insert(tx, "b", 2)); err != nil {
				return err
			}
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM ledger`).Scan(&between); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE ledger SET size = size + 1 WHERE path <> ?`, kind("c"))
			return errors.Join(err, insert(tx, "c", 3))
		})
		return err
	})
	if err != nil || between != 2 || !slices.Equal(changed, []int64{1, 1, 2, 1}) {
		t.Errorf("changed %v, %d rows in between, %v", changed, between, err)
	}
	for what, last := range map[string]string{"a wrong statement": `UPDATE nowhere SET n = 1`, "a wrong value": `UPDATE ledger SET size = NULL WHERE nothing = 1`} {
		err := db.Update(t.Context(), func(tx metadb.Tx) error {
			_, err := metadb.Queued(t.Context(), tx, func(tx metadb.Tx) error {
				_, err := tx.Exec(t.Context(), last)
				return errors.Join(insert(tx, "d", 4), err, insert(tx, "e", 5))
			})
			return err
		})
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	var rows, sum int64
	if err := db.View(t.Context(), func(tx metadb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*), sum(size) FROM ledger`).Scan(&rows, &sum)
	}); err != nil || rows != 3 || sum != 8 {
		t.Errorf("%d rows, %d in all, %v", rows, sum, err)
	}
}
