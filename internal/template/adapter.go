package template

import (
	"context"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Adapter is what texts can do with the database while they are compiled and
// run.
type Adapter interface {
	// Execute runs statements of a project; with fetch it returns the rows of
	// the last one. at is where the SQL comes from.
	Execute(ctx context.Context, sql string, at diag.Place, fetch bool) (*Table, error)
	// Relation returns what there is of that name, with its type; nil if there
	// is nothing.
	Relation(ctx context.Context, r relation.Relation) (*relation.Relation, error)
	// Relations returns what a schema holds.
	Relations(ctx context.Context, schema string) ([]relation.Relation, error)
	// Columns returns the columns of a relation; none where there is none.
	Columns(ctx context.Context, r relation.Relation) ([]Column, error)
	// ColumnsOf returns the columns of a query, which does not run.
	ColumnsOf(ctx context.Context, sql string) ([]Column, error)
	// Schemas returns the names of the schemas.
	Schemas(ctx context.Context) ([]string, error)
	CreateSchema(ctx context.Context, schema string) error
	DropSchema(ctx context.Context, schema string) error
	Drop(ctx context.Context, r relation.Relation) error
	Rename(ctx context.Context, from, to relation.Relation) error
	Truncate(ctx context.Context, r relation.Relation) error
}

// Column is a column with the engine's name for its type.
type Column struct {
	Name, Type string
}

// Table is what a statement gave: its rows in the values of templates, or how
// many it changed.
type Table struct {
	Columns []Column
	Rows    [][]any
	// Affected is the number of rows that were changed; -1 is unknown.
	Affected int64
	// Message is what the engine said, such as OK.
	Message string
}
