// Package metadb is for the metadata databases: one SQLite file with its
// handle, its transactions and the migrations of those who keep tables in it.
//
// It promises that an Update is all or nothing and durable when it returns,
// that a View sees one consistent state however long it lasts, that several
// processes may use one file at once, and that a database which a newer
// program has migrated is refused instead of damaged. The file stays plain
// SQLite, open to other tools. It leaves to its owners what their tables are:
// each owner brings its own migrations and its own SQL.
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
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteWait is how long SQLite waits for a lock before it answers that it is
// busy. The longer wait (lockWait) is ours, because it can be cancelled.
const sqliteWait = 200 * time.Millisecond

// readers is how many Views run at once in one process; more of them queue.
const readers = 4

// DB is one SQLite file. It is safe for concurrent use.
type DB struct {
	path    string
	program string
	writer  *sql.DB // one connection; its transactions begin immediate
	reader  *sql.DB // refuses to write
}

// Option changes how a database is opened.
type Option func(*DB)

// Program names the program and version that opens the database. Migrations
// record it, so that a program that is too old can say which one is needed.
func Program(name string) Option { return func(db *DB) { db.program = name } }

// Open opens the SQLite file at path, creating it (readable by its owner only)
// and its folder where they do not exist. A file that is damaged or no
// database gives an error that Is [ErrDamaged].
func Open(ctx context.Context, path string, options ...Option) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create the database %s: %w", path, err)
	}
	db := &DB{path: path, program: "tarn"}
	for _, o := range options {
		o(db)
	}
	if db.writer, err = connect(path, 1, "_txlock=immediate&_pragma=synchronous(full)"); err != nil {
		return nil, err
	}
	if db.reader, err = connect(path, readers, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, db.writer.Close())
	}
	// The first statement opens the file, so damage shows here and not later.
	if err := db.View(ctx, func(Tx) error { return nil }); err != nil {
		return nil, errors.Join(fmt.Errorf("open: %w", err), db.Close())
	}
	return db, nil
}

// Path returns the absolute path of the file.
func (db *DB) Path() string { return db.path }

// Close closes the database; the last process to do so folds the write-ahead
// log into the file.
func (db *DB) Close() error {
	if err := errors.Join(db.reader.Close(), db.writer.Close()); err != nil {
		return fmt.Errorf("close %s: %w", db.path, err)
	}
	return nil
}

// create makes the folder and the file itself: SQLite gives the log beside it
// the same permissions. The folder is synced so that the name survives a crash.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncFolder(folder))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// connect prepares a pool of size connections, which stay open.
func connect(path string, size int, settings string) (*sql.DB, error) {
	dsn := url.URL{
		Scheme:   "file",
		OmitHost: true,
		Path:     path,
		RawQuery: fmt.Sprintf("_pragma=busy_timeout(%d)&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)&%s",
			sqliteWait.Milliseconds(), settings),
	}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}
