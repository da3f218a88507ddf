//go:build duckdb_arrow

package duckdb

import (
	"errors"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// maxIdle bounds how many connections wait for their next session.
const maxIdle = 16

// connection is one of the engine's connections. The questions that it
// has prepared are worth keeping, so that a session leaves it to the next one,
// unless it may have left something behind.
type connection struct {
	conn bindings.Connection
	// used: statements have run that may leave something behind, such as
	// temporary tables.
	used bool
	// texts are the prepared queries of [session.Text].
	texts map[string]bindings.PreparedStatement
}

// connect returns a connection that nobody else has.
func (in *instance) connect() (*connection, error) {
	if n := len(in.idle); n > 0 {
		c := in.idle[n-1]
		in.idle = in.idle[:n-1]
		return c, nil
	}
	c := &connection{texts: map[string]bindings.PreparedStatement{}}
	if bindings.Connect(in.db, &c.conn) == bindings.StateError {
		return nil, errors.New("open a session: the engine refused the connection")
	}
	return c, nil
}

// close frees the connection.
func (c *connection) close() {
	for _, p := range c.texts {
		bindings.DestroyPrepare(&p)
	}
	bindings.Disconnect(&c.conn)
}

// leavesNothing reports whether statements of a kind leave nothing behind in
// the connection that has run them.
func leavesNothing(kind bindings.StatementType) bool {
	switch kind {
	case bindings.StatementTypeSelect, bindings.StatementTypeCopy, bindings.StatementTypeExplain:
		return true
	default:
		return false
	}
}
