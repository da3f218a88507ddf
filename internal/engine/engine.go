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

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// ErrClosed is returned by calls on an instance or a session that was closed.
var ErrClosed = errors.New("the engine is closed")

// ErrBusy is returned by calls on a session whose last result was not released.
var ErrBusy = errors.New("the session is busy: release its open result first")

// Interrupted is the kind of error of a thread that stops because another one
// failed. Now and then an engine reports it in the place of that failure.
const Interrupted = "INTERRUPT"

// Error is what an engine said about a statement. Other errors of this package
// are about the engine itself.
type Error struct {
	// Kind is the engine's word for the kind of error, such as Binder or
	// Out of Memory; may be empty.
	Kind string
	// Message is what the engine said, without the kind and without the
	// excerpt of the statement.
	Message string
	// Offset is the byte offset in the statement that the engine points at; -1
	// is unknown.
	Offset int
}

// Error returns `kind: message`.
func (e *Error) Error() string {
	if e.Kind == "" {
		return e.Message
	}
	return e.Kind + ": " + e.Message
}

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
	// Functions are functions of our own that the instance's SQL may call.
	Functions []ScalarFunction
}

// ScalarFunction is a function of our own, for arithmetic that an engine lacks.
// A row with a NULL argument gives NULL.
type ScalarFunction struct {
	Name string
	// Args and Returns are names of the engine's types. Returns is INTEGER,
	// BIGINT or DOUBLE.
	Args    []string
	Returns string
	// Eval gives one value for each row of args, as int32, int64 or float64 by
	// what Returns says. It may be called from several threads at once, and
	// must not keep args.
	Eval func(args arrow.RecordBatch) (arrow.Array, error)
}

// Engine is one instance of an engine.
type Engine interface {
	// Session opens a session of its own. Sessions do not see each other's
	// temporary objects and may be used concurrently with each other.
	Session(ctx context.Context) (Session, error)
	// Close closes the instance after its sessions were closed.
	Close() error
}

// Session runs statements one at a time; it is not safe for concurrent use.
type Session interface {
	// Exec runs one statement or several, separated by semicolons, and returns
	// the number of rows they changed. It stops at the first that fails.
	Exec(ctx context.Context, sql string) (int64, error)
	// Query runs one statement and streams its result. Memory stays bounded
	// however large the result is. The reader must be released; its Err tells
	// how the stream ended. The session is busy until then.
	Query(ctx context.Context, sql string) (Result, error)
	// Text runs a query whose parameters are texts and whose result is one text.
	// The query stays prepared for whoever asks it again.
	Text(ctx context.Context, query string, args ...string) (string, error)
	// Describe returns the columns of a statement's result without running it.
	Describe(ctx context.Context, sql string) ([]Column, error)
	// Placeholders returns what a statement has of $1, $2 and so on, by name,
	// without running it. The type of one that nothing gives a type is "".
	Placeholders(ctx context.Context, sql string) ([]Column, error)
	// Kind tells what one statement is, without running it: SELECT, INSERT,
	// UPDATE, DELETE, MERGE, CREATE, ALTER, DROP or TRANSACTION; "" is another.
	Kind(ctx context.Context, sql string) (string, error)
	// Register makes reader readable, once, under the name that it returns, as
	// SQL, until release is called. The reader is consumed by the next statement
	// that names it; an error of the reader fails that statement, and is found in
	// its error. A result that is still open when release is called ends.
	//
	// A statement takes all of the reader's columns, but for some at its end, and
	// has no conditions on them: where it wants less, it puts them into a
	// temporary table first. Engines may take such wishes for the reader's to
	// fulfil, and then get columns that they did not ask for.
	Register(reader array.RecordReader) (name string, release func(), err error)
	// Close frees the session, interrupting what it still runs.
	Close() error
}

// Result is the rows of a statement, read once. It must be released.
type Result interface {
	array.RecordReader
	// Columns are what it has, by the engine's own types.
	Columns() []Column
}

// Column is a column of a result; Type is the engine's own name for its type,
// such as DECIMAL(18,3) or STRUCT(a INTEGER, b VARCHAR[]).
type Column struct {
	Name string
	Type string
}

// BatchBytes is how many bytes hold a batch, or those of which it is a part.
func BatchBytes(batch arrow.RecordBatch) (bytes int64) {
	for _, c := range batch.Columns() {
		bytes += int64(c.Data().SizeInBytes())
	}
	return bytes
}
