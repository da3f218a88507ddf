// Package metadbtest is for the contract of metadata databases: a suite that
// every member passes.
//
// It promises that what it tests holds for SQLite files and Postgres servers
// alike. It leaves to others what only one of them does, and where empty
// databases come from.
package metadbtest

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Run tests the contract. fresh returns the place of a new, empty database.
func Run(t *testing.T, fresh func(t *testing.T) string) {
	for name, test := range map[string]func(t *testing.T, place string){
		"update is all or nothing":                                    updateIsAllOrNothing,
		"a note is all or nothing":                                    noteIsAllOrNothing,
		"notes that come together fail by themselves":                 notesThatComeTogether,
		"statements that wait are run in their order":                 statementsThatWait,
		"a look is one SELECT":                                        aLookIsOneSelect,
		"a cancelled update leaves nothing":                           aCancelledUpdateLeavesNothing,
		"view sees one moment and cannot write":                       viewSeesOneMomentAndCannotWrite,
		"many handles count together":                                 manyHandlesCountTogether,
		"waiting for another writer can be cancelled":                 waitingForAnotherWriterCanBeCancelled,
		"what is read and written comes back":                         valuesComeBack,
		"migrate refuses a newer database and names its program":      migrateRefusesANewerDatabaseAndNamesItsProgram,
		"owners have versions of their own":                           ownersHaveVersionsOfTheirOwn,
		"a failed migration leaves the version before":                aFailedMigrationLeavesTheVersionBefore,
		"processes that migrate at once migrate once":                 processesThatMigrateAtOnceMigrateOnce,
		"a database that was closed and opened has what it had":       reopened,
		"question marks in texts and quoted names are no arguments":   questionMarks,
		"a copy has what there was and gives it back":                 aCopyHasWhatThereWasAndGivesItBack,
		"updates of one process take turns with those of another one": updatesTakeTurns,
		"what is kept is read again when something has changed":       whatIsKept,
		"what many keep is never older than what they know":           whatIsKeptByMany,
		"those who come while somebody looks look together":           whatIsKeptIsLookedForTogether,
		"claims of one name take turns":                               claimsOfOneNameTakeTurns,
		"waiting for a claim can be given up":                         aClaimCanBeGivenUp,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

// counter is an owner with one table of one row.
var counter = fstest.MapFS{
	"00001_counter.sql": {Data: []byte("-- +goose Up\nCREATE TABLE counter (n INTEGER NOT NULL);\nINSERT INTO counter VALUES (0);\n")},
}

// counterV2 knows one migration more. Applied twice it would leave two rows
// too many and no error of its own.
var counterV2 = fstest.MapFS{
	"00001_counter.sql": counter["00001_counter.sql"],
	"00002_more.sql":    {Data: []byte("-- +goose Up\nINSERT INTO counter VALUES (100);\n")},
}

// ledger has a table that the dialects write differently.
var ledger = fstest.MapFS{
	"00001_ledger.sql":          {Data: []byte("-- +goose Up\nCREATE TABLE ledger (path TEXT, size INTEGER, seen INTEGER, bytes BLOB) STRICT;\n")},
	"postgres/00001_ledger.sql": {Data: []byte("-- +goose Up\nCREATE TABLE ledger (path TEXT, size BIGINT, seen BOOLEAN, bytes BYTEA);\n")},
}

func openCounter(t *testing.T, place string) *metadb.DB {
	t.Helper()
	db := open(t, place)
	if err := db.Migrate(t.Context(), "counter", counter); err != nil {
		t.Fatal(err)
	}
	return db
}

func numbers(t *testing.T, db *metadb.DB) (all []int) {
	t.Helper()
	err := db.View(t.Context(), func(tx metadb.Tx) error {
		all = nil
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

func count(t *testing.T, db *metadb.DB) int {
	t.Helper()
	all := numbers(t, db)
	if len(all) != 1 {
		t.Fatalf("there are the numbers %v, want one", all)
	}
	return all[0]
}

func read(ctx context.Context, tx metadb.Tx, n *int) error {
	return tx.QueryRow(ctx, `SELECT n FROM counter`).Scan(n)
}

func add(ctx context.Context, tx metadb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1`)
	return err
}
