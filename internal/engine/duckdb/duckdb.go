//go:build duckdb_arrow

// Package duckdb is for running SQL in the embedded engine, DuckDB. It is the
// one door to it: no other package imports DuckDB.
//
// It promises what package engine promises: results stream in bounded memory,
// cancelling a context interrupts the engine, a Reader instance is locked down
// before its first statement, and every instance works in UTC. What goes wrong
// inside the engine comes back as an error, never as a panic.
// It leaves to others what SQL to run, and for whom.
package duckdb

import (
	"context"
	"fmt"
	"sync"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// Version returns the version of the engine that is linked in, such as v1.5.5.
func Version() string { return bindings.LibraryVersion() }

// instance is one DuckDB database in memory. It is an [engine.Engine].
type instance struct {
	db       bindings.Database
	own      *session // kept for what belongs to no one session
	keywords func() (map[string]bool, error)
	helpers  helpers

	mu       sync.Mutex
	closed   bool
	sessions map[*session]bool
	idle     []*connection
	views    int64 // numbers the views over registered readers
}

// Open starts an instance. A Reader is locked down when Open returns.
func Open(ctx context.Context, o engine.Options) (_ engine.Engine, err error) {
	defer guard(&err)
	db, err := openDatabase(o)
	if err != nil {
		return nil, err
	}
	in := &instance{db: db, sessions: map[*session]bool{}, helpers: helpers{db: db, count: threads(o) - 1}}
	in.keywords = sync.OnceValues(in.loadKeywords)
	if err := in.setUp(ctx, o); err != nil {
		_ = in.Close() // always nil
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	return in, nil
}

// setUp registers functions and applies the settings that need a connection;
// the last of them locks the others.
func (in *instance) setUp(ctx context.Context, o engine.Options) error {
	opened, err := in.Session(ctx)
	if err != nil {
		return err
	}
	in.own = opened.(*session)
	for _, f := range o.Functions {
		if err := in.own.addFunction(f); err != nil {
			return fmt.Errorf("add the function %s: %w", f.Name, err)
		}
	}
	for _, set := range settings(o) {
		if _, err := in.own.Exec(ctx, set); err != nil {
			return fmt.Errorf("%s: %w", set, err)
		}
	}
	return nil
}

// Session opens a session of its own.
func (in *instance) Session(ctx context.Context) (_ engine.Session, err error) {
	defer guard(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, engine.ErrClosed
	}
	c, err := in.connect()
	if err != nil {
		return nil, err
	}
	s := &session{in: in, connection: c}
	in.sessions[s] = true
	return s, nil
}

// Close closes the instance, and sessions that were left open.
func (in *instance) Close() (err error) {
	defer guard(&err)
	in.mu.Lock()
	if in.closed {
		in.mu.Unlock()
		return nil
	}
	in.closed = true
	left := in.sessions
	in.sessions = map[*session]bool{}
	in.mu.Unlock()
	for s := range left {
		_ = s.Close() // always nil
	}
	for _, c := range in.idle {
		c.close()
	}
	in.helpers.close()
	bindings.Close(&in.db)
	return nil
}

// nextView returns a name that no other registered reader of the instance has.
func (in *instance) nextView() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.views++
	return fmt.Sprintf("tarn_reader_%d", in.views)
}

// forget takes back what a session has, for the next one if it left no trace.
func (in *instance) forget(s *session) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.sessions, s)
	if s.used || in.closed || len(in.idle) == maxIdle {
		s.connection.close()
		return
	}
	in.idle = append(in.idle, s.connection)
}

// guard turns a panic inside the engine's binding into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the engine failed inside: %v", r)
	}
}
