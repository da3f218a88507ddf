package write

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Kind is how rows that come in meet those that the table has.
type Kind uint8

// The kinds.
const (
	// Merge keeps one row for each key, the last in order.
	Merge Kind = iota
	// DeleteInsert takes away the rows whose key comes in, and adds all that
	// come in.
	DeleteInsert
	// InsertOnly adds rows whose key the table does not have, the first in
	// order of each.
	InsertOnly
	// SCD2 keeps every version of a row with the time in which it held.
	SCD2
)

// Deletes is what becomes of rows whose key the source no longer has.
type Deletes uint8

// What becomes of them. A version that held until now ends by either.
const (
	Ignore Deletes = iota
	Hard
	Soft
)

// The columns that modes add to a table.
const (
	SurvivorsColumn = "_tarn_survivors"
	DeletedAtColumn = "_tarn_deleted_at"
	ValidFromColumn = "_tarn_valid_from"
	ValidToColumn   = "_tarn_valid_to"
	CurrentColumn   = "_tarn_is_current"
	LastSeenColumn  = "_tarn_last_seen"
	// Where it was last met: rows of that cursor value which come later are
	// compared with these.
	SeenFileColumn = "_tarn_last_seen_file"
	SeenLineColumn = "_tarn_last_seen_line"
)

// Why rows that were read are not in the table; see [Outcome].
const (
	// Superseded: another row of the key is later.
	Superseded = "superseded"
	// Merged: another row is later, but values of this one survived in it.
	Merged = "merged"
	// ExistsAlready: the table has the key.
	ExistsAlready = "exists_already"
	// DuplicateKey: another row of the load has the key, or the values that
	// tell duplicates.
	DuplicateKey = "duplicate_key"
	// Similar: another row is so similar that it is taken for the same.
	Similar = "similar"
	// Unchanged: the version that the table has says the same.
	Unchanged = "unchanged"
)

// Mode says how the rows of a request meet those of its base.
//
// Rows have a total order: by Cursor (NULL is lowest), then by the name of the
// file and the line, where rows that a file had before it changed (Renewed) come
// before those that it has now; with LaterWins the time of the load comes before
// the file. Whatever is taken of several rows is told by that order alone, so
// that it does not matter how rows are spread over files and loads.
type Mode struct {
	Kind Kind
	// Keys tell rows apart; with Deduplicate there are none. See [Mode.Required].
	Keys        []string
	Deduplicate *Duplicates
	Cursor      string
	LaterWins   bool
	// Renewed is a SQL condition: it holds for rows of the table that came from
	// files which changed and are read again. "" is for none.
	Renewed string
	// Met is SQL over File: when the rows that come in were met before, where
	// they are only read again; "" where this load meets them (DeleteInsert).
	Met string
	// Joins: rows of a file join those that the table has of it, as the file has
	// grown, or they are read again (DeleteInsert).
	Joins bool
	// Columns are what rows say of where they come from.
	Columns Provenance
	// Survivorship takes columns of a row from others of its key (Merge).
	Survivorship []Survivor
	// Track are the columns whose changes make a version (SCD2).
	Track []string
	// Deletes says what becomes of rows whose key is not in Present, which has
	// the columns of Keys, and of Columns.Origin where rows have one; where it
	// is nil the rows that come in are all there are. Only rows are looked at
	// for which Within, a SQL condition, holds; "" is all.
	Deletes Deletes
	Present array.RecordReader
	Within  string
	// Unsure names the files, when all rows came in, that held more than rows:
	// what a file had before may be among that, so that its rows do not go. nil
	// is for none.
	Unsure func() []string
	// Now is the time of the load as SQL.
	Now string
}

// Provenance names the columns that say where a row comes from; Origin may be
// "".
type Provenance struct {
	File, Line, LoadedAt, Origin string
}

// Outcome is what became of the rows that came in: Written are in the table
// now, the others are counted by why they are not.
type Outcome struct {
	Written int64
	Skipped map[string]int64
	// Deleted are rows of the table that went, or were marked, because the
	// source no longer has their key; Restored are back again.
	Deleted, Restored int64
}

func (o *Outcome) skip(why string, n int64) {
	if n > 0 {
		o.Skipped[why] += n
	}
}

// Required are the columns in which no row may be NULL: such rows are left out,
// and counted by nobody here.
func (m Mode) Required() []string {
	if m.Kind == SCD2 && m.Cursor != "" {
		return append(slices.Clone(m.Keys), m.Cursor)
	}
	return m.Keys
}

// columns are those that the mode adds behind those of its rows.
func (m Mode) columns() []lake.Field {
	var fields []lake.Field
	if len(m.Survivorship) > 0 {
		fields = append(fields, survivorsField)
	}
	if m.Kind == SCD2 {
		fields = append(fields, lake.Field{Name: ValidFromColumn, Type: lake.TypeOf(lake.TimestampTZ), Doc: "Since when the version holds"},
			lake.Field{Name: ValidToColumn, Type: lake.TypeOf(lake.TimestampTZ), Doc: "When the version ended; NULL while it holds"},
			lake.Field{Name: CurrentColumn, Type: lake.TypeOf(lake.Boolean), Doc: "Whether the version holds"})
		if m.Cursor != "" {
			fields = append(fields, lake.Field{Name: LastSeenColumn, Type: lake.TypeOf(lake.TimestampTZ), Doc: "When the version was last met"})
		}
		if m.seenIn() {
			fields = append(fields, lake.Field{Name: SeenFileColumn, Type: lake.TypeOf(lake.String), Doc: "The file in which the version was last met"},
				lake.Field{Name: SeenLineColumn, Type: lake.TypeOf(lake.Long), Doc: "The line on which the version was last met"})
		}
	} else if m.Deletes == Soft {
		fields = append(fields, lake.Field{Name: DeletedAtColumn, Type: lake.TypeOf(lake.TimestampTZ), Doc: "When the source no longer had the row"})
	}
	return fields
}

// AddColumns returns the schema with the columns that the mode adds.
func (m Mode) AddColumns(s lake.Schema) lake.Schema {
	for _, f := range m.columns() {
		if _, has := column(s, f.Name); !has {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

// seenIn tells whether versions keep the place at which they were last met.
// Without a cursor, and where later loads win, what comes in is behind it anyway.
func (m Mode) seenIn() bool { return m.Kind == SCD2 && m.Cursor != "" && !m.LaterWins }

// positions are the columns that order rows of one cursor value.
func (m Mode) positions() []string {
	if m.LaterWins {
		return []string{m.Columns.LoadedAt, m.Columns.File, m.Columns.Line}
	}
	return []string{m.Columns.File, freshColumn, m.Columns.Line}
}

// compared are the columns by which deletes are found.
func (m Mode) compared() []string {
	if m.Columns.Origin == "" || named(m.Keys, m.Columns.Origin) {
		return m.Keys
	}
	return append(slices.Clone(m.Keys), m.Columns.Origin)
}

// within is the condition for rows that deletes are about.
func (m Mode) within() string {
	where := "true"
	if m.Within != "" {
		where = "(" + m.Within + ")"
	}
	if m.Unsure == nil {
		return where
	}
	var files []string
	for _, f := range m.Unsure() {
		files = append(files, ident.Literal(f))
	}
	if len(files) == 0 {
		return where
	}
	return where + " AND " + ident.Quote(m.Columns.File) + " NOT IN (" + strings.Join(files, ", ") + ")"
}

// order are the columns that order rows.
func (m Mode) order() []string {
	if m.Cursor == "" {
		return m.positions()
	}
	return append([]string{m.Cursor}, m.positions()...)
}

// latestFirst is an ORDER BY that begins with the last row in order.
func latestFirst(columns []string) string { return ordered(columns, " DESC NULLS LAST") }

// earliestFirst is the reverse of latestFirst.
func earliestFirst(columns []string) string { return ordered(columns, " ASC NULLS FIRST") }

func ordered(columns []string, direction string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = ident.Quote(c) + direction
	}
	return strings.Join(list, ", ")
}

// equal is the condition that two relations agree in columns.
func equal(a, b string, columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = a + "." + ident.Quote(c) + " = " + b + "." + ident.Quote(c)
	}
	return strings.Join(list, " AND ")
}

// present is the condition that no column is NULL.
func present(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = ident.Quote(c) + " IS NOT NULL"
	}
	return strings.Join(list, " AND ")
}
