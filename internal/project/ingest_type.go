package project

import "github.com/tarn-lake/tarn/internal/diag"

// Ingest is where a source table comes from.
type Ingest struct {
	// From names the connector, Paths what it reads.
	From  string
	Paths []string
	// Columns are the declared types by column.
	Columns map[string]string
	// Mode is append, replace, merge, delete+insert, insert-only or scd2.
	Mode string
	// PrimaryKey are the columns that tell rows apart, Cursor the column that
	// tells the order of rows with the same key, "" for none.
	PrimaryKey []string
	Cursor     string
	// Track are the columns whose changes make a new version (scd2); none means
	// all but key and cursor.
	Track        []string
	Survivorship []Survivor
	// Deduplicate is nil where duplicates are not looked for.
	Deduplicate *Deduplicate
	// Deletes is ignore, hard or soft.
	Deletes  string
	Contract Contract
	// Options are the connector's own keys.
	Options map[string]Option
	// Origins are the places that a source is read from, where it has several.
	Origins     []Origin
	PartitionBy []string
	Place       diag.Place
	// Places are where the values stand: "from", "path", "mode",
	// "columns.NAME", "contract.rows", "primary_key" and so on.
	Places map[string]diag.Place
}

// Origin is one of several places that a source is read from; Options go before
// the table's own.
type Origin struct {
	Name    string
	Options map[string]Option
	Place   diag.Place
}

// ModeDeclared reports whether the mode was written down.
func (in *Ingest) ModeDeclared() bool { return in.Places["mode"] != (diag.Place{}) }

// Contract says what happens to data that does not fit: Columns is evolve,
// freeze, discard_row or discard_value; Types also quarantine; Rows is
// quarantine or fail.
type Contract struct {
	Columns, Types, Rows string
}

// Option is a value for a connector, and where it was given.
type Option struct {
	Value any
	Place diag.Place
}

// QuarantineSuffix makes the name of the table beside a raw table that holds
// its records that did not fit.
const QuarantineSuffix = "__quarantine"
