// Package gate is for statements that people wrote: it is the one way on which
// they reach the lake.
//
//	parse ─► resolve ─► decide ─► rewrite ─► execute
//
// The engine's own parser gives a tree; every table name in it is resolved
// against a [Scope] and nothing else; the decision is made per table for the
// statement's principal; in the tree, tables become subqueries over files and
// views become their own statements, gated in the same scope; and a locked-down
// instance of the engine runs what comes out.
//
// It promises:
//
//  1. No principal, no statement.
//  2. SELECT and its relatives only, one per call. What is not known to be
//     harmless is refused: kinds of statements, nodes of the tree, functions.
//  3. What runs names no table: nothing in it can mean something else to the
//     engine than it meant here.
//  4. Rows that are left out by planning are rows that the statement's own
//     conditions leave out.
//  5. What is wrong with a statement is a *diag.Problem with the place in the
//     author's text. Other errors are those of the context or of the lake.
//
// It leaves to others what names mean (Scope) and what happens with the rows.
package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// SystemNamespace holds the tables that Tarn tells about itself.
const SystemNamespace = "system"

// InformationNamespace holds the standard's tables about tables.
const InformationNamespace = "information_schema"

// TempNamespace holds the tables that a scope has for who asks alone.
const TempNamespace = "temp"

// Scope is what names mean for one statement. It is safe for concurrent use.
type Scope interface {
	// Table returns the table or view of that name; lake.ErrNotFound where
	// there is none.
	Table(ctx context.Context, name ident.Table) (*lake.Table, error)
	// System returns system.<name>; nil is none. Rows that wanted says no to need
	// not be there, nor the values of columns that it says no to.
	System(ctx context.Context, name string, wanted Wanted) (*generated.Table, error)
	// Names are all tables, for hints.
	Names(ctx context.Context) []ident.Table
	// Entries are all tables and views of the lake, Namespaces those that there
	// are, with tables or without.
	Entries(ctx context.Context) []lake.Entry
	Namespaces(ctx context.Context) []string
	// At is the point in time at which tables are read; zero is now.
	At() lake.At
}

// Wanted is what a statement may use of a generated table; zero is all of it.
type Wanted struct {
	conditions []sqlast.Condition
	use        *sqlast.Use
	rights     *rights // nil: nobody's statement
}

// Table reports whether rows that are about a table may be read: by who may read
// the table itself.
func (w Wanted) Table(t ident.Table) bool { return w.rights == nil || w.rights.selects(t) }

// All reports whether rows may be read that tell of the whole, or of which it is
// not clear what they tell: for those from whom no table is hidden, and owners.
func (w Wanted) All() bool { return w.rights == nil || w.rights.all() }

// Who asks; the zero value is nobody.
func (w Wanted) Who() policy.Who {
	if w.rights == nil {
		return policy.Who{}
	}
	return w.rights.who
}

// Row reports whether the statement may use rows that have a value in a column.
func (w Wanted) Row(column, value string) bool { return !leftOut(w.conditions, column, value) }

// Column reports whether the statement may use the values of one of the columns.
func (w Wanted) Column(names ...string) bool {
	return w.use == nil || slices.ContainsFunc(names, w.use.Column)
}

// First returns how many rows are used at most, those that come first; known is
// false where it may be any number.
func (w Wanted) First() (n int, known bool) {
	if w.use == nil {
		return 0, false
	}
	return w.use.Most()
}

// Statement is a statement that somebody wrote.
type Statement struct {
	SQL string
	// Who asks: what policies let them do is decided as the statement passes.
	Who policy.Who
	// Place is where SQL starts in a file; zero where it is in none. The first
	// Lead bytes of SQL, which are in one line, are not in the file.
	Place diag.Place
	Lead  int
	Scope Scope
	// Purpose is query, model, test or hook.
	Purpose string
	// Text is set where SQL was put together from parts of what somebody wrote,
	// and is its String; see [Gate.Statements].
	Text *sqlast.Text
	// Trace tells where a byte of a text that templates wrote comes from, and the
	// calls that led there; the zero place is Place. nil knows nothing.
	Trace func(text string, offset int) (at diag.Place, calls []string, known bool)
	// Parameters stand for the placeholders $1, $2 and so on: each is a constant in
	// SQL, with its casts.
	Parameters []string
	// Dialect is what the client finds beside the lake; nil is nothing.
	Dialect Dialect
	// Path are the namespaces in which names without one are looked for, in order;
	// none is main. It does not hold within views.
	Path []string
	// Decisions take note of what policies decide for who asks; nil takes none.
	Decisions *Decisions
	// Target is set where SQL finds the rows of a table that a statement changes.
	Target *Target
	// Kept is set where SQL reads the rows that a statement changes.
	Kept *Kept

	// open lets placeholders stand that have no value.
	open bool
	// nameless: the columns of its result have no names.
	nameless bool
	// narrowing: it asks for what narrows another statement, and is not narrowed.
	narrowing bool
}

// Target is the reference to the table that a statement changes. The relation
// that takes its place has two columns more, which say which rows are which.
type Target struct {
	// Offset is where in SQL the reference begins.
	Offset int
	// Path and Row are what the columns are called that hold [scan.PathColumn]
	// and [scan.RowColumn]: nothing that an author can guess.
	Path, Row string
	// Do is what is done to the rows.
	Do policy.Action
}

// Kept are rows of a table that one reference to it means, instead of what there
// is by that name.
type Kept struct {
	// Offset is where in SQL the reference begins.
	Offset int
	Rows   *lake.Table
}

// Of returns a statement of the same author, in the same scope, with other SQL.
func (st Statement) Of(text *sqlast.Text) Statement {
	st.Text, st.SQL, st.Target, st.Kept = text, text.String(), nil, nil
	return st
}

// Plan is a statement that passed the gate.
type Plan struct {
	// SQL is what will run. It names no table.
	SQL string
	// Columns are those of its result.
	Columns []engine.Column
	// Tables are the tables and views that it reads, each once; those inside of
	// views too.
	Tables []ident.Table
	// Reads are what is read of tables, in the order of the statement: one that is
	// named twice is there twice.
	Reads []Read
	// Spent is how long it took.
	Spent Spent
}

// Read is what a statement reads of a table at most: its files but for those in
// which no row can meet the statement's conditions. What a view of the project
// reads that who asks may not read is the view, without numbers.
type Read struct {
	Table       ident.Table
	Files       int
	Rows, Bytes int64
}

// Options are what a gate needs.
type Options struct {
	// Reader is a locked-down instance that reads the lake's files.
	Reader engine.Engine
	// Own returns the instance that somebody's statements run on, where that is
	// not Reader; nil is Reader for everybody.
	Own func(policy.Who) engine.Engine
	// Policies returns those of the moment; nil lets owners do everything, and
	// readers read.
	Policies func() policy.Tables
	// Database is another name of the lake's catalog, which names of three parts
	// may begin with; "" is none.
	Database string
	// Logger receives a line for each statement; nil discards them.
	Logger *slog.Logger
}

// Gate lets statements pass. It is safe for concurrent use.
type Gate struct {
	reader   engine.Engine
	own      func(policy.Who) engine.Engine
	policies func() policy.Tables
	database string
	log      *slog.Logger
	// described are states that the catalog has told of.
	described *recent[*described]
	// trees are the engine's trees of statements, by their text.
	trees *recent[string]
}

// New returns a gate in front of an engine.
func New(o Options) (*Gate, error) {
	if o.Reader == nil {
		return nil, errors.New("a gate needs an engine")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Policies == nil {
		own, err := policy.Default()
		if err != nil {
			return nil, err
		}
		o.Policies = func() policy.Tables { return own }
	}
	return &Gate{
		reader: o.Reader, own: o.Own, policies: o.Policies, database: ident.Fold(o.Database), log: o.Logger,
		described: newRecent[*described](describedStates), trees: newRecent[string](keptTrees),
	}, nil
}

// Plan takes a statement through the gate without running it.
func (g *Gate) Plan(ctx context.Context, st Statement) (*Plan, error) {
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	defer p.close()
	cols, err := p.describe(ctx)
	if err != nil {
		return nil, err
	}
	return &Plan{SQL: p.sql, Columns: cols, Tables: p.tables, Reads: p.reads(), Spent: p.spent}, nil
}

// reads are what is read of tables.
func (p *passage) reads() (list []Read) {
	for _, r := range p.read {
		if r.behind != (ident.Table{}) { // neither its name nor its size
			list = append(list, Read{Table: r.behind})
			continue
		}
		list = append(list, Read{r.table, r.relation.Files, r.relation.Rows, r.relation.Bytes})
	}
	return list
}

// Query runs a statement. The result streams, and must be released.
func (g *Gate) Query(ctx context.Context, st Statement) (*Result, error) {
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	return p.run(ctx)
}

// Select runs generated SQL around a statement, such as a projection or a
// count: wrap returns one SELECT around (inner), a query that it does not look
// into, or inner itself for the rows as they are. What wrap adds may call the functions that
// statements may call, and names no table either.
func (g *Gate) Select(ctx context.Context, st Statement, wrap func(inner string, cols []engine.Column) (string, error)) (*Result, error) {
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	if err := p.wrap(ctx, wrap); err != nil {
		p.close()
		return nil, err
	}
	return p.run(ctx)
}

// IsReserved reports whether a namespace holds generated tables only.
func IsReserved(namespace string) bool {
	n := ident.Fold(namespace)
	return n == SystemNamespace || n == InformationNamespace
}

// open starts a session for one statement of somebody's.
func (g *Gate) open(ctx context.Context, who policy.Who) (engine.Session, error) {
	reader := g.reader
	if g.own != nil {
		if own := g.own(who); own != nil {
			reader = own
		}
	}
	s, err := reader.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("open a session: %w", err)
	}
	return s, nil
}
