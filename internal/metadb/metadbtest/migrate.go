package metadbtest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/metadb"
)

func migrateRefusesANewerDatabaseAndNamesItsProgram(t *testing.T, place string) {
	if err := open(t, place, metadb.Program("tarn 9.1")).Migrate(t.Context(), "counter", counterV2); err != nil {
		t.Fatal(err)
	}
	err := open(t, place, metadb.Program("tarn 0.1")).Migrate(t.Context(), "counter", counter)
	var newer *metadb.NewerError
	if !errors.As(err, &newer) {
		t.Fatalf("Migrate = %v, want a metadb.NewerError", err)
	}
	want := metadb.NewerError{Path: newer.Path, Owner: "counter", Found: 2, Known: 1, Program: "tarn 9.1"}
	if diff := cmp.Diff(want, *newer); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(err.Error(), "use tarn 9.1 or newer") {
		t.Errorf("the error does not say what to do: %v", err)
	}
}

func ownersHaveVersionsOfTheirOwn(t *testing.T, place string) {
	db := open(t, place)
	if err := db.Migrate(t.Context(), "counter", counterV2); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), "ledger", ledger); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), "drop table", ledger); err == nil {
		t.Error("an owner's name that is none was accepted")
	}
}

func aFailedMigrationLeavesTheVersionBefore(t *testing.T, place string) {
	db := openCounter(t, place)
	broken := fstest.MapFS{
		"00001_counter.sql": counter["00001_counter.sql"],
		"00002_broken.sql":  {Data: []byte("-- +goose Up\nINSERT INTO counter VALUES (1);\nINSERT INTO nowhere VALUES (1);\n")},
	}
	if err := db.Migrate(t.Context(), "counter", broken); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("Migrate = %v, want the reason", err)
	}
	if diff := cmp.Diff([]int{0}, numbers(t, db)); diff != "" {
		t.Error(diff)
	}
	if err := db.Migrate(t.Context(), "counter", counter); err != nil {
		t.Error("the program of before is refused:", err)
	}
}

func processesThatMigrateAtOnceMigrateOnce(t *testing.T, place string) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			db, err := metadb.Open(t.Context(), place)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if err := db.Migrate(t.Context(), "counter", counterV2); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff([]int{0, 100}, numbers(t, open(t, place))); diff != "" {
		t.Error(diff)
	}
}
