package sqlitefile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// reading is one view of a table, or of a query.
type reading struct {
	db   *metadb.Foreign
	path string
	// of is what is read as people know it, from as SQL has it; table is its
	// name where it is one. name is what rows are said to come from.
	of, from, table, name string
	fields                []connector.Field
	layout                *connector.Layout
	parts                 []part
	cursor                string
	keys                  []string
	// last is where the load before ended, nil at the start; digested are the
	// columns by which it told rows apart.
	last     *database.State
	digested []int
}

// part is a range of rows.
type part struct {
	connector.Part
	// where is a condition, or "".
	where string
}

const (
	// fewestPerPart is how many rows are worth a reader of their own.
	fewestPerPart = 50_000
	// looksBetween is how many rows are read between two looks at the context.
	looksBetween = 1024
)

// Layout returns the columns.
func (r *reading) Layout() *connector.Layout { return r.layout }

// Parts returns the ranges.
func (r *reading) Parts() []connector.Part {
	parts := make([]connector.Part, len(r.parts))
	for i, p := range r.parts {
		parts[i] = p.Part
	}
	return parts
}

// Close ends the view.
func (r *reading) Close() error { return r.db.Close() }

// divide makes ranges of rowid for several readers. Views, queries and tables
// without rowid are one part, and so is what is new since the last load.
func (r *reading) divide(ctx context.Context, tx metadb.Tx, readers int) error {
	whole := part{Part: connector.Part{Name: r.name, Records: -1, Bytes: -1}}
	if r.last != nil {
		whole.where = r.condition()
	}
	r.parts = []part{whole}
	if r.table == "" || readers < 2 || r.last != nil || r.column("rowid") >= 0 {
		return nil
	}
	var low, high *int64
	if err := tx.QueryRow(ctx, "SELECT min(rowid), max(rowid) FROM "+r.from).Scan(&low, &high); err != nil {
		return ctx.Err() // no rowid: a view, or WITHOUT ROWID
	}
	if low == nil {
		return nil
	}
	span := uint64(*high) - uint64(*low)
	n := min(uint64(readers), span/fewestPerPart+1)
	if n < 2 {
		return nil
	}
	r.parts = nil
	for i, step := uint64(0), span/n+1; i < n; i++ {
		p := whole
		var limits []string
		if i > 0 {
			limits = append(limits, fmt.Sprintf("rowid >= %d", int64(uint64(*low)+i*step)))
		}
		if i < n-1 {
			limits = append(limits, fmt.Sprintf("rowid < %d", int64(uint64(*low)+(i+1)*step)))
		}
		p.where = strings.Join(limits, " AND ")
		r.parts = append(r.parts, p)
	}
	return nil
}

// Read reads one part.
func (r *reading) Read(ctx context.Context, n int, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	loader := typed.NewLoader(layout, r.fields, sink)
	defer loader.Close()
	was := r.atEdge()
	line := int64(0)
	err := r.rows(ctx, r.fields, r.parts[n].where, func(values []typed.Value) error {
		if was(values) {
			return nil
		}
		line++
		return loader.Row(line, values)
	})
	if err != nil {
		return connector.Counts{}, err
	}
	return loader.Finish()
}

// ReadKeys reads the primary keys of all rows.
func (r *reading) ReadKeys(ctx context.Context, sink connector.Sink) error {
	layout := &connector.Layout{}
	var fields []connector.Field
	for _, key := range r.keys {
		i := r.column(key)
		fields = append(fields, r.fields[i])
		layout.Columns = append(layout.Columns, r.layout.Columns[r.layout.Index(key)])
	}
	loader := typed.NewLoader(layout, fields, sink)
	defer loader.Close()
	line := int64(0)
	err := r.rows(ctx, fields, "", func(values []typed.Value) error {
		line++
		return loader.Row(line, values)
	})
	if err != nil {
		return err
	}
	_, err = loader.Finish()
	return err
}

// rows calls fn with every row that meets a condition.
func (r *reading) rows(ctx context.Context, fields []connector.Field, where string, fn func([]typed.Value) error) error {
	query := "SELECT " + selected(fields) + " FROM " + r.from
	if where != "" {
		query += " WHERE " + where
	}
	var own error // the sink's, which is not the file's fault
	err := r.db.View(ctx, func(tx metadb.Tx) (err error) {
		rows, err := tx.Query(ctx, query)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		values, scanned := make([]typed.Value, len(fields)), make([]any, len(fields))
		targets := make([]any, len(fields))
		for i := range scanned {
			targets[i] = &scanned[i]
		}
		for n := 0; rows.Next(); n++ {
			if n%looksBetween == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := rows.Scan(targets...); err != nil {
				return err
			}
			for i := range scanned {
				setValue(&values[i], scanned[i])
			}
			if own = fn(values); own != nil {
				return nil
			}
		}
		return rows.Err()
	})
	switch {
	case own != nil:
		return own
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return explain(r.path, err)
	}
	return nil
}

// selected are the columns as expressions, which have no declared type by which
// the driver would guess at their values.
func selected(fields []connector.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = "+" + ident.Quote(f.Name)
	}
	return strings.Join(parts, ", ")
}

// setValue makes a value of what the driver gives.
func setValue(x *typed.Value, scanned any) {
	*x = typed.Value{Present: true}
	switch v := scanned.(type) {
	case int64:
		x.Kind, x.Int = connector.Long, v
	case float64:
		x.Kind, x.Float = connector.Double, v
	case string:
		x.Kind, x.Bytes = connector.String, []byte(v)
	case []byte:
		x.Kind, x.Bytes = connector.Binary, v
	default:
		x.Present = false
	}
}
