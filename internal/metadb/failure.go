package metadb

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged says that a file is not a SQLite database, or is one no longer.
var ErrDamaged = errors.New("the file is damaged or is not a Tarn database")

// ErrFull says that there is no room on the disk for the database, or for the
// memory that its users share, which is a file beside it.
var ErrFull = errors.New("there is no room on the disk; what was written is safe: make room, then do it again")

// NewerError says that a newer program has migrated the database: this one
// does not know what its tables mean now, so it must not touch them.
type NewerError struct {
	Path    string
	Owner   string
	Found   int64  // the version of the owner's tables in the file
	Known   int64  // the newest version that this program knows
	Program string // the program that brought the tables to Found
}

// Error says which program is needed.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was migrated by a newer program (%s): its %s tables have version %d, this program knows %d; use %s or newer",
		e.Path, e.Program, e.Owner, e.Found, e.Known, e.Program)
}

// explain adds to what SQLite says about the file itself where that file is,
// and what to make of it; errors of the caller's own pass unchanged.
func (db *file) explain(err error) error {
	if full(err) {
		return fmt.Errorf("%s: %w: %w", db.path, ErrFull, err)
	}
	switch code(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%s: %w: %w", db.path, ErrDamaged, err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%s: another process has kept the database locked for %s: %w", db.path, lockWait, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%s: %w", db.path, err)
	}
	return err
}

func (db *file) busy(err error) bool { return busy(err) }

// busy reports whether err is a lock held by someone else, in any of its
// forms (SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_RECOVERY).
func busy(err error) bool { return code(err) == sqlite3.SQLITE_BUSY }

// full reports whether err is a disk without room.
func full(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE)
}

// code returns SQLite's primary result code, 0 where err is none of SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}
