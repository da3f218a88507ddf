// Package engine is for running SQL: the contract between Tarn and the engines
// that do the heavy work, told in Arrow.
//
// It promises that results stream in bounded memory, that cancelling the
// context stops the work, and that an instance never does more than its
// [Class] allows. It leaves to others what SQL to run, and for whom.
package engine

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// ErrClosed is returned by calls on an instance or a session that was closed.
var ErrClosed = errors.New("the engine is closed")

// Class is what an instance is trusted to do.
type Class uint8

// The classes.
const (
	// Reader runs statements that people wrote: it reads below the allowed
	// directories, reaches neither other files nor the network, and its
	// settings are locked.
	Reader Class = iota
	// Writer runs SQL that Tarn generated: it also writes files.
	Writer
)

// Options describe an instance; zero values are the documented defaults.
type Options struct {
	Class Class
	// MemoryLimit in bytes; 0 leaves it to the engine (80% of the machine).
	MemoryLimit int64
	// Threads; 0 is one per core.
	Threads int
	// SpillDir receives what does not fit in memory; "" means no spilling.
	SpillDir string
	// AllowedDirs are what a Reader may read below.
	AllowedDirs []string
}

// Engine is one instance of an engine.
type Engine interface {
	// Session opens a session of its own. Sessions do not see each other's
	// temporary objects and may be used concurrently with each other.
	Session(ctx context.Context) (Session, error)
	// Close closes the instance after its sessions were closed.
	Close() error
}

// Session runs statements one at a time; it is not safe for concurrent use
// (Progress and Interrupt are).
type Session interface {
	// Exec runs a statement and returns the number of rows it changed.
	Exec(ctx context.Context, sql string) (int64, error)
	// Query runs a statement and streams its result. Memory stays bounded
	// however large the result is. The reader must be released; its Err tells
	// how the stream ended. The session is busy until then.
	Query(ctx context.Context, sql string) (array.RecordReader, error)
	// Describe returns the columns of a statement's result without running it.
	Describe(ctx context.Context, sql string) ([]Column, error)
	// Register makes reader readable, once, under the given name (unquoted,
	// unqualified) until release is called. The reader is consumed by the next
	// statement that names it.
	Register(name string, reader array.RecordReader) (release func(), err error)
	// Progress tells how far the running statement is, from 0 to 1; -1 is
	// unknown.
	Progress() float64
	// Close frees the session, interrupting what it still runs.
	Close() error
}

// Column is a column of a result; Type is the engine's own name for its type,
// such as DECIMAL(18,3) or STRUCT(a INTEGER, b VARCHAR[]).
type Column struct {
	Name string
	Type string
}
