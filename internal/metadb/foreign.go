package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrUnfinished says that the program that wrote a database died while it did,
// and that the database has to be opened for writing before it can be read.
var ErrUnfinished = errors.New("the program that wrote the database died in the middle of a transaction")

// Foreign is a SQLite file that is not Tarn's. It is only read, and all that is
// read is its state at the moment when it was opened, whatever other programs
// commit meanwhile. It is safe for concurrent use.
type Foreign struct {
	pool *sql.DB
	// free are transactions that nobody reads with; all see the same state.
	free chan *sql.Tx
	all  []*sql.Tx
}

// snapshotTries is how often OpenForeign tries to start all readers between
// two commits of other programs.
const snapshotTries = 50

// OpenForeign opens a file for several readers at once. A file that is damaged
// or no database gives an error that Is [ErrDamaged].
func OpenForeign(ctx context.Context, path string, readers int) (*Foreign, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	f, err := openForeign(ctx, path, readers, "mode=ro")
	if code(err) == sqlite3.SQLITE_CANTOPEN && nobodyWrites(path) {
		// A database in WAL mode in a folder that nobody may write to.
		f, err = openForeign(ctx, path, readers, "immutable=1")
	}
	if err != nil {
		return nil, explainForeign(path, err)
	}
	return f, nil
}

// nobodyWrites reports whether there is no log beside the file, in which there
// would be commits.
func nobodyWrites(path string) bool {
	_, err := os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}

func openForeign(ctx context.Context, path string, readers int, mode string) (*Foreign, error) {
	dsn := url.URL{
		Scheme: "file", OmitHost: true, Path: path,
		RawQuery: fmt.Sprintf("%s&_pragma=busy_timeout(%d)&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)", mode, lockWait.Milliseconds()),
	}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	for range snapshotTries {
		f := &Foreign{pool: pool, free: make(chan *sql.Tx, readers)}
		same, err := f.start(ctx, readers)
		if err == nil && same {
			return f, nil
		}
		if err = errors.Join(err, f.end()); err != nil {
			return nil, errors.Join(err, pool.Close())
		}
	}
	return nil, errors.Join(errors.New("other programs kept committing while its readers were started"), pool.Close())
}

// start starts the readers, and reports whether all see the same state.
func (f *Foreign) start(ctx context.Context, readers int) (same bool, err error) {
	witness, err := f.pool.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, witness.Close()) }()
	version := func() (n int64, err error) {
		return n, witness.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&n)
	}
	before, err := version()
	if err != nil {
		return false, err
	}
	for range readers {
		tx, err := beginOnce(ctx, f.pool)
		if err != nil {
			return false, err
		}
		f.all = append(f.all, tx)
		f.free <- tx
	}
	after, err := version()
	return before == after, err
}

func (f *Foreign) end() error {
	var errs []error
	for _, tx := range f.all {
		if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// View runs fn with one of the readers; it waits until one is free.
func (f *Foreign) View(ctx context.Context, fn func(Tx) error) error {
	select {
	case tx := <-f.free:
		defer func() { f.free <- tx }()
		return fn(transaction{tx})
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the view.
func (f *Foreign) Close() error { return errors.Join(f.end(), f.pool.Close()) }

// explainForeign says what is the matter with the file.
func explainForeign(path string, err error) error {
	var number interface{ Code() int }
	extended := errors.As(err, &number) && number.Code() == sqlite3.SQLITE_READONLY_ROLLBACK
	switch {
	case extended || code(err) == sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrUnfinished, err)
	case Damaged(err):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// Damaged reports whether err says that a database file is damaged, or is none.
func Damaged(err error) bool {
	c := code(err)
	return c == sqlite3.SQLITE_NOTADB || c == sqlite3.SQLITE_CORRUPT
}
