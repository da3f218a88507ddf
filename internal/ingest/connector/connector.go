// Package connector is for the contract between ingest and the formats that it
// reads, and for the pieces that the formats share: reading stored bytes with
// checksum and decompression, character encodings, options, columns.
//
// It promises that a [Format] accounts for every record of an input: a record
// is handed to the [Sink] either as a row of a batch or as a [Reject] with its
// line, its bytes and every reason. Memory stays bounded whatever the input's
// size. It leaves to others which inputs there are, where rows and rejects are
// written and what is remembered of a load.
//
// Invariants that implementations keep, and connectortest checks:
//
//  1. Counts.Records = Counts.Written + Counts.Rejected.
//  2. Lines of rows rise within an input, and so do those of rejects.
//  3. The outcome of a load does not depend on the order of its inputs, except
//     for the order of new columns.
//  4. After an error from Read nothing of that input counts: the caller
//     discards what the sink was given.
package connector

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// LineColumn is the column behind a layout's own columns: the 1-based physical
// line where the record starts, the header counted.
const LineColumn = "_tarn_line"

// ReservedPrefix starts the names that inputs may not use for their columns.
const ReservedPrefix = "_tarn_"

// Format reads one kind of input. It is safe for concurrent use: several
// inputs may be read at once with the same layout.
type Format interface {
	// Name is the word in a project's `format:`, such as "csv".
	Name() string
	// Options declares what may be set; [CheckOptions] validates against it.
	Options() []OptionSpec
	// Infer learns columns and types from a bounded sample of every input. It
	// returns a *diag.Problem (or a *diag.ProblemsError) for what a person must
	// mend. With no inputs the layout holds the existing columns.
	Infer(ctx context.Context, inputs []Input, req Request) (*Layout, error)
	// Read reads one of the inputs that layout was inferred from. It returns a
	// *WidenError when a value does not fit an inferred type: then the caller
	// discards the whole load and starts it over with layout.Widen(err).
	Read(ctx context.Context, in Input, layout *Layout, sink Sink) (Counts, error)
}

// Input is one file, or the tail of one that grew.
type Input struct {
	// Name is the input's name in `_tarn_file` and in messages.
	Name string
	// Open returns the raw bytes as stored, from the first byte on. It may be
	// called more than once.
	Open func(ctx context.Context) (io.ReadCloser, error)
	// At opens the raw bytes for reading anywhere, where that is possible; see
	// [OpenRandom].
	At func(ctx context.Context) (ReaderAtCloser, error)
	// Size is how many raw bytes Open is expected to give; -1 is unknown.
	// Read fails with a problem of code "changed-while-read" where it differs.
	Size int64
	// Modified is when the stored bytes were last written; zero is unknown.
	Modified time.Time
	// StartOffset is where the tail of a grown file starts: Counts.Bytes of
	// the load before it, which had Counts.EndsClean. 0 reads everything.
	// The bytes before it are read for the checksum and the header only.
	StartOffset int64
	// StartLine is the number of the line at StartOffset: Counts.Lines of the
	// load before it, plus one. 0 where StartOffset is 0.
	StartLine int64
	// Limits bound what the input may become where it is compressed.
	Limits Limits
}

// ErrContinued is Read's error for the tail of a grown file that goes on with
// the last record of what was there before: the file must be read whole.
var ErrContinued = errors.New("the file goes on with a record that began before")

// Request says what is known before the inputs are looked at.
type Request struct {
	// Declared are the columns that people declared, by name, with a type that
	// [ParseType] reads. A value that does not fit is rejected.
	Declared map[string]DeclaredType
	// Existing are the columns of the table, in order, where it exists.
	Existing []Column
	// Evolve lets existing columns widen as Iceberg allows (int to long, float
	// to double, decimal precision); else a value that does not fit is rejected.
	Evolve bool
	// DiscardValues keeps a record whose value does not fit a column that
	// cannot widen: the value becomes NULL and [Batch.Discard] says what it was.
	DiscardValues bool
	// Options are the format's own, by name.
	Options map[string]Option
	// SampleBytes bounds what Infer reads of all inputs together, in even shares
	// (0 is 16 MB, but at least 16 KB of each); -1 reads them whole, for loads
	// that had to start over repeatedly.
	SampleBytes int64
}

// Sink receives what an input holds. Calls come from one goroutine, in order.
type Sink interface {
	// Rows takes a batch: the layout's columns in order, then [LineColumn],
	// then [DiscardedColumn] where the layout says so. The batch is released after the call and its memory used again: Retain it
	// to keep it, and copy strings that outlive it.
	Rows(arrow.RecordBatch) error
	// Reject takes a record that does not fit. Raw is valid during the call.
	Reject(Reject) error
}

// Reject is a record that does not fit.
type Reject struct {
	// Line is the 1-based physical line where the record starts.
	Line int64
	// Raw is the record as stored after decompression, without its line end;
	// of a record over the size limit the first 64 KB.
	Raw []byte
	// Violations are all the rules it breaks; at least one.
	Violations []Violation
	// Links are the format's own words for what the record is linked to, which
	// its bytes do not tell; kept for a [Replayer]. Mostly "".
	Links string
}

// Violation is one rule that a record breaks.
type Violation struct {
	// Column is the column it is about; "" is the record as a whole.
	Column string
	// Rule is a short stable word: see the Rule constants.
	Rule string
	// Reason says what is wrong, with the value.
	Reason string
}

// The rules that records can break.
const (
	RuleColumns   = "columns"   // another number of fields than columns
	RuleDepth     = "depth"     // values that nest deeper than the limit
	RuleDuplicate = "duplicate" // two fields of one name
	RuleEncoding  = "encoding"  // bytes that are no text in the input's encoding
	RuleFormat    = "format"    // a record that is not of the expected shape
	RuleName      = "name"      // a field whose name no column can have
	RuleNUL       = "nul"       // a NUL byte
	RuleQuote     = "quote"     // a quote that is never closed, or text behind one
	RuleSize      = "size"      // a record over the size limit
	RuleType      = "type"      // a value that its column's type does not hold
)

// Counts are what Read found in one input.
type Counts struct {
	// Records are those at and after StartOffset; Written + Rejected.
	Records, Written, Rejected int64
	// Lines is the number of the last physical line, those before StartLine
	// counted.
	Lines int64
	// Bytes are the raw bytes of the whole input, those before StartOffset
	// counted.
	Bytes int64
	// SHA256 is the checksum of these bytes; PrefixSHA256 that of the bytes
	// before StartOffset (of nothing, where that is 0), by which the caller
	// knows that the file grew and did not change.
	SHA256, PrefixSHA256 [32]byte
	// EndsClean tells that the input is not compressed, has one or more whole
	// bytes per line end (not UTF-16) and ends with a line end outside quotes:
	// when it grows, its tail can be read from offset Bytes, line Lines+1.
	EndsClean bool
}
