// Package database is for what the sources that are databases share: their
// settings, rows of raw values into batches, connecting with patience, key ranges, and the state
// from which an incremental load goes on.
//
// It promises that each row that a [Loader] is given becomes a row of a batch,
// a reject with the row as JSON and every reason, or the cause of a
// *connector.WidenError; and that a [State] tells exactly which rows at the edge
// of the last load were in it. It leaves to the sources how they connect, what
// they ask, and what the bytes of a value mean.
package database

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// Field is one value of the rows of a query.
type Field struct {
	// Name is the source's name for it.
	Name string
	// Column is its position in the layout.
	Column int
	// Set sets a row of the column's vector to a value, which is not NULL. It
	// reports whether the value fits; where it does not, the row is still to be
	// set.
	Set func(v *connector.Vector, row int, value []byte) bool
	// Wider returns the type that holds the value as well, where the column may
	// become that; nil where it may not become anything else.
	Wider func(value []byte) (connector.Type, bool)
	// Reason says why a value does not fit.
	Reason func(value []byte) string
	// Text is a value as people see it.
	Text func(value []byte) []byte
	// JSON appends a value that is not NULL as JSON.
	JSON func(out, value []byte) []byte
}
