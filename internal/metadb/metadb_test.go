package metadb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counter is an owner with one table of one row.
var counter = fstest.MapFS{
	"00001_counter.sql": {Data: []byte("-- +goose Up\nCREATE TABLE counter (n INTEGER NOT NULL);\nINSERT INTO counter VALUES (0);\n")},
}

func open(t *testing.T, path string, options ...Option) *DB {
	t.Helper()
	db, err := Open(t.Context(), path, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func openCounter(t *testing.T, path string) *DB {
	t.Helper()
	db := open(t, path)
	if err := db.Migrate(t.Context(), "counter", counter); err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.View(t.Context(), func(tx Tx) error { return read(t.Context(), tx, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func read(ctx context.Context, tx Tx, n *int) error {
	return tx.QueryRow(ctx, `SELECT n FROM counter`).Scan(n)
}

func add(ctx context.Context, tx Tx) error {
	_, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1`)
	return err
}

func TestOpenCreatesAPrivateFileInItsFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "what? #1 %20", "state.db")
	db := openCounter(t, path)
	if db.Path() != path {
		t.Errorf("Path() = %s, want %s", db.Path(), path)
	}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", name, got)
		}
	}
}

func TestANoteIsAllOrNothingAndUpdatesWaitForTheDiskAfterIt(t *testing.T) {
	db := openCounter(t, filepath.Join(t.TempDir(), "state.db"))
	waits := func() (n int) {
		err := db.Update(t.Context(), func(tx Tx) error {
			return tx.QueryRow(t.Context(), `PRAGMA synchronous`).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const full = 2
	ctx, cancel := context.WithCancel(t.Context())
	broken := errors.New("broken")
	for _, c := range []struct {
		ctx  context.Context
		fail func() error
		want error
		n    int
	}{
		{t.Context(), func() error { return nil }, nil, 1},
		{t.Context(), func() error { return broken }, broken, 1},
		{ctx, func() error { cancel(); return ctx.Err() }, context.Canceled, 1},
		{ctx, func() error { return nil }, context.Canceled, 1},
		{t.Context(), func() error { return nil }, nil, 2},
	} {
		err := db.Note(c.ctx, func(tx Tx) error {
			var n int
			err := tx.QueryRow(c.ctx, `PRAGMA synchronous`).Scan(&n)
			if err == nil && n == full {
				t.Error("a note waits for the disk")
			}
			return errors.Join(err, add(c.ctx, tx), c.fail())
		})
		if !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
		if n := waits(); n != full {
			t.Errorf("an update waits for the disk with %d, want %d", n, full)
		}
		if n := count(t, db); n != c.n {
			t.Errorf("the counter is %d, want %d", n, c.n)
		}
	}
}

func TestAFileThatIsNoDatabaseIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open = %v, want ErrDamaged with the path", err)
	}
}

func TestADatabaseThatCannotGrowSaysSoAndKeepsWhatItHas(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "state.db")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	write := func(sql string, args ...any) error {
		return db.Update(ctx, func(tx Tx) error { _, err := tx.Exec(ctx, sql, args...); return err })
	}
	if err := errors.Join(write("CREATE TABLE t (v TEXT)"), write("INSERT INTO t VALUES ('kept')")); err != nil {
		t.Fatal(err)
	}
	// The limit stands for the disk; it is that of one connection.
	err = db.Update(ctx, func(tx Tx) error {
		if _, err := tx.Exec(ctx, "PRAGMA max_page_count = 4"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO t VALUES (?)", strings.Repeat("x", 1<<20))
		return err
	})
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want ErrFull with the path", err)
	}
	var n int
	if err := db.View(ctx, func(tx Tx) error { return tx.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&n) }); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestAFolderInPlaceOfTheFileIsNamed(t *testing.T) {
	path := t.TempDir()
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Open = %v, want an error with the path", err)
	}
}
