package postgres

import (
	"context"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// reading is one load's view of a relation.
type reading struct {
	server   *server
	settings *settings
	req      connector.SourceRequest
	relation *relation
	columns  []column
	layout   *connector.Layout
	parts    []part
	// before is what this load goes on from; nil reads everything.
	before *database.State
}

// Layout returns the columns.
func (r *reading) Layout() *connector.Layout { return r.layout }

// Parts are what this load reads.
func (r *reading) Parts() []connector.Part {
	parts := make([]connector.Part, len(r.parts))
	for i, p := range r.parts {
		parts[i] = connector.Part{Name: p.name, Records: p.rows, Bytes: p.bytes}
	}
	return parts
}

// Read reads one part.
func (r *reading) Read(ctx context.Context, at int, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	p := r.parts[at]
	if layout.Detail != any(r) {
		return connector.Counts{}, wrongLayout(p.name)
	}
	list, fields := r.fields(r.columns, layout)
	loader := database.NewLoader(p.name, layout, fields, r.settings.MaxRecord, sink)
	defer loader.Close()
	width, row := len(fields), loader.Row
	if digest := r.digest(); p.edge && digest != "" {
		list += ", " + digest
		width++
		row = r.before.Unseen(loader.Row)
	}
	if err := r.copy(ctx, list, p.from, p.where, width, row); err != nil {
		return connector.Counts{}, err
	}
	return loader.End()
}

// ReadKeys reads the keys of all rows.
func (r *reading) ReadKeys(ctx context.Context, sink connector.Sink) error {
	columns := r.keyColumns()
	layout := &connector.Layout{Detail: r}
	for _, c := range columns {
		layout.Columns = append(layout.Columns, r.layout.Columns[r.layout.Index(c.name)])
	}
	list, fields := r.fields(columns, layout)
	loader := database.NewLoader(r.relation.name, layout, fields, r.settings.MaxRecord, sink)
	defer loader.Close()
	if err := r.copy(ctx, list, r.relation.from, "", len(fields), loader.Row); err != nil {
		return err
	}
	_, err := loader.End()
	return err
}

// copy streams a query's rows.
func (r *reading) copy(ctx context.Context, list, from, where string, width int, row func([][]byte, int) error) error {
	c, err := r.server.reader(ctx)
	if err != nil {
		return err
	}
	defer r.server.giveBack(c)
	if where != "" {
		where = " WHERE " + where
	}
	decoder := newCopyDecoder(width, row)
	if _, err := c.CopyTo(ctx, decoder, "COPY (SELECT "+list+" FROM "+from+where+") TO STDOUT (FORMAT binary)"); err != nil {
		return r.server.explain(err)
	}
	return decoder.end()
}

// Close ends the view.
func (r *reading) Close() error { return r.server.close() }
