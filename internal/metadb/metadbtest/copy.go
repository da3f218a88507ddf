package metadbtest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// library has tables that refer to others, and numbers that the database gives.
var library = fstest.MapFS{
	"00001_library.sql": {Data: []byte(`-- +goose Up
CREATE TABLE shelf (id TEXT PRIMARY KEY);
CREATE TABLE book (number INTEGER PRIMARY KEY, shelf TEXT NOT NULL REFERENCES shelf (id), title TEXT, pages INTEGER NOT NULL, lent INTEGER NOT NULL, cover BLOB) STRICT;
CREATE TABLE reader (name TEXT);
`)},
	"postgres/00001_library.sql": {Data: []byte(`-- +goose Up
CREATE TABLE shelf (id TEXT PRIMARY KEY);
CREATE TABLE book (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shelf TEXT NOT NULL REFERENCES shelf (id), title TEXT, pages BIGINT NOT NULL, lent BOOLEAN NOT NULL, cover BYTEA);
CREATE TABLE reader (name TEXT);
`)},
}

func openLibrary(t *testing.T, place string) *metadb.DB {
	t.Helper()
	db := open(t, place)
	if err := migrateLibrary(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func migrateLibrary(ctx context.Context, db *metadb.DB) error {
	return db.Migrate(ctx, "library", library)
}

// books lists the books and the readers.
func books(t *testing.T, db *metadb.DB) (all []string) {
	t.Helper()
	err := db.View(t.Context(), func(tx metadb.Tx) (err error) {
		all = nil
		rows, err := tx.Query(t.Context(), `SELECT number, shelf, title, pages, lent, cover, cover IS NULL FROM book UNION ALL SELECT 0, '', name, 0, lent, cover, cover IS NULL FROM reader LEFT JOIN book ON false`)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var number, pages int64
			var shelf string
			var title *string
			var lent *bool
			var cover []byte
			var bare bool
			if err := rows.Scan(&number, &shelf, &title, &pages, &lent, &cover, &bare); err != nil {
				return err
			}
			said := "nothing"
			if title != nil {
				said = *title
			}
			all = append(all, fmt.Sprintf("%d|%s|%s|%d|%v|%x|%v", number, shelf, said, pages, lent != nil && *lent, cover, bare))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func send(t *testing.T, db *metadb.DB, statement string, args ...any) {
	t.Helper()
	err := db.Update(t.Context(), func(tx metadb.Tx) error { _, err := tx.Exec(t.Context(), statement, args...); return err })
	if err != nil {
		t.Fatal(err)
	}
}

func aCopyHasWhatThereWasAndGivesItBack(t *testing.T, place string) {
	db := openLibrary(t, place)
	const add = "INSERT INTO book (shelf, title, pages, lent, cover) VALUES (?, ?, ?, ?, ?)"
	send(t, db, "INSERT INTO shelf VALUES ('a'), ('b')")
	send(t, db, add, "a", "it's ? \"here\" — Größe", int64(1)<<62, true, []byte{0, 1, 255})
	send(t, db, add, "b", nil, int64(-5), false, nil)
	send(t, db, "DELETE FROM book WHERE pages < 0")
	send(t, db, "INSERT INTO reader VALUES ('ada'), ('ada'), (NULL)")
	for n := range 30 {
		values, args := "", []any{}
		for i := range 100 {
			values += ", (?, ?, ?, ?, ?)"
			args = append(args, "b", strings.Repeat("x", i), int64(n*100+i), i%2 == 0, []byte{})
		}
		send(t, db, "INSERT INTO book (shelf, title, pages, lent, cover) VALUES "+values[2:], args...)
	}
	before := books(t, db)

	target := filepath.Join(t.TempDir(), "copy.db")
	if err := db.CopyTo(t.Context(), target, migrateLibrary); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(target), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("besides the copy there are %q, %v", left, err)
	}
	copied := openLibrary(t, target)
	if got := books(t, copied); !slices.Equal(got, before) {
		t.Errorf("the copy has other rows (-want +got):\n%s", cmp.Diff(before, got))
	}

	send(t, db, "UPDATE book SET title = 'other'")
	send(t, db, "INSERT INTO shelf VALUES ('c')")
	send(t, db, add, "c", "later", int64(0), false, nil)
	if err := db.Fill(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if got := books(t, db); !slices.Equal(got, before) {
		t.Errorf("given back are other rows (-want +got):\n%s", cmp.Diff(before, got))
	}
	send(t, db, add, "b", "next", int64(0), false, nil)
	if got := len(books(t, db)); got != len(before)+1 {
		t.Errorf("with one more there are %d of %d", got, len(before)+1)
	}
}
