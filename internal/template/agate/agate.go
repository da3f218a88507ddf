// Package agate is how results look to templates: tables, rows and columns with
// the names and the behaviour of the Python library agate, whose tables dbt
// hands out.
//
// A [Table] is immutable. As in dbt, the types of its columns follow from the
// values: whole numbers stay ints, other numbers become decimals, and what is
// no number, date or boolean becomes text.
//
// It promises that what a template asks for and is not there is undefined or an
// error, never a panic. It leaves to others where the rows come from and where
// printed text goes.
package agate

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Print receives what print_table and the like write.
type Print func(c *jinja.Call, text string)

// Table is a table of results.
type Table struct {
	names []string
	types []Type
	rows  [][]any
	print Print
}

// NewTable returns a table of columns by their names and rows of values: ints,
// floats, strings, booleans, None and the values of package pymodule. Names
// that are there twice get a number.
func NewTable(names []string, rows [][]any, print Print) *Table {
	t := &Table{names: unique(names), types: make([]Type, len(names)), rows: make([][]any, len(rows)), print: print}
	for i, row := range rows {
		t.rows[i] = make([]any, len(names))
		for j := range t.rows[i] {
			if j < len(row) {
				t.rows[i][j] = python.From(row[j])
			}
		}
	}
	for j := range names {
		t.types[j] = typed(t.rows, j)
	}
	return t
}

// unique numbers names that are there already.
func unique(names []string) []string {
	seen, out := map[string]bool{}, make([]string, len(names))
	for i, name := range names {
		out[i] = name
		for n := 2; seen[out[i]]; n++ {
			out[i] = fmt.Sprintf("%s_%d", name, n)
		}
		seen[out[i]] = true
	}
	return out
}

// with returns a table of other rows.
func (t *Table) with(rows [][]any) *Table {
	return &Table{names: t.names, types: t.types, rows: rows, print: t.print}
}

// column returns the place of a column by its name or number; -1 for none.
func (t *Table) column(key any) int {
	switch k := key.(type) {
	case string:
		for i, name := range t.names {
			if name == k {
				return i
			}
		}
	case int64:
		if k < 0 {
			k += int64(len(t.names))
		}
		if k >= 0 && k < int64(len(t.names)) {
			return int(k)
		}
	}
	return -1
}

func (t *Table) row(i int) *Row { return &Row{sequence{t.rows[i], t.names}} }

// Attr returns a part or a method.
func (t *Table) Attr(name string) (any, bool) {
	switch name {
	case "rows":
		return t.rowSequence(), true
	case "columns":
		return t.columnSequence(), true
	case "column_names":
		return texts(t.names), true
	case "column_types":
		out := make(python.Tuple, len(t.types))
		for i, typ := range t.types {
			out[i] = typ
		}
		return out, true
	case "row_names":
		return nil, true
	}
	f, ok := tableMethods()[name]
	if !ok {
		return nil, false
	}
	return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) { return f(t, c) }}, true
}

// Names lists parts and methods, for messages.
func (t *Table) Names() []string {
	names := []string{"rows", "columns", "column_names", "column_types", "row_names"}
	for name := range tableMethods() {
		names = append(names, name)
	}
	return names
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Iterate goes over the rows.
func (t *Table) Iterate() *python.Iterator { return t.rowSequence().Iterate() }

// TypeName is Python's.
func (t *Table) TypeName() string { return "Table" }

// Str prints the shape of the table, as agate does.
func (t *Table) Str() string { return t.structure() }

func (t *Table) rowSequence() *sequence {
	out := make([]any, len(t.rows))
	for i := range t.rows {
		out[i] = t.row(i)
	}
	return &sequence{values: out}
}

func (t *Table) columnSequence() *sequence {
	out := make([]any, len(t.names))
	for i := range t.names {
		out[i] = t.columnAt(i)
	}
	return &sequence{values: out, keys: t.names}
}

func texts(list []string) python.Tuple {
	out := make(python.Tuple, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
