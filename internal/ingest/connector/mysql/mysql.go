// Package mysql is for reading tables and queries of MySQL and MariaDB.
//
// It promises one consistent view: every reader's transaction starts while
// nobody can write to the table, which takes a moment, and where the table may
// not be locked one transaction reads everything. Rows are streamed, so memory
// does not depend on how many there are, and types are exact: a value that its
// column does not hold, such as 0000-00-00, is a reject with the row as JSON. It
// leaves to others where rows go and how those of an incremental load meet the
// ones that the table has.
//
// A table with a primary key of one integer column is read by its ranges,
// several at once; everything else in one go, or by the ranges of an integer
// column that split_by names. Values travel as the text that the server makes
// of them in UTC, which says all that they hold.
package mysql

import (
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// Source reads MySQL and MariaDB. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "mysql".
func (Source) Name() string { return "mysql" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	shared := database.Options("mysql://user:${env:MYSQL_PASSWORD}@host:3306/database?ssl-mode=verify_identity.",
		"What to read: a table or view, with or without its database.", "an integer primary key")
	return slices.Insert(shared, 4, connector.OptionSpec{
		Name: "booleans", Kind: connector.BoolOption, Default: "false", Doc: "Whether tinyint(1) is a boolean; else it is an int.",
	})
}

// settings are the options, checked.
type settings struct {
	database.Settings
	booleans bool
}

func newSettings(req connector.SourceRequest) (settings, error) {
	shared, checked, err := database.ReadSettings(Source{}.Options(), req, "mysql://user:${env:MYSQL_PASSWORD}@host/database")
	s := settings{Settings: shared}
	s.booleans, _ = checked.Bool("booleans")
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

// open asks what there is to be read, and takes the view.
func (r *reading) open(ctx context.Context) (err error) {
	if r.relation, err = r.server.findRelation(ctx, r.settings); err != nil {
		return err
	}
	if r.columns, err = r.server.describe(ctx, r.relation, r.settings.booleans); err != nil {
		return err
	}
	if err := database.CheckColumns(r.req, r.relation.name, r.names(), r.settings.SplitBy); err != nil {
		return err
	}
	if err := r.plan(); err != nil {
		return err
	}
	if err := r.goOn(); err != nil {
		return err
	}
	split := ""
	if r.before == nil && r.settings.Readers > 1 {
		split = r.settings.SplitBy
		if split == "" {
			split = r.relation.key
		}
	}
	if err := r.server.begin(ctx, r.relation, split != ""); err != nil {
		return err
	}
	return r.makeParts(ctx, split)
}

// plan decides the columns.
func (r *reading) plan() error {
	layout := connector.NewLayout(r.req.Request, r)
	for _, c := range r.columns {
		at := layout.Index(c.name)
		switch {
		case at < 0:
			layout.Columns = append(layout.Columns, connector.Column{Name: c.name, Type: c.natural, Origin: connector.Declared})
		case layout.Evolve:
			layout.Columns[at].Type = database.Evolve(layout.Columns[at].Type, c.natural)
		}
	}
	var problems diag.Problems
	layout.Declare(r.req.Request, &problems)
	r.layout = layout
	return problems.Err()
}
