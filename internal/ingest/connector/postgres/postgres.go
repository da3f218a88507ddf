// Package postgres is for reading tables and queries of PostgreSQL.
//
// It promises one consistent view: all readers share an exported snapshot, in
// transactions that can only read. Rows are streamed by COPY in its binary
// format, so memory does not depend on how many there are, and types are exact:
// a value that its column does not hold is a reject with the row as JSON. It
// leaves to others where rows go and how those of an incremental load meet the
// ones that the table has.
//
// # Parts
//
// A table is read by ranges of its pages (ctid, from version 14 on), or of its
// integer key, several at once; a view or a query in one go, or by the ranges of
// an integer column that split_by names. Where no snapshot can be exported, as
// behind a pooler, one connection reads everything.
//
// # Types
//
// Types that Tarn does not have travel as PostgreSQL's own text: intervals
// (ISO 8601), network addresses, ranges, geometries, bit strings, and any type
// of an extension. A column that is declared string, or is one in the table,
// has that text whatever its type.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	defaultMaxRecord = 256 << 20
	mostReaders      = 8
)

// Source reads PostgreSQL. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "postgres".
func (Source) Name() string { return "postgres" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "connection", Kind: connector.SecretOption, Default: "required", Doc: "postgres://user:${env:PGPASSWORD}@host:5432/database?sslmode=verify-full, or libpq's host=… user=… words."},
		{Name: "password", Kind: connector.SecretOption, Default: "the connection's", Doc: "The password, taken as it is."},
		{Name: "table", Kind: connector.TextOption, Default: "the raw table's name", Doc: "What to read: a table, view or foreign table, with or without its schema."},
		{Name: "query", Kind: connector.TextOption, Default: "the table", Doc: "A SELECT to read instead of a table."},
		{Name: "split_by", Kind: connector.TextOption, Default: "pages, or an integer key", Doc: "An integer column by whose ranges several readers share the work."},
		{Name: "parallel", Kind: connector.CountOption, Default: "--threads, 8 at most", Doc: "How many connections read at once."},
		{Name: "cursor_lag", Kind: connector.TextOption, Default: "0", Doc: "How far behind the last cursor value to look for rows that were committed late: 10m for times, a number for numbers."},
		{Name: "connect_timeout", Kind: connector.TextOption, Default: "10s", Doc: "How long one attempt to connect may take."},
		{Name: "statement_timeout", Kind: connector.TextOption, Default: "none", Doc: "How long one statement may run."},
		{Name: "max_record", Kind: connector.SizeOption, Default: "256MiB", Doc: "The largest row."},
	}
}

// settings are the options, checked.
type settings struct {
	connection, password secret.Text
	table, query         string
	splitBy, lag         string
	readers              int
	connectTimeout       time.Duration
	statementTimeout     time.Duration
	maxRecord            int
}

func newSettings(req connector.SourceRequest) (settings, error) {
	checked, err := connector.CheckOptions(Source{}.Options(), req.Options)
	var problems diag.Problems
	problems.AddError("bad-option", diag.Place{}, err)
	var s settings
	s.connection, _ = checked.Secret("connection")
	s.password, _ = checked.Secret("password")
	s.table, _ = checked.Text("table")
	s.query, _ = checked.Text("query")
	s.splitBy, _ = checked.Text("split_by")
	s.lag, _ = checked.Text("cursor_lag")
	s.readers = int(checked.Number("parallel", min(int64(max(req.Threads, 1)), mostReaders)))
	s.maxRecord = int(min(checked.Number("max_record", defaultMaxRecord), 1<<30))
	s.connectTimeout, err = database.Duration(checked, "connect_timeout", 10*time.Second)
	problems.AddError("bad-option", req.Options["connect_timeout"].Place, err)
	s.statementTimeout, err = database.Duration(checked, "statement_timeout", 0)
	problems.AddError("bad-option", req.Options["statement_timeout"].Place, err)
	if s.connection.IsZero() {
		problems.AddError("bad-option", diag.Place{}, diag.New("missing-option", req.Options["connection"].Place, "the option \"connection\" is missing").
			WithHint("write connection: postgres://user:${env:PGPASSWORD}@host/database"))
	}
	if s.table != "" && s.query != "" {
		problems.Errorf("bad-option", req.Options["query"].Place, "both table and query say what to read")
	}
	if s.table == "" && s.query == "" {
		s.table = req.Table
	}
	return s, problems.Err()
}

// Open connects and decides what this load reads.
func (Source) Open(ctx context.Context, req connector.SourceRequest) (connector.Reading, error) {
	s, err := newSettings(req)
	if err != nil {
		return nil, err
	}
	server, err := connect(ctx, &s)
	if err != nil {
		return nil, err
	}
	r := &reading{server: server, settings: &s, req: req}
	if err := r.open(ctx); err != nil {
		return nil, errors.Join(server.explain(err), server.close())
	}
	return r, nil
}

// open asks what there is to be read.
func (r *reading) open(ctx context.Context) (err error) {
	if r.relation, err = r.server.findRelation(ctx, r.settings); err != nil {
		return err
	}
	if r.columns, err = r.server.describe(ctx, r.relation); err != nil {
		return err
	}
	if err := database.CheckColumns(r.req, r.relation.name, r.names(), r.settings.splitBy); err != nil {
		return err
	}
	if err := r.plan(ctx); err != nil {
		return err
	}
	return r.makeParts(ctx)
}

func wrongLayout(part string) error {
	return fmt.Errorf("read %s: the layout is another source's", part)
}
