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

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// Source reads PostgreSQL. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "postgres".
func (Source) Name() string { return "postgres" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	return database.Options("postgres://user:${env:PGPASSWORD}@host:5432/database?sslmode=verify-full, or libpq's host=… user=… words.",
		"What to read: a table, view or foreign table, with or without its schema.", "pages, or an integer key")
}

// settings are the options, checked.
type settings = database.Settings

func newSettings(req connector.SourceRequest) (settings, error) {
	s, _, err := database.ReadSettings(Source{}.Options(), req, "postgres://user:${env:PGPASSWORD}@host/database")
	return s, err
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
	if err := database.CheckColumns(r.req, r.relation.name, r.names(), r.settings.SplitBy); err != nil {
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
