package parquetfile

import (
	"context"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Context returns the fields of an input, by which its rejects are read again.
func (Format) Context(layout *connector.Layout, input string) ([]byte, error) {
	return typed.Context(layout, input)
}

// InferRecords returns the layout for rejected rows of several inputs.
func (f Format) InferRecords(_ context.Context, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	return typed.InferRecords(f.Options(), inputs, req)
}

// ReadRecords reads rejected rows of one input again.
func (Format) ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	return typed.ReadRecords(ctx, in, layout, sink)
}
