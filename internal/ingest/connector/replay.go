package connector

import (
	"context"
	"errors"
	"iter"
)

// ErrNoContext tells that what reading an input's records again takes cannot be
// kept: they are not replayed.
var ErrNoContext = errors.New("records of this input cannot be read again by themselves")

// Replayer is a [Format] that reads records again, each by itself, from the
// bytes that a [Reject] kept of it. The input may be gone by then: what its
// records do not tell is kept as its context.
//
// Every record leads to one row or one reject, in order and with the record's
// number as their line, or to nothing where it is no record any more (such as a
// comment). One whose bytes hold several records is rejected, with rule format.
type Replayer interface {
	Format
	// Context returns what reading records of an input of layout again takes
	// besides their bytes, such as the columns that a header names; nil where
	// that is nothing.
	Context(layout *Layout, input string) ([]byte, error)
	// InferRecords is Infer for records.
	InferRecords(ctx context.Context, inputs []Replayed, req Request) (*Layout, error)
	// ReadRecords is Read for the records of one input.
	ReadRecords(ctx context.Context, in Replayed, layout *Layout, sink Sink) (Counts, error)
}

// Replayed are records of one input.
type Replayed struct {
	// Name is the input's.
	Name string
	// Context is what [Replayer].Context returned when the input was read.
	Context []byte
	// Records gives the records; it may be called more than once.
	Records iter.Seq2[RawRecord, error]
}

// RawRecord is a record as a [Reject] has it.
type RawRecord struct {
	// Number rises within an input; it stands for the record's line.
	Number int64
	// Raw is valid until the next record.
	Raw []byte
	// Links are the reject's.
	Links string
}

// RejectSeveral rejects bytes that hold more than one record.
func RejectSeveral(sink Sink, r RawRecord) error {
	return sink.Reject(Reject{Line: r.Number, Raw: r.Raw, Violations: []Violation{{
		Rule: RuleFormat, Reason: "these bytes hold more than one record, where one is expected",
	}}})
}
