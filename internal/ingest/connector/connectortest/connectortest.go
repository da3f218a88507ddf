// Package connectortest is for testing formats: the suite that every
// [connector.Format] passes, and inputs and sinks for tests.
//
// It promises that a format that passes [Run] keeps the invariants of package
// connector. It leaves to each format what its own inputs mean.
package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Load infers and reads inputs as ingest does: it starts over with wider types
// as long as that is asked for. The sink is made anew each time.
func Load(ctx context.Context, f connector.Format, inputs []connector.Input, req connector.Request, newSink func() connector.Sink) (*connector.Layout, []connector.Counts, error) {
	layout, err := f.Infer(ctx, inputs, req)
	if err != nil {
		return nil, nil, err
	}
	for range 2*len(layout.Columns) + 1 {
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
