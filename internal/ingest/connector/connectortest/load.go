package connectortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// File returns an input that holds content.
func File(name string, content []byte) connector.Input {
	return Stream(name, int64(len(content)), func() io.Reader { return bytes.NewReader(content) })
}

// Stream returns an input of size bytes that open gives.
func Stream(name string, size int64, open func() io.Reader) connector.Input {
	return connector.Input{
		Name: name,
		Size: size,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(open()), nil },
	}
}

// mostStarts is how often a load starts over: types only widen, and those of
// tests are small.
const mostStarts = 200

// Load infers and reads inputs as ingest does: it starts over with wider types
// as long as that is asked for. The sink is made anew each time.
func Load(ctx context.Context, f connector.Format, inputs []connector.Input, req connector.Request, newSink func() connector.Sink) (*connector.Layout, []connector.Counts, error) {
	layout, err := f.Infer(ctx, inputs, req)
	if err != nil {
		return nil, nil, err
	}
	for range mostStarts {
		counts, err := readAll(ctx, f, inputs, layout, newSink())
		var wider *connector.WidenError
		if !errors.As(err, &wider) {
			return layout, counts, err
		}
		layout = layout.Widen(wider)
	}
	return nil, nil, fmt.Errorf("the load started over more often than its columns can widen")
}

func readAll(ctx context.Context, f connector.Format, inputs []connector.Input, layout *connector.Layout, sink connector.Sink) ([]connector.Counts, error) {
	var all []connector.Counts
	for _, in := range inputs {
		counts, err := f.Read(ctx, in, layout, sink)
		if err != nil {
			return nil, err
		}
		all = append(all, counts)
	}
	return all, nil
}

// Collect loads inputs and keeps everything.
func Collect(ctx context.Context, f connector.Format, inputs []connector.Input, req connector.Request) (*connector.Layout, []connector.Counts, *Collected, error) {
	var collected *Collected
	layout, counts, err := Load(ctx, f, inputs, req, func() connector.Sink {
		collected = &Collected{}
		return collected.Sink()
	})
	return layout, counts, collected, err
}
