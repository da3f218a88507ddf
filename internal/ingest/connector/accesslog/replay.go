package accesslog

import (
	"bytes"
	"context"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

var _ connector.Replayer = Format{}

// Context returns nil: a line tells everything.
func (Format) Context(*connector.Layout, string) ([]byte, error) { return nil, nil }

// InferRecords returns the columns of access logs.
func (f Format) InferRecords(ctx context.Context, _ []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	return f.Infer(ctx, nil, req)
}

// ReadRecords reads lines, each by itself.
func (Format) ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return custom.ReadRecords(ctx, in, layout, sink)
	}
	r := d.newReader(layout, sink)
	defer r.batch.Close()
	for record, err := range in.Records {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = r.again(record)
		}
		if err != nil {
			return connector.Counts{}, err
		}
	}
	err := r.batch.Flush()
	r.counts.Records = r.counts.Written + r.counts.Rejected
	return r.counts, err
}

// again reads one line.
func (r *reader) again(record connector.RawRecord) error {
	text, err := io.ReadAll(r.encoding.Decode(bytes.NewReader(record.Raw)))
	if err != nil {
		return err
	}
	text = append(bytes.TrimRight(text, "\r\n"), '\n')
	if bytes.IndexByte(text, '\n') < len(text)-1 {
		r.counts.Rejected++
		return connector.RejectSeveral(r.sink, record)
	}
	r.line = record.Number
	return r.lines(append(text, make([]byte, connector.Padding)...), len(text))
}
