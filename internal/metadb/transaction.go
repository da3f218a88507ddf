package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is one transaction; it ends with the function that it was given to.
type Tx interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a query; the caller closes the rows before the next statement.
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// QueryRow runs a query for its first row.
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// lockWait is how long a transaction waits for other processes.
const lockWait = 30 * time.Second

// Update runs fn in a write transaction and commits; if fn fails or panics, or
// ctx ends, nothing of it remains. Writers of all processes take turns from
// the start (BEGIN IMMEDIATE), so what fn has read cannot change under it. fn
// must not call Update of the same database.
func (db *DB) Update(ctx context.Context, fn func(Tx) error) error {
	return db.transact(ctx, func(ctx context.Context) (*sql.Tx, error) { return db.writer.BeginTx(ctx, nil) }, commit(fn))
}

// commit is fn and the end of its transaction.
func commit(fn func(Tx) error) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		if err := fn(transaction{tx}); err != nil {
			return err
		}
		return tx.Commit()
	}
}

// View runs fn in a read transaction: all that fn reads is the state at one
// moment, whatever is committed meanwhile. Writing fails.
func (db *DB) View(ctx context.Context, fn func(Tx) error) error {
	return db.transact(ctx, func(ctx context.Context) (*sql.Tx, error) { return beginOnce(ctx, db.reader) },
		func(tx *sql.Tx) error { return fn(transaction{tx}) })
}

// beginning starts a transaction that sees one state from its start.
type beginning func(context.Context) (*sql.Tx, error)

func (db *DB) transact(ctx context.Context, once beginning, fn func(*sql.Tx) error) error {
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
func begin(ctx context.Context, once beginning) (*sql.Tx, error) {
	deadline := time.Now().Add(lockWait)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		tx, err := once(ctx)
		if err == nil || !busy(err) || time.Now().After(deadline) {
			return tx, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
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
