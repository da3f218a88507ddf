package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Queued runs fn so that what it executes waits until its end, and is then sent
// at once, in this order: over a server's connection each statement would take a
// round trip. Within fn nothing is known of how many rows a statement has
// changed, and Exec says 0; changed tells in the end, for each.
func Queued(ctx context.Context, tx Tx, fn func(Tx) error) (changed []int64, err error) {
	q := &queue{tx: tx}
	if err := fn(q); err != nil {
		return nil, err
	}
	if err := errors.Join(q.failed, q.send(ctx)); err != nil {
		return nil, err
	}
	return q.changed, nil
}

// statement waits in a queue.
type statement struct {
	query string
	args  []any
}

// queue is a transaction whose statements wait.
type queue struct {
	tx      Tx
	waiting []statement
	changed []int64
	failed  error
}

// sender is a transaction that can send several statements at once.
type sender interface {
	sendAll(ctx context.Context, all []statement) ([]int64, error)
}

// send runs what waits.
func (q *queue) send(ctx context.Context) error {
	all := q.waiting
	q.waiting = nil
	if s, ok := q.tx.(sender); ok && len(all) > 1 {
		changed, err := s.sendAll(ctx, all)
		q.changed = append(q.changed, changed...)
		return err
	}
	for _, s := range all {
		n, err := q.tx.Exec(ctx, s.query, s.args...)
		if err != nil {
			return err
		}
		q.changed = append(q.changed, n)
	}
	return nil
}

func (q *queue) Dialect() Dialect { return q.tx.Dialect() }

func (q *queue) Exec(_ context.Context, query string, args ...any) (int64, error) {
	q.waiting = append(q.waiting, statement{query, args})
	return 0, nil
}

// Query reads what is there after what waits.
func (q *queue) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := q.send(ctx); err != nil {
		return nil, err
	}
	return q.tx.Query(ctx, query, args...)
}

// QueryRow reads what is there after what waits.
func (q *queue) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	q.failed = errors.Join(q.failed, q.send(ctx))
	return q.tx.QueryRow(ctx, query, args...)
}

func (r remote) sendAll(ctx context.Context, all []statement) (changed []int64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = raw(r.conn, func(c *pgx.Conn) (err error) {
		batch := &pgx.Batch{}
		for _, s := range all {
			batch.Queue(numbered(s.query), s.args...)
		}
		results := c.SendBatch(ctx, batch)
		defer func() { err = errors.Join(err, results.Close()) }()
		for range all {
			tag, err := results.Exec()
			if err != nil {
				return fmt.Errorf("one of several statements: %w", err)
			}
			changed = append(changed, tag.RowsAffected())
		}
		return nil
	})
	return changed, err
}
