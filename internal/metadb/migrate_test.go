package metadb

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// counterV2 knows one migration more. Applied twice it would leave two rows
// too many and no error of its own.
var counterV2 = fstest.MapFS{
	"00001_counter.sql": counter["00001_counter.sql"],
	"00002_more.sql":    {Data: []byte("-- +goose Up\nINSERT INTO counter VALUES (100);\n")},
}

var ledger = fstest.MapFS{
	"00001_ledger.sql": {Data: []byte("-- +goose Up\nCREATE TABLE ledger (path TEXT);\n")},
}

func numbers(t *testing.T, db *DB) (all []int) {
	t.Helper()
	err := db.View(t.Context(), func(tx Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT n FROM counter ORDER BY n`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return err
			}
			all = append(all, n)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func backups(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".bak*")
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func TestMigrateCopiesTheDatabaseBeforeItChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path)
	for range 2 {
		if err := db.Migrate(t.Context(), "counter", counter); err != nil {
			t.Fatal(err)
		}
	}
	if got := backups(t, path); got != nil {
		t.Errorf("creating tables left the copies %v", got)
	}
	if err := db.Migrate(t.Context(), "counter", counterV2); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"state.db.bak-counter-1"}, backups(t, path)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]int{0, 100}, numbers(t, db)); diff != "" {
		t.Error("the database after the migration:", diff)
	}
	if diff := cmp.Diff([]int{0}, numbers(t, open(t, path+".bak-counter-1"))); diff != "" {
		t.Error("the copy:", diff)
	}
}

func TestMigrateWaitsForAWriterOfAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db, other := open(t, path), openCounter(t, path)
	migrated := make(chan error, 1)
	err := other.Update(t.Context(), func(tx Tx) error {
		go func() { migrated <- db.Migrate(t.Context(), "ledger", ledger) }()
		// A writer that holds on for longer than SQLite itself waits.
		longer, cancel := context.WithTimeout(t.Context(), 3*sqliteWait)
		defer cancel()
		<-longer.Done()
		return add(t.Context(), tx)
	})
	if err := errors.Join(err, <-migrated); err != nil {
		t.Fatal(err)
	}
}
