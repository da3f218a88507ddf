package connectortest

import (
	"context"
	"maps"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// configured returns a format that is never used without the options.
func configured(f connector.Format, options map[string]connector.Option) connector.Format {
	c := configuredFormat{f, options}
	if r, ok := f.(connector.Replayer); ok {
		return configuredReplayer{r, c}
	}
	return c
}

type configuredFormat struct {
	connector.Format
	options map[string]connector.Option
}

func (f configuredFormat) add(req connector.Request) connector.Request {
	options := maps.Clone(f.options)
	maps.Copy(options, req.Options)
	req.Options = options
	return req
}

// Infer infers with the options.
func (f configuredFormat) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	return f.Format.Infer(ctx, inputs, f.add(req))
}

type configuredReplayer struct {
	connector.Replayer
	configured configuredFormat
}

// Infer infers with the options.
func (f configuredReplayer) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	return f.Replayer.Infer(ctx, inputs, f.configured.add(req))
}

// InferRecords infers with the options.
func (f configuredReplayer) InferRecords(ctx context.Context, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	return f.Replayer.InferRecords(ctx, inputs, f.configured.add(req))
}
