package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
)

// Kept is what was read of a database, brought up to date whenever somebody
// wants it. It is safe for concurrent use.
type Kept[T any] struct {
	db    *DB
	whole func(context.Context, Tx) (T, error)
	news  func(context.Context, Reader, T) (T, error)

	begun atomic.Int64  // how many looks
	turn  chan struct{} // held by who looks
	last  int64         // the look that found was
	seen  version
	was   T

	read atomic.Pointer[T] // was, for those who do not look
}

// Keep returns what has read nothing yet. whole reads all of it, in one
// transaction. news makes of a value the one of now, which is the same where
// nothing has changed: it reads with a single SELECT, through the connection
// through which the value was read, so that what that connection tells of what it
// saw then still holds.
func Keep[T any](db *DB, whole func(context.Context, Tx) (T, error), news func(context.Context, Reader, T) (T, error)) *Kept[T] {
	return &Kept[T]{db: db, whole: whole, news: news, turn: make(chan struct{}, 1)}
}

// Get returns a state of the database that was its present one at some moment
// since Get was called: it has all that was committed before, by whomever.
// Everybody gets the same value, which nobody may change. Those who come while
// somebody looks share the look after that one.
func (k *Kept[T]) Get(ctx context.Context) (T, error) {
	came := k.begun.Load()
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return *new(T), ctx.Err()
	}
	if k.last > came {
		return k.was, nil
	}
	look, found := k.begun.Add(1), k.was
	now, err := k.db.since(ctx, k.seen,
		func(tx Tx) (err error) { found, err = k.whole(ctx, tx); return err },
		func(r Reader) (err error) { found, err = k.news(ctx, r, k.was); return err })
	if err != nil {
		return *new(T), err
	}
	k.seen, k.was, k.last = now, found, look
	k.read.Store(&found)
	return found, nil
}

// Last returns what was found last, without a look: what Get has returned, or
// something later. read is that there was a look.
func (k *Kept[T]) Last() (found T, read bool) {
	if last := k.read.Load(); last != nil {
		return *last, true
	}
	return found, false
}

// version is a state of a database's content as one connection counts them; zero
// is not known, as is a content of 0.
type version struct{ connection, content int64 }

// connections counts those of the process through which somebody looks.
var connections atomic.Int64

// since does nothing where the file has not changed since a version, reads the
// news where the connection is the one of then, and all where it is not. It
// returns the version that was read.
func (db *file) since(ctx context.Context, before version, whole func(Tx) error, news func(Reader) error) (now version, err error) {
	conn, err := db.watcher.Conn(ctx)
	if err != nil {
		return version{}, db.explain(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
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
	same := before.connection == now.connection
	if same {
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
	err = db.transact(ctx, begin, func(tx *sql.Tx) error {
		if same {
			return news(&once{Reader: transaction{tx}})
		}
		return whole(transaction{tx})
	})
	return now, err
}

// contentVersion is a number that differs from what it was on the same
// connection where others have changed the file.
const contentVersion = `PRAGMA data_version`
