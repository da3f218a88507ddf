package connector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Origin tells where a column's type comes from, and so what a value that does
// not fit it leads to.
type Origin uint8

// The origins.
const (
	// Inferred from values: the type widens to hold every value.
	Inferred Origin = iota
	// Unseen has had no value yet, string stands in: the first value decides.
	Unseen
	// Existing is the table's: it widens as Iceberg allows, or rejects.
	Existing
	// Declared by a person: it never changes.
	Declared
)

// Column is one column of a layout.
type Column struct {
	Name   string
	Type   Type
	Origin Origin
}

// DeclaredType is the type that a person declared for a column, and where.
type DeclaredType struct {
	Type  string
	Place diag.Place
}

// Layout is what a load's inputs look like: the columns that all of them are
// read as, and what the format needs to read each. It is immutable.
type Layout struct {
	// Columns are the existing ones in the table's order, then the new ones in
	// order of appearance.
	Columns []Column
	// Evolve is the request's.
	Evolve bool
	// Detail belongs to the format.
	Detail any
}

// Schema returns the Arrow schema of the batches: the columns, all nullable,
// then [LineColumn].
func (l *Layout) Schema() *arrow.Schema {
	fields := make([]arrow.Field, 0, len(l.Columns)+1)
	for _, c := range l.Columns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: true})
	}
	fields = append(fields, arrow.Field{Name: LineColumn, Type: arrow.PrimitiveTypes.Int64})
	return arrow.NewSchema(fields, nil)
}

// Index returns the position of the column of that name, or -1. Names that
// differ only by case are the same name.
func (l *Layout) Index(name string) int {
	folded := ident.Fold(name)
	return slices.IndexFunc(l.Columns, func(c Column) bool { return ident.Fold(c.Name) == folded })
}

// Widen returns the layout with the types that w asks for.
func (l *Layout) Widen(w *WidenError) *Layout {
	wider := *l
	wider.Columns = slices.Clone(l.Columns)
	for _, c := range w.Columns {
		i := wider.Index(c.Column)
		if i < 0 {
			continue
		}
		wider.Columns[i].Type = c.To
		if wider.Columns[i].Origin == Unseen {
			wider.Columns[i].Origin = Inferred
		}
	}
	return &wider
}

// WidenError tells that values of an input do not fit the types of its layout,
// and which types hold them: all that this input needs.
type WidenError struct {
	Input   string
	Columns []Widening
}

// Widening is a column that needs a wider type.
type Widening struct {
	Column   string
	From, To Type
	// Line and Value are the first record and value that did not fit.
	Line  int64
	Value string
}

// Error names the columns.
func (e *WidenError) Error() string {
	parts := make([]string, len(e.Columns))
	for i, c := range e.Columns {
		parts[i] = fmt.Sprintf("%s from %s to %s (line %d: %q)", c.Column, c.From, c.To, c.Line, c.Value)
	}
	return fmt.Sprintf("%s needs wider columns: %s", e.Input, strings.Join(parts, ", "))
}
