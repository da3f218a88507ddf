// Package metadb is for the metadata databases: a SQLite file for one machine,
// a database of a Postgres server for many, with its transactions and the
// migrations of those who keep tables in it.
//
// It promises, whichever of the two it is:
//
//  1. an Update is all or nothing and durable when it returns, and writers of
//     all processes take turns, so that what it reads cannot change under it;
//  2. a View sees one consistent state however long it lasts;
//  3. several processes may use one database at once;
//  4. a database which a newer program has migrated is refused instead of
//     damaged;
//  5. a connection that is lost is made again: what was running is repeated
//     unless it was being committed, which is an [ErrFateUnknown].
//
// The file stays plain SQLite and the tables plain tables, open to other tools.
// It leaves to its owners what their tables are: each owner brings its own
// migrations and its own SQL, with ? for each argument.
package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// lockWait is how long a transaction waits for other processes, and for a
// server that does not answer.
const lockWait = 30 * time.Second

// readers is how many Views run at once in one process; more of them queue.
const readers = 4

// Dialect is the SQL that a database understands.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Tx is one transaction; it ends with the function that it was given to.
type Tx interface {
	Reader
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// QueryRow runs a query for its first row.
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// DB is one database. It is safe for concurrent use.
type DB struct {
	member
	notes   notes
	place   string
	program string
}

// member is what the two kinds of databases do differently.
type member interface {
	Dialect() Dialect
	Update(ctx context.Context, fn func(Tx) error) error
	Note(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
	Look(ctx context.Context, fn func(Reader) error) error
	since(ctx context.Context, before version, whole func(Tx) error, news func(Reader) error) (version, error)
	claim(ctx context.Context, names []string) (*Claim, error)
	Close() error
	migrator
}

// Option changes how a database is opened.
type Option func(*DB)

// Program names the program and version that opens the database. Migrations
// record it, so that a program that is too old can say which one is needed.
func Program(name string) Option { return func(db *DB) { db.program = name } }

// IsAddress reports whether a place is the address of a server and not a path.
func IsAddress(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// Open opens a database. A place that starts with postgres:// is one of a
// server; its tables are made in the first schema of the connection's
// search_path. Everything else is the path of a SQLite file, which is created
// (readable by its owner only), with its folder, where it does not exist. A
// file that is damaged or no database gives an error that Is [ErrDamaged], a
// server that cannot be reached one that Is [ErrUnreachable].
func Open(ctx context.Context, place string, options ...Option) (*DB, error) {
	db := &DB{place: place, program: "tarn"}
	for _, o := range options {
		o(db)
	}
	var err error
	if IsAddress(place) {
		var s *server
		if s, err = openServer(ctx, place, db.program); err == nil {
			db.member, db.place = s, s.place
		}
	} else {
		if db.place, err = filepath.Abs(place); err != nil {
			return nil, fmt.Errorf("open %s: %w", place, err)
		}
		var f *file
		if f, err = openFile(db.place); err == nil {
			db.member = f
		}
	}
	if err != nil {
		return nil, err
	}
	// The first statement opens the file, so damage shows here and not later.
	if err := db.View(ctx, func(Tx) error { return nil }); err != nil {
		return nil, errors.Join(fmt.Errorf("open: %w", err), db.Close())
	}
	return db, nil
}

// Path returns the absolute path of the file, or the server's address without
// the password.
func (db *DB) Path() string { return db.place }

// Update runs fn in a write transaction and commits; if fn fails or panics, or
// ctx ends, nothing of it remains. Writers of all processes take turns from
// the start, so what fn has read cannot change under it; what other programs
// change all the same makes fn run again. So fn may run several times, each time
// on a state in which nothing of the last time remains: it starts anew each
// time. fn must not call Update of the same database.
func (db *DB) Update(ctx context.Context, fn func(Tx) error) error { return db.member.Update(ctx, fn) }

// Note is an [DB.Update] that does not wait for the disk: it is all or nothing
// and outlives the process from the moment it returns, but when the machine
// itself dies, the last notes may be lost. The next Update makes them durable.
// Notes that come at the same time may share a transaction.
func (db *DB) Note(ctx context.Context, fn func(Tx) error) error {
	return db.notes.do(ctx, fn, db.member.Note)
}

// View runs fn in a read transaction: all that fn reads is the state at one
// moment, whatever is committed meanwhile. Writing fails. Where the connection
// to a server is lost, fn runs again, from the start.
func (db *DB) View(ctx context.Context, fn func(Tx) error) error { return db.member.View(ctx, fn) }

// Dialect is the SQL that the database understands.
func (db *DB) Dialect() Dialect { return db.member.Dialect() }

// Close closes the database; the last process to close a file folds the
// write-ahead log into it.
func (db *DB) Close() error {
	if err := db.member.Close(); err != nil {
		return fmt.Errorf("close %s: %w", db.place, err)
	}
	return nil
}
