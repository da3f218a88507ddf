package metadb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// idleWait is how long a server keeps the turn of a writer that does not say
// anything, because it sleeps or its machine is gone.
const idleWait = time.Minute

// beginWrite takes the turn before the first statement fixes what the
// transaction sees. Writers that are none of ours do not take turns; what they
// change makes the transaction fail, and be repeated.
var beginWrite = fmt.Sprintf(`BEGIN ISOLATION LEVEL REPEATABLE READ;
	SET LOCAL lock_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d;
	LOCK TABLE %s IN EXCLUSIVE MODE`, lockWait.Milliseconds(), idleWait.Milliseconds(), turnTable)

const (
	// beginNote does not wait for the server's disk.
	beginNote = `; SET LOCAL synchronous_commit = off`
	// beginRead fixes what the transaction sees.
	beginRead = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1`
)

// Update takes its turn with a table lock.
func (s *server) Update(ctx context.Context, fn func(Tx) error) error {
	return s.write(ctx, beginWrite, fn)
}

// Note is an Update with synchronous_commit = off.
func (s *server) Note(ctx context.Context, fn func(Tx) error) error {
	return s.write(ctx, beginWrite+beginNote, fn)
}

func (s *server) write(ctx context.Context, begin string, fn func(Tx) error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.explain(again(ctx, func() error {
		return through(ctx, s.pool, func(conn *sql.Conn) error { return transact(ctx, conn, begin, fn, commitServer) })
	}))
}

// View reads in a transaction that cannot write.
func (s *server) View(ctx context.Context, fn func(Tx) error) error {
	return s.explain(again(ctx, func() error {
		return through(ctx, s.pool, func(conn *sql.Conn) error { return transact(ctx, conn, beginRead, fn, endRead) })
	}))
}

// endRead ends what has read only.
func endRead(ctx context.Context, c *pgx.Conn) error {
	if _, err := c.Exec(ctx, `ROLLBACK`); err != nil {
		_ = c.Close(ctx) // what was read is right all the same
	}
	return nil
}

// through runs fn with a connection of a pool and gives it back.
func through(ctx context.Context, pool *sql.DB, fn func(*sql.Conn) error) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return cancelled(ctx, fmt.Errorf("connect: %w", err))
	}
	defer func() {
		if closeErr := conn.Close(); !errors.Is(closeErr, sql.ErrConnDone) {
			err = errors.Join(err, closeErr)
		}
	}()
	return fn(conn)
}

// transact runs fn in one transaction and ends it; after an error or a panic
// nothing of it remains.
func transact(ctx context.Context, conn *sql.Conn, begin string, fn func(Tx) error, end func(context.Context, *pgx.Conn) error) (err error) {
	ended := false
	defer func() {
		if !ended {
			err = errors.Join(err, undo(context.WithoutCancel(ctx), conn))
		}
	}()
	if err := raw(conn, func(c *pgx.Conn) error { _, err := c.Exec(ctx, begin); return err }); err != nil {
		return cancelled(ctx, fmt.Errorf("begin a transaction: %w", err))
	}
	if err := fn(remote{conn}); err != nil {
		if state(err) == "" && isOpen(conn) {
			err = decided{err}
		}
		return cancelled(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ended = true
	return raw(conn, func(c *pgx.Conn) error { return end(context.WithoutCancel(ctx), c) })
}

// cancelled makes what a server says of a cancelled statement a cancellation.
func cancelled(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

// commitServer commits. Anything but the server's own word leaves open what
// became of the transaction.
func commitServer(ctx context.Context, c *pgx.Conn) error {
	ctx, stop := context.WithTimeout(ctx, lockWait)
	defer stop()
	tag, err := c.Exec(ctx, `COMMIT`)
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil:
		return errors.New("a statement of the transaction has failed, so that it was rolled back")
	case state(err) != "" && !lost(err) && !c.IsClosed():
		return err
	}
	_ = c.Close(ctx)
	return fmt.Errorf("%w: %w", ErrFateUnknown, err)
}

// undo rolls back; a connection on which that fails is given up, which is as
// good.
func undo(ctx context.Context, conn *sql.Conn) error {
	ctx, stop := context.WithTimeout(ctx, cancelWait)
	defer stop()
	err := raw(conn, func(c *pgx.Conn) error { _, err := c.Exec(ctx, `ROLLBACK`); return err })
	if err != nil {
		return discard(conn)
	}
	return nil
}

// discard gives a connection up.
func discard(conn *sql.Conn) error {
	err := conn.Raw(func(any) error { return driver.ErrBadConn })
	if err = errors.Join(notBad(err), notBad(conn.Close())); err != nil {
		return fmt.Errorf("give a connection up: %w", err)
	}
	return nil
}

func notBad(err error) error {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

// isOpen reports whether a connection was not lost.
func isOpen(conn *sql.Conn) bool {
	open := false
	err := raw(conn, func(c *pgx.Conn) error { open = !c.IsClosed(); return nil })
	return err == nil && open
}

// raw runs fn with the connection of pgx itself.
func raw(conn *sql.Conn, fn func(*pgx.Conn) error) error {
	return conn.Raw(func(c any) error {
		own, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the connection is a %T", c)
		}
		return fn(own.Conn())
	})
}

// remote is a transaction of a server.
type remote struct{ conn *sql.Conn }

func (r remote) Dialect() Dialect { return Postgres }

func (r remote) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	// The driver takes a context that has ended for a connection that is lost.
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	result, err := r.conn.ExecContext(ctx, numbered(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (r remote) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.conn.QueryContext(ctx, numbered(query), args...)
}

// QueryRow answers even where ctx has ended: who asks hears of that from the
// next statement, or when the transaction ends.
func (r remote) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	return r.conn.QueryRowContext(ctx, numbered(query), args...)
}
