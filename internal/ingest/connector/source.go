package connector

import "context"

// Source reads what is not a file: a database, an API, another program. It is
// safe for concurrent use.
type Source interface {
	// Name is the word in a project's `from:`, such as "postgres".
	Name() string
	// Options declares what may be set; [CheckOptions] validates against it.
	Options() []OptionSpec
	// Open connects, takes one consistent view and decides what this load
	// reads. It returns a *diag.Problem (or a *diag.ProblemsError) for what a
	// person must mend.
	Open(ctx context.Context, req SourceRequest) (Reading, error)
}

// SourceRequest says what a load wants of a source.
type SourceRequest struct {
	// Request is as for formats; SampleBytes is the most that may be looked at
	// to learn types where the source has none.
	Request
	// Table is the raw table's name: what is read where the options do not say.
	Table string
	// Cursor is the column by which later loads read only what is new, "" for
	// none; PrimaryKey are the columns that tell rows apart.
	Cursor     string
	PrimaryKey []string
	// State is what the last committed load's [Reading].State returned; nil asks
	// for everything.
	State []byte
	// Dir is the project's folder: relative paths are relative to it.
	Dir string
	// Threads is how many parts are read at once.
	Threads int
	// Scratch is an empty folder for temporary files; the caller removes it.
	Scratch string
	// Keys says that ReadKeys will be called.
	Keys bool
}

// Reading is one load's consistent view of a source.
type Reading interface {
	// Layout returns the columns.
	Layout() *Layout
	// Parts are disjoint, and together what this load reads. None means that
	// there is nothing new.
	Parts() []Part
	// Read reads one part; several may be read at once. As with formats, after
	// a *WidenError the caller discards everything and reads all parts again
	// with a wider layout.
	Read(ctx context.Context, part int, layout *Layout, sink Sink) (Counts, error)
	// ReadKeys reads the primary key of every row that the source has now:
	// batches with the columns of PrimaryKey, in order, then [LineColumn].
	ReadKeys(ctx context.Context, sink Sink) error
	// State returns what the next load goes on from. It is asked for after all
	// parts were read, and holds no secret.
	State() ([]byte, error)
	// Close ends the view.
	Close() error
}

// Part is a piece of what a reading reads. Of its [Counts] only Records,
// Written and Rejected need be set. A row's line is its number in the part,
// from 1.
type Part struct {
	// Name is what rows are said to come from, the same in every load: no
	// secret, no range of keys.
	Name string
	// Records and Bytes are estimates; -1 is unknown.
	Records, Bytes int64
}

// Lister is a source that can tell which tables it has.
type Lister interface {
	Source
	// List returns what may be read, in order of name.
	List(ctx context.Context, req SourceRequest) ([]Listed, error)
}

// Listed is a table of a source.
type Listed struct {
	// Name is what the option "table" takes.
	Name string
	// PrimaryKey are the columns of the key, none where there is none.
	PrimaryKey []string
	// Cursor is the column that seems to tell what is new, "" for none: one that
	// says when a row changed. CursorIs says why.
	Cursor, CursorIs string
	// Records is an estimate, -1 unknown.
	Records int64
}
