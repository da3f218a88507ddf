package metadb

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// sqliteWait is how long SQLite waits for a lock before it answers that it is
// busy. The longer wait (lockWait) is ours, because it can be cancelled.
const sqliteWait = 200 * time.Millisecond

// file is one SQLite file.
type file struct {
	path   string
	writer *sql.DB // one connection; its transactions begin immediate
	reader *sql.DB // refuses to write
	// watcher has one connection that refuses to write, and is opened by the first
	// who wants to know whether something has changed.
	watcher *sql.DB
}

func openFile(path string) (*file, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create the database %s: %w", path, err)
	}
	f := &file{path: path}
	var err error
	if f.writer, err = connect(path, 1, "_txlock=immediate&_pragma=synchronous(full)"); err != nil {
		return nil, err
	}
	if f.reader, err = connect(path, readers, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, f.writer.Close())
	}
	if f.watcher, err = connect(path, 1, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, f.reader.Close(), f.writer.Close())
	}
	return f, nil
}

// Dialect is SQLite's.
func (db *file) Dialect() Dialect { return SQLite }

// Close closes the pools.
func (db *file) Close() error {
	return errors.Join(db.watcher.Close(), db.reader.Close(), db.writer.Close())
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
	pool, err := openSQLite(dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}
