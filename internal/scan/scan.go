// Package scan is for reading: it turns a snapshot of a table into a relation
// that SQL can select from, and holds the one table of types between the lake
// and the engine.
//
// It promises that the columns of a relation are exactly those of the table,
// found by field id however they were called when a file was written, nested
// ones too; and that the type table is total: a type is translated without
// loss, or refused with what to do.
// It leaves to others which rows somebody may see, and running the SQL.
package scan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Relation is a snapshot of a table, as SQL.
type Relation struct {
	// SQL stands after FROM. It names nothing: it is a query over files in
	// parentheses.
	SQL string
	// Columns are what it has, in order.
	Columns []engine.Column
	// Files, Rows and Bytes are what will be read at most.
	Files       int
	Rows, Bytes int64
}

// Plan returns the relation of a table at a point in time. Files in which no
// row can match the predicates are left out; other rows that do not match are
// still there.
func Plan(ctx context.Context, t *lake.Table, at lake.At, predicates []lake.Predicate) (Relation, error) {
	files, err := t.Files(ctx, at, predicates)
	if err != nil {
		return Relation{}, err
	}
	return PlanFiles(ctx, t, at, files)
}

// The columns that [PlanRows] adds: which file a row is in, and its number
// there, from 0. They name a row of the table.
const (
	PathColumn = "_tarn_path"
	RowColumn  = "_tarn_row"
)

// PlanFiles returns the relation of some of a table's files, with the table's
// columns at a point in time.
func PlanFiles(ctx context.Context, t *lake.Table, at lake.At, files []lake.DataFile) (Relation, error) {
	return planFiles(ctx, t, at, files, false)
}

// PlanRows is PlanFiles of the current columns, and behind them [PathColumn]
// and [RowColumn].
func PlanRows(ctx context.Context, t *lake.Table, files []lake.DataFile) (Relation, error) {
	return planFiles(ctx, t, lake.At{}, files, true)
}

func planFiles(ctx context.Context, t *lake.Table, at lake.At, files []lake.DataFile, positions bool) (Relation, error) {
	schema, err := SchemaAt(t, at)
	if err != nil {
		return Relation{}, err
	}
	r := Relation{Files: len(files)}
	for _, f := range files {
		r.Rows += f.Records
		r.Bytes += f.Size
	}
	if r.Columns, err = columns(schema); err != nil {
		return Relation{}, ofTable(t, err)
	}
	if positions {
		r.Columns = append(r.Columns, engine.Column{Name: PathColumn, Type: "VARCHAR"}, engine.Column{Name: RowColumn, Type: "BIGINT"})
	}
	groups, err := groupFiles(ctx, t, schema, files)
	if err != nil {
		return Relation{}, ofTable(t, err)
	}
	if len(groups) == 0 {
		r.SQL = emptyRelation(r.Columns)
		return r, nil
	}
	selects := make([]string, len(groups))
	for i, g := range groups {
		if selects[i], err = g.query(ctx, schema, positions); err != nil {
			return Relation{}, ofTable(t, err)
		}
	}
	r.SQL = "(" + strings.Join(selects, " UNION ALL ") + ")"
	return r, nil
}

// ofTable says in a problem which table it is about.
func ofTable(t *lake.Table, err error) error {
	var p *diag.Problem
	if errors.As(err, &p) && !strings.Contains(p.Message, t.Name().String()) {
		named := *p
		named.Message = t.Name().String() + ": " + p.Message
		return &named
	}
	return fmt.Errorf("plan %s: %w", t.Name(), err)
}

// SchemaAt returns the columns of a table at a point in time: the current ones,
// or those of the snapshot that was asked for.
func SchemaAt(t *lake.Table, at lake.At) (lake.Schema, error) {
	if at == (lake.At{}) {
		return t.Schema(), nil
	}
	s, err := t.Snapshot(at)
	if err != nil {
		return lake.Schema{}, err
	}
	return t.SchemaAt(s), nil
}

func columns(schema lake.Schema) ([]engine.Column, error) {
	cols := make([]engine.Column, len(schema.Fields))
	for i, f := range schema.Fields {
		name, err := DuckType(f.Type)
		if err != nil {
			return nil, inColumn(f.Name, err)
		}
		cols[i] = engine.Column{Name: f.Name, Type: name}
	}
	return cols, nil
}

// emptyRelation has the columns and no rows.
func emptyRelation(cols []engine.Column) string {
	list := make([]string, len(cols))
	for i, c := range cols {
		list[i] = nullOf(c.Type) + " AS " + ident.Quote(c.Name)
	}
	return "(SELECT " + strings.Join(list, ", ") + " WHERE false)"
}

func nullOf(duckType string) string { return "CAST(NULL AS " + duckType + ")" }
