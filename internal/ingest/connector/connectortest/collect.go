package connectortest

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Rejected is a reject as it was handed to a sink, copied.
type Rejected struct {
	Line       int64
	Raw        string
	Violations []connector.Violation
}

// Collected is a sink that keeps everything as text, for tests with little
// data.
type Collected struct {
	Columns []string
	// Rows are the values as Arrow writes them, "NULL" for NULL, without the
	// line; Lines are the lines.
	Rows    [][]string
	Lines   []int64
	Rejects []Rejected
	// Discarded are the values that rows were written without, as Arrow writes
	// them, by row; nil where the layout discards none.
	Discarded []string
}

// take keeps a batch.
func (c *Collected) take(batch arrow.RecordBatch) {
	last := batch.Schema().FieldIndices(connector.LineColumn)[0]
	c.Columns = nil
	for i := range last {
		c.Columns = append(c.Columns, batch.ColumnName(i))
	}
	lines := batch.Column(last).(*array.Int64)
	for row := range int(batch.NumRows()) {
		values := make([]string, last)
		for i := range values {
			values[i] = "NULL"
			if column := batch.Column(i); column.IsValid(row) {
				values[i] = strings.Clone(column.ValueStr(row)) // the batch's memory is used again
			}
		}
		c.Rows = append(c.Rows, values)
		c.Lines = append(c.Lines, lines.Value(row))
		if last+1 < int(batch.NumCols()) {
			c.Discarded = append(c.Discarded, strings.Clone(batch.Column(last+1).ValueStr(row)))
		}
	}
}

// Sink returns the sink that fills c.
func (c *Collected) Sink() connector.Sink {
	return SinkFuncs{
		OnRows: func(batch arrow.RecordBatch) error { c.take(batch); return nil },
		OnReject: func(r connector.Reject) error {
			c.Rejects = append(c.Rejects, Rejected{r.Line, string(r.Raw), slices.Clone(r.Violations)})
			return nil
		},
	}
}

// SinkFuncs is a sink made of functions; nil ones do nothing.
type SinkFuncs struct {
	OnRows   func(arrow.RecordBatch) error
	OnReject func(connector.Reject) error
}

// Rows calls OnRows.
func (s SinkFuncs) Rows(batch arrow.RecordBatch) error {
	if s.OnRows == nil {
		return nil
	}
	return s.OnRows(batch)
}

// Reject calls OnReject.
func (s SinkFuncs) Reject(r connector.Reject) error {
	if s.OnReject == nil {
		return nil
	}
	return s.OnReject(r)
}
