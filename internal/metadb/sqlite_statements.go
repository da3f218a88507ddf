package metadb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// keptStatements is how many statements a connection keeps prepared.
const keptStatements = 200

// openSQLite returns a pool whose connections prepare each statement once:
// owners say the same few thousands of times, and parsing them costs SQLite more
// than doing them.
func openSQLite(dsn string) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	below := pool.Driver()
	if err := pool.Close(); err != nil { // it has no connection yet
		return nil, err
	}
	return sql.OpenDB(preparing{below, dsn}), nil
}

// preparing opens connections that keep their statements.
type preparing struct {
	below driver.Driver
	dsn   string
}

// Driver implements [driver.Connector].
func (p preparing) Driver() driver.Driver { return p.below }

// Connect implements [driver.Connector].
func (p preparing) Connect(context.Context) (driver.Conn, error) {
	below, err := p.below.Open(p.dsn)
	if err != nil {
		return nil, err
	}
	c, ok := below.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("the driver's connection is a %T", below)
	}
	return &preparingConn{sqliteConn: c, number: connections.Add(1), kept: map[string]*keptStatement{}}, nil
}

// sqliteConn is what database/sql asks of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparingConn is a connection with its statements. database/sql lets one
// goroutine at a time use it, but rows may be open while other statements run.
type preparingConn struct {
	sqliteConn
	number int64 // no other of the process has it
	kept   map[string]*keptStatement
}

type keptStatement struct {
	driver.Stmt
	reading bool // its rows are open
}

// ExecContext implements [driver.ExecerContext].
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext implements [driver.QueryerContext].
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.reading = true
	return keptRows{rows, s}, nil
}

// statement returns the statement of a query, prepared; nil is for those that
// cannot be kept: one that is being read, and all once there are too many.
func (c *preparingConn) statement(ctx context.Context, query string) (*keptStatement, error) {
	if s := c.kept[query]; s != nil {
		if s.reading {
			return nil, nil
		}
		return s, nil
	}
	if len(c.kept) == keptStatements {
		return nil, nil
	}
	below, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &keptStatement{Stmt: below}
	c.kept[query] = s
	return s, nil
}

// Close closes the statements with their connection.
func (c *preparingConn) Close() error {
	for _, s := range c.kept {
		if err := s.Close(); err != nil {
			return fmt.Errorf("close a statement: %w", err)
		}
	}
	return c.sqliteConn.Close()
}

// keptRows gives its statement back when it is closed.
type keptRows struct {
	driver.Rows
	statement *keptStatement
}

// Close implements [driver.Rows].
func (r keptRows) Close() error {
	r.statement.reading = false
	return r.Rows.Close()
}
