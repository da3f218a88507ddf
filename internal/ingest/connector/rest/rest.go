// Package rest is for HTTP APIs that answer with JSON: a table is declared by
// its URL, where in the answers its records are, and how pages follow each
// other.
//
// It promises that a load has all pages or fails: what is cut short, refused or
// no JSON is tried again and then an error, never half a table. Servers are
// asked no faster than declared and get their credentials only over the
// connection that was declared. Answers are kept as lines of JSON in a temporary
// file, from which jsonfile reads them, so that memory is bounded by one page.
// It leaves types, contracts and rejects to jsonfile.
//
// # Later loads
//
// With a cursor, a load asks from the greatest value on that the last one saw,
// if the API has a parameter for that, and leaves out records that are older.
// Records with the very same value are told apart by their content, as most APIs
// answer with those again.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// Source reads HTTP APIs. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "rest".
func (Source) Name() string { return "rest" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	tree := func(name, otherwise, doc string) connector.OptionSpec {
		return connector.OptionSpec{Name: name, Kind: connector.TreeOption, Default: otherwise, Doc: doc}
	}
	return []connector.OptionSpec{
		{Name: "url", Kind: connector.TextOption, Default: "required", Doc: "Where the first page is; {name} stands for a field of for_each."},
		tree("params", "nothing", "Parameters of the query."),
		tree("headers", "nothing", "Headers of the request."),
		{Name: "records", Kind: connector.TextOption, Default: "the answer itself", Doc: "Where in an answer the records are, such as data.items."},
		tree("auth", "nothing", "bearer, basic, header, query or oauth2; see the page of this source."),
		tree("paging", "one page", "How pages follow each other: link, cursor, next_url, page or offset."),
		tree("for_each", "nothing", "The records of another request; this one is made for each of them."),
		{Name: "cursor_param", Kind: connector.TextOption, Default: "nothing: records are left out after they were fetched", Doc: "The parameter that asks for what is new since the cursor's last value."},
		{Name: "requests_per_minute", Kind: connector.CountOption, Default: "as fast as answers come", Doc: "The most requests that are made in a minute."},
		{Name: "retries", Kind: connector.CountOption, Default: "5", Doc: "How often a request that failed for now is made again."},
		{Name: "timeout", Kind: connector.CountOption, Default: "60", Doc: "After how many seconds a request is given up."},
		{Name: "max_pages", Kind: connector.CountOption, Default: "100000", Doc: "The most pages of one request."},
	}
}

// Open fetches everything that the load reads.
func (s Source) Open(ctx context.Context, req connector.SourceRequest) (connector.Reading, error) {
	if req.Keys {
		return nil, diag.New("not-possible", diag.Place{}, "an HTTP API has no request for the keys of what it still has").
			WithHint("leave deletes: out; mode: replace fetches everything and shows deletes, too")
	}
	settings, err := connector.CheckOptions(s.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(settings, req.Options)
	if err != nil {
		return nil, err
	}
	r := &reading{table: req.Table, spool: filepath.Join(req.Scratch, "records.ndjson"), format: jsonfile.NDJSON()}
	edge, err := newEdge(req.Cursor, req.State)
	if err != nil {
		return nil, err
	}
	if err := r.fetch(ctx, plan, edge); err != nil {
		return nil, err
	}
	if r.state, err = edge.state(); err != nil {
		return nil, err
	}
	own := req.Request
	own.Options = nil
	if r.records == 0 {
		r.layout = connector.NewLayout(own, nil)
		return r, nil
	}
	r.layout, err = r.format.Infer(ctx, []connector.Input{r.input()}, own)
	return r, err
}

// reading is what was fetched.
type reading struct {
	table, spool string
	format       connector.Format
	layout       *connector.Layout
	records      int64
	size         int64
	state        []byte
}

// fetch writes every record as a line of the spool.
func (r *reading) fetch(ctx context.Context, p *plan, e *edge) error {
	out, err := newSpool(r.spool)
	if err != nil {
		return err
	}
	err = p.run(ctx, e.param(), func(record json.RawMessage) error {
		if !e.sees(record) {
			return nil
		}
		r.records++
		return out.add(record)
	})
	r.size, err = out.close(err)
	return err
}

// input is the spool.
func (r *reading) input() connector.Input {
	return connector.Input{
		Name: "rest:" + r.table, Size: r.size,
		Open: func(context.Context) (io.ReadCloser, error) { return os.Open(r.spool) },
	}
}

// Layout implements [connector.Reading].
func (r *reading) Layout() *connector.Layout { return r.layout }

// Parts implements [connector.Reading]: all records are one part.
func (r *reading) Parts() []connector.Part {
	if r.records == 0 {
		return nil
	}
	return []connector.Part{{Name: "rest:" + r.table, Records: r.records, Bytes: r.size}}
}

// Read implements [connector.Reading].
func (r *reading) Read(ctx context.Context, _ int, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	return r.format.Read(ctx, r.input(), layout, sink)
}

// ReadKeys implements [connector.Reading]; Open refuses it.
func (r *reading) ReadKeys(context.Context, connector.Sink) error {
	return errors.New("an HTTP API has no request for its keys")
}

// State implements [connector.Reading].
func (r *reading) State() ([]byte, error) { return r.state, nil }

// Close implements [connector.Reading]; the caller removes the spool.
func (r *reading) Close() error { return nil }

// problem is one about the API.
func problem(code, format string, args ...any) *diag.Problem {
	return diag.New(code, diag.Place{}, "%s", fmt.Sprintf(format, args...))
}
