package mysql

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
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
		parts[i] = connector.Part{Name: p.name, Records: p.rows, Bytes: -1}
	}
	return parts
}

// Read reads one part.
func (r *reading) Read(ctx context.Context, at int, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	p := r.parts[at]
	if layout.Detail != any(r) {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another source's", p.name)
	}
	list, fields := bind(r.columns, layout)
	loader := database.NewLoader(p.name, layout, fields, r.settings.MaxRecord, sink)
	defer loader.Close()
	row := loader.Row
	if digest := r.digest(); p.edge && digest != "" {
		list += ", " + digest
		row = r.before.Unseen(loader.Row)
	}
	if err := r.stream(ctx, list, p.where, row); err != nil {
		return connector.Counts{}, err
	}
	return loader.End()
}

// ReadKeys reads the keys of all rows.
func (r *reading) ReadKeys(ctx context.Context, sink connector.Sink) error {
	var columns []column
	layout := &connector.Layout{Detail: r}
	for _, name := range r.req.PrimaryKey {
		c := r.columns[r.column(name)]
		columns = append(columns, c)
		layout.Columns = append(layout.Columns, r.layout.Columns[r.layout.Index(c.name)])
	}
	list, fields := bind(columns, layout)
	loader := database.NewLoader(r.relation.name, layout, fields, r.settings.MaxRecord, sink)
	defer loader.Close()
	if err := r.stream(ctx, list, "", loader.Row); err != nil {
		return err
	}
	_, err := loader.End()
	return err
}

// stream hands on a query's rows as they come.
func (r *reading) stream(ctx context.Context, list, where string, row func([][]byte, int) error) (err error) {
	c, err := r.server.reader(ctx)
	if err != nil {
		return err
	}
	defer r.server.giveBack(c)
	if where != "" {
		where = " WHERE " + where
	}
	// The driver skips what was not read when rows are closed; where reading
	// ends early, the connection is given up instead.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := c.QueryContext(ctx, "SELECT "+list+" FROM "+r.relation.from+where, nil)
	if err != nil {
		return r.server.explain(err)
	}
	defer func() {
		if err != nil {
			cancel()
			_ = rows.Close() // it was given up
			return
		}
		err = rows.Close()
	}()
	dest := make([]driver.Value, len(rows.Columns()))
	values := make([][]byte, len(dest))
	for {
		switch err := rows.Next(dest); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return r.server.explain(err)
		}
		size := 0
		for i, value := range dest {
			if values[i], err = asBytes(value); err != nil {
				return err
			}
			size += len(values[i])
		}
		if err := row(values, size); err != nil {
			return err
		}
	}
}

// asBytes returns a value of the driver's as the text that it came as.
func asBytes(value driver.Value) ([]byte, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil
	case []byte:
		if value == nil {
			return []byte{}, nil
		}
		return value, nil
	default:
		return nil, fmt.Errorf("a value came as %T, not as text", value)
	}
}

// Close ends the view.
func (r *reading) Close() error { return r.server.close() }

// bind decides how columns of the source become those of a layout, and what is
// selected.
func bind(columns []column, layout *connector.Layout) (list string, fields []database.Field) {
	var expressions []string
	for _, c := range columns {
		at := layout.Index(c.name)
		target := layout.Columns[at]
		expression, isText := c.text(target.Type)
		expressions = append(expressions, expression)
		f := database.Field{Name: c.name, Column: at, Text: shown(isText), JSON: asJSON(&c, isText)}
		f.Set = c.setter(target.Type, isText)
		f.Reason = func(value []byte) string { return textvalue.Reason(target, f.Text(value)) }
		fields = append(fields, f)
	}
	return strings.Join(expressions, ", "), fields
}

// setter sets values of a column. What the server writes is exact and of one
// form, so it is read kindly: a time without a zone is UTC.
func (c *column) setter(t connector.Type, isText bool) textvalue.Setter {
	set := textvalue.NewSetter(t, textvalue.Formats{}, true)
	switch {
	case !isText && t.Kind == connector.String:
		return func(v *connector.Vector, row int, value []byte) bool { return utf8.Valid(value) && set(v, row, value) }
	case t.Kind == connector.Boolean && (c.isInteger() || c.word == "bit"):
		return func(v *connector.Vector, row int, value []byte) bool {
			if len(value) != 1 || value[0] != '0' && value[0] != '1' {
				return false
			}
			v.SetBool(row, value[0] == '1')
			return true
		}
	}
	return set
}

// shown is how people see values.
func shown(isText bool) func([]byte) []byte {
	if isText {
		return func(value []byte) []byte { return value }
	}
	return func(value []byte) []byte { return hex.AppendEncode([]byte("0x"), value) }
}

// asJSON appends values as JSON: numbers as numbers, JSON as it is.
func asJSON(c *column, isText bool) func(out, value []byte) []byte {
	show := shown(isText)
	kind := c.natural.Kind
	plain := c.word == "json" || kind == connector.Int || kind == connector.Long || kind == connector.Float || kind == connector.Double || kind == connector.Decimal
	return func(out, value []byte) []byte {
		if plain && json.Valid(value) {
			return append(out, value...)
		}
		return database.AppendString(out, show(value))
	}
}

// column returns the position of a column, or -1.
func (r *reading) column(name string) int { return database.ColumnIndex(name, r.names()) }

func (r *reading) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}
