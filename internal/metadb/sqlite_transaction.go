package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Update takes its turn with BEGIN IMMEDIATE.
func (db *file) Update(ctx context.Context, fn func(Tx) error) (err error) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return db.explain(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return db.write(ctx, conn, fn)
}

// write runs fn in a transaction of the writer's connection and commits. Its
// statements are short: the end of ctx is heeded between them, as watching for
// it costs more than most of them.
func (db *file) write(ctx context.Context, conn *sql.Conn, fn func(Tx) error) error {
	begin := func(ctx context.Context) (*sql.Tx, error) { return conn.BeginTx(context.WithoutCancel(ctx), nil) }
	return db.transact(ctx, begin, func(tx *sql.Tx) error {
		if err := fn(writing{transaction{tx}}); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// View reads through connections that cannot write.
func (db *file) View(ctx context.Context, fn func(Tx) error) error {
	return db.transact(ctx, func(ctx context.Context) (*sql.Tx, error) { return beginOnce(ctx, db.reader) },
		func(tx *sql.Tx) error { return fn(transaction{tx}) })
}

// beginning starts a transaction that sees one state from its start.
type beginning func(context.Context) (*sql.Tx, error)

func (db *file) transact(ctx context.Context, once beginning, fn func(*sql.Tx) error) error {
	tx, err := begin(ctx, once)
	if err != nil {
		return db.explain(fmt.Errorf("begin a transaction: %w", err))
	}
	// After a commit this does nothing; after anything else it is the undo.
	defer tx.Rollback()
	return db.explain(fn(tx))
}

// begin starts a transaction and fixes the state that it sees; it waits for
// other processes, but no longer than lockWait, and stops when ctx ends. No
// statement of the caller has run yet, so trying again is safe.
func begin(ctx context.Context, once beginning) (tx *sql.Tx, err error) {
	err = untilFree(ctx, func() (err error) { tx, err = once(ctx); return err })
	return tx, err
}

// untilFree runs what does nothing while somebody else holds the lock.
func untilFree(ctx context.Context, once func() error) error {
	deadline := time.Now().Add(lockWait)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := once()
		if err == nil || !busy(err) || time.Now().After(deadline) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// beginOnce starts a transaction that reads.
func beginOnce(ctx context.Context, pool *sql.DB) (*sql.Tx, error) {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	// A deferred transaction gets its snapshot with its first read: now.
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&n); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

type transaction struct{ tx *sql.Tx }

func (t transaction) Dialect() Dialect { return SQLite }

func (t transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t transaction) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

func (t transaction) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// writing is a transaction whose statements are not interrupted.
type writing struct{ transaction }

func (t writing) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return t.transaction.Exec(context.WithoutCancel(ctx), query, args...)
}

func (t writing) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.transaction.Query(context.WithoutCancel(ctx), query, args...)
}

func (t writing) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() == nil {
		ctx = context.WithoutCancel(ctx)
	}
	return t.transaction.QueryRow(ctx, query, args...)
}
