package sqlast

// Statement is one statement of a script, read by its head.
type Statement struct {
	// Span is all of it, without the semicolon.
	Span
	// Word is what it starts with, in capitals; see [Head].
	Word string
	// With is WITH and the common table expressions before a head that changes
	// something.
	With Span
	// Head says what it does. It is one of *Query, *CreateTable, *CreateView,
	// *CreateSchema, *Insert, *Delete, *Update, *Merge, *Drop, *Alter, *Comment,
	// *Transaction and *Other.
	Head any
}

// Name is the name of something, by its parts, and where it stands.
type Name struct {
	Span
	Parts []string
}

// Last returns the last part.
func (n Name) Last() string { return n.Parts[len(n.Parts)-1] }

// Query is SELECT and its relatives, which have a tree.
type Query struct{}

// CreateTable is CREATE TABLE, of columns or of what a query returns.
type CreateTable struct {
	Name                       Name
	Replace, Temp, IfNotExists bool
	Columns                    []ColumnDefinition
	// Query is what stands after AS; Columns then have no types, or there are
	// none. Into is the part of it that is not read, with the name, of
	// SELECT … INTO; see [CreateTable.Reads].
	Query, Into Span
	// Empty is WITH NO DATA.
	Empty bool
	// OnCommit is ON COMMIT of a temporary table, AtCommit what it says.
	OnCommit Span
	AtCommit AtCommit
}

// AtCommit is what becomes of a temporary table with the end of a transaction.
type AtCommit uint8

// What becomes of temporary tables.
const (
	PreserveRows AtCommit = iota
	DeleteRows
	DropTable
)

// ColumnDefinition is a column of CREATE TABLE or ADD COLUMN.
type ColumnDefinition struct {
	Name    Name
	Type    Span
	NotNull bool
}

// CreateView is CREATE VIEW.
type CreateView struct {
	Name                       Name
	Replace, Temp, IfNotExists bool
	Columns                    []Name
	Query                      Span
}

// CreateSchema is CREATE SCHEMA.
type CreateSchema struct {
	Name        Name
	IfNotExists bool
}

// Target is the table that a statement changes, and what it is called in it.
type Target struct {
	Name  Name
	Alias Name
}

// Called returns how the statement's expressions call the table.
func (t Target) Called() string {
	if len(t.Alias.Parts) > 0 {
		return t.Alias.Parts[0]
	}
	return t.Name.Last()
}

// Insert is INSERT INTO.
type Insert struct {
	Into    Target
	Columns []Name
	ByName  bool
	// Query is a query or VALUES; none is DEFAULT VALUES.
	Query Span
	// Returning is the list after RETURNING, as of UPDATE, DELETE and MERGE.
	Returning Span
}

// Delete is DELETE FROM; TRUNCATE is one without conditions.
type Delete struct {
	From         Target
	Using, Where Span
	Returning    Span
}

// Assignment sets columns to values: as many as there are columns.
type Assignment struct {
	Column Name
	Value  Span
}

// Update is UPDATE.
type Update struct {
	Table       Target
	Set         []Assignment
	From, Where Span
	Returning   Span
}

// Merge is MERGE INTO.
type Merge struct {
	Into   Target
	Source Span
	// Joined: the source is a join.
	Joined bool
	// On is a condition, or Using are columns of both sides.
	On        Span
	Using     []Name
	Actions   []MergeAction
	Returning Span
}

// MergeWhen says which rows an action of MERGE is for.
type MergeWhen uint8

// The rows that an action is for.
const (
	Matched MergeWhen = iota
	// NotMatched are rows of the source that no row of the table matches,
	// NotMatchedBySource those of the table that no row of the source matches.
	NotMatched
	NotMatchedBySource
)

// MergeDo is what an action of MERGE does.
type MergeDo uint8

// What actions do.
const (
	DoNothing MergeDo = iota
	DoUpdate
	DoDelete
	DoInsert
	DoFail
)

// MergeAction is one WHEN … THEN … of MERGE.
type MergeAction struct {
	Span
	When MergeWhen
	And  Span
	Do   MergeDo
	// Set are those of UPDATE, Columns and Values those of INSERT. Where none
	// are given, the columns of the source are taken in order, or ByName.
	Set     []Assignment
	Columns []Name
	Values  []Span
	ByName  bool
	// Message is that of ERROR.
	Message Span
}

// Drop is DROP TABLE, VIEW or SCHEMA.
type Drop struct {
	Kind     string // TABLE, VIEW or SCHEMA
	Names    []Name
	IfExists bool
	Cascade  bool
}

// AlterDo is what ALTER does.
type AlterDo uint8

// What ALTER does.
const (
	RenameTo AlterDo = iota
	RenameColumn
	AddColumn
	DropColumn
	SetType
	SetNotNull
	DropNotNull
)

// Alter is ALTER TABLE or VIEW.
type Alter struct {
	Kind     string // TABLE or VIEW
	Name     Name
	IfExists bool
	Do       AlterDo
	Column   Name
	To       Name             // RenameTo, RenameColumn
	Add      ColumnDefinition // AddColumn
	Type     Span             // SetType
	Using    Span             // SetType: the value that becomes it
	// Lenient is IF [NOT] EXISTS of a column.
	Lenient bool
}

// Comment is COMMENT ON.
type Comment struct {
	Kind string // TABLE, VIEW or COLUMN
	Name Name
	Text string // "" for NULL
}

// Transaction is BEGIN, COMMIT or ROLLBACK.
type Transaction struct{ Word string }

// Other is a statement that changes nothing of a lake, or nothing that may be
// changed: its Statement's Word says what it is.
type Other struct{}
