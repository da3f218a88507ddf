package metadb

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Reader is what a [DB.Look] reads through. Every [Tx] is one, too.
type Reader interface {
	// Dialect tells owners which of their statements to use, where one does not
	// do for all.
	Dialect() Dialect
	// Query runs a query; the caller closes the rows before the next statement.
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Look is a [DB.View] for a single SELECT. That needs no transaction to see one
// state, and most of what a View of one costs is beginning and ending it.
func (db *DB) Look(ctx context.Context, fn func(Reader) error) error { return db.member.Look(ctx, fn) }

// once is a reader that reads once.
type once struct {
	Reader
	used bool
}

// Query refuses what a Look is not for.
func (o *once) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if o.used || !strings.HasPrefix(strings.TrimLeft(query, " \t\n("), "SELECT ") {
		return nil, errors.New("a look at the database is a single SELECT")
	}
	o.used = true
	return o.Reader.Query(ctx, query, args...)
}

// Look reads through a connection that cannot write.
func (db *file) Look(ctx context.Context, fn func(Reader) error) error {
	return db.explain(untilFree(ctx, func() error { return fn(&once{Reader: looking{db.reader}}) }))
}

// looking reads from a file outside of a transaction. Its queries are short:
// the end of ctx is heeded before them, as watching for it costs more.
type looking struct{ pool *sql.DB }

func (l looking) Dialect() Dialect { return SQLite }

func (l looking) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l.pool.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// Look reads outside of a transaction.
func (s *server) Look(ctx context.Context, fn func(Reader) error) error {
	return s.explain(again(ctx, func() error {
		return through(ctx, s.pool, func(conn *sql.Conn) error { return looked(ctx, conn, fn) })
	}))
}

// looked runs what reads once.
func looked(ctx context.Context, conn *sql.Conn, fn func(Reader) error) error {
	err := fn(&once{Reader: remote{conn}})
	switch {
	case err == nil:
		return nil
	case state(err) == "" && isOpen(conn):
		err = decided{err}
	}
	return cancelled(ctx, err)
}
