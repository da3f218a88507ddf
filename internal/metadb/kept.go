package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Kept is what was read of a database, for as long as nothing in it changes. It
// is safe for concurrent use.
type Kept[T any] struct {
	db   *DB
	turn chan struct{} // held by who looks
	seen version
	was  T
}

// Keep returns what has read nothing yet.
func Keep[T any](db *DB) *Kept[T] { return &Kept[T]{db: db, turn: make(chan struct{}, 1)} }

// Get returns what read says of the database's present state: what it said
// last, where no transaction of anybody has changed anything since. Everybody
// gets the same value, which nobody may change. Databases of a server do not tell
// whether they have changed, and are read each time.
func (k *Kept[T]) Get(ctx context.Context, read func(Tx) (T, error)) (T, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return *new(T), ctx.Err()
	}
	found := k.was
	now, err := k.db.member.since(ctx, k.seen, func(tx Tx) (err error) {
		found, err = read(tx)
		return err
	})
	if err != nil {
		return *new(T), err
	}
	k.seen, k.was = now, found
	return found, nil
}

// version is a state of a database's content as one connection counts them; zero
// is not known.
type version struct{ connection, content int64 }

// since reads in a transaction, unless nothing has changed since a version, and
// returns the version that was read.
func (db *file) since(ctx context.Context, before version, fn func(Tx) error) (now version, err error) {
	conn, err := db.watcher.Conn(ctx)
	if err != nil {
		return version{}, db.explain(err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(*preparingConn)
		if !ok {
			return fmt.Errorf("the connection is a %T", driver)
		}
		now.connection = c.number
		return nil
	})
	if err != nil {
		return version{}, db.explain(err)
	}
	if before.connection == now.connection {
		err = untilFree(ctx, func() error {
			return conn.QueryRowContext(context.WithoutCancel(ctx), contentVersion).Scan(&now.content)
		})
		if err != nil || now == before {
			return now, db.explain(err)
		}
	}
	// What says which state it is begins what the transaction sees, too.
	begin := func(ctx context.Context) (*sql.Tx, error) {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		if err := tx.QueryRowContext(ctx, contentVersion).Scan(&now.content); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
		return tx, nil
	}
	err = db.transact(ctx, begin, func(tx *sql.Tx) error { return fn(transaction{tx}) })
	return now, err
}

// contentVersion is a number that differs from what it was on the same
// connection where others have changed the file.
const contentVersion = `PRAGMA data_version`

// since reads each time.
func (s *server) since(ctx context.Context, _ version, fn func(Tx) error) (version, error) {
	return version{}, s.View(ctx, fn)
}
