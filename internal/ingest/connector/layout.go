package connector

import (
	"fmt"
	"maps"
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
	// Evolve and DiscardValues are the request's.
	Evolve, DiscardValues bool
	// Detail belongs to the format.
	Detail any
}

// Schema returns the Arrow schema of the batches: the columns, all nullable,
// then [LineColumn], then [DiscardedColumn] with DiscardValues.
func (l *Layout) Schema() *arrow.Schema {
	fields := make([]arrow.Field, 0, len(l.Columns)+2)
	for _, c := range l.Columns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: true})
	}
	fields = append(fields, arrow.Field{Name: LineColumn, Type: arrow.PrimitiveTypes.Int64})
	if l.DiscardValues {
		fields = append(fields, arrow.Field{Name: DiscardedColumn, Type: DiscardedType.Arrow(), Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// NewLayout returns the layout that req starts with: the table's columns.
func NewLayout(req Request, detail any) *Layout {
	l := &Layout{Columns: slices.Clone(req.Existing), Evolve: req.Evolve, DiscardValues: req.DiscardValues, Detail: detail}
	for i := range l.Columns {
		l.Columns[i].Origin = Existing
	}
	return l
}

// Declare puts the declared types in place. A column that is not there, a type
// that is none, and one that the table's column cannot become are problems.
func (l *Layout) Declare(req Request, problems *diag.Problems) {
	for _, name := range slices.Sorted(maps.Keys(req.Declared)) {
		declared := req.Declared[name]
		t, err := ParseType(declared.Type)
		if err != nil {
			problems.Errorf("bad-type", declared.Place, "column %q: %v", name, err)
			continue
		}
		i := l.Index(name)
		if i < 0 {
			problems.Errorf("unknown-column", declared.Place, "no file has the declared column %q", name).
				Hint = l.nearColumn(name)
			continue
		}
		c := &l.Columns[i]
		if c.Origin == Existing && !c.Type.WidensTo(t) {
			problems.Errorf("declared-type", declared.Place, "column %q is declared %s, but is %s in the table and cannot become that", name, t, c.Type).
				Hint = "declare it " + c.Type.String() + ", or load the table anew (--full-refresh)"
			continue
		}
		c.Type, c.Origin = t, Declared
	}
}

func (l *Layout) nearColumn(name string) string {
	names := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		names[i] = c.Name
	}
	if near := ident.Near(name, names); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	return ""
}

// Index returns the position of the column of that name, or -1. Names that
// differ only by case are the same name.
func (l *Layout) Index(name string) int {
	folded := ident.Fold(name)
	return slices.IndexFunc(l.Columns, func(c Column) bool { return ident.Fold(c.Name) == folded })
}

// Widen returns the layout with the types that w asks for, and with columns
// that it does not have yet. A Detail that needs to know has a method Widen.
func (l *Layout) Widen(w *WidenError) *Layout {
	wider := *l
	wider.Columns = slices.Clone(l.Columns)
	if d, ok := l.Detail.(interface{ Widen(*WidenError) any }); ok {
		wider.Detail = d.Widen(w)
	}
	for _, c := range w.Columns {
		i := wider.Index(c.Column)
		if i < 0 {
			wider.Columns = append(wider.Columns, Column{Name: c.Column, Type: c.To, Origin: Inferred})
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

// Widening is a column that needs a wider type, or that the layout lacks.
type Widening struct {
	Column   string
	From, To Type
	// Line and Value are the first record and value that did not fit.
	Line  int64
	Value string
	// Seen belongs to the format: what it saw of the column's values.
	Seen any
}

// Existing is the part of e that is about columns of the table which are not
// as wide in a layout.
func (e *WidenError) Existing(l *Layout) *WidenError {
	part := &WidenError{Input: e.Input}
	for _, c := range e.Columns {
		i := l.Index(c.Column)
		if i >= 0 && l.Columns[i].Origin == Existing && !l.Columns[i].Type.Equal(c.To) && l.Columns[i].Type.WidensTo(c.To) {
			part.Columns = append(part.Columns, c)
		}
	}
	return part
}

// Error names the columns.
func (e *WidenError) Error() string {
	parts := make([]string, len(e.Columns))
	for i, c := range e.Columns {
		parts[i] = fmt.Sprintf("%s from %s to %s (line %d: %q)", c.Column, c.From, c.To, c.Line, c.Value)
	}
	return fmt.Sprintf("%s needs wider columns: %s", e.Input, strings.Join(parts, ", "))
}
