package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Execute runs one statement or several, in order, and stops at the first that
// fails. It returns the rows of the last one where that is a query, which must
// be released, and how many rows all of them changed. The statement's scope is
// the workspace's own.
func (w *Workspace) Execute(ctx context.Context, st gate.Statement) (*gate.Result, int64, error) {
	w.execute.Lock()
	defer w.execute.Unlock()
	st.Scope = w.Scope()
	list, err := w.o.Gate.Statements(ctx, st)
	if err != nil {
		return nil, 0, err
	}
	for _, s := range list {
		if _, other := s.Head.(*sqlast.Other); other && !idle[s.Word] {
			return nil, 0, st.Refuse(s)
		}
	}
	var changed int64
	for i, s := range list {
		done, err := w.perform(ctx, st, s, nil)
		changed += done.Rows
		if err != nil {
			return nil, changed, err
		}
		if i == len(list)-1 {
			return done.Result, changed, nil
		}
		if err := done.drain(); err != nil {
			return nil, changed, err
		}
	}
	return nil, changed, nil
}

// Done is what a statement has done.
type Done struct {
	// What is the words of what was done, such as INSERT, CREATE TABLE or SELECT.
	What string
	// Rows is how many rows it changed, or made a table of.
	Rows int64
	// Changed are the tables and views that a statement has changed which was a
	// transaction by itself.
	Changed []ident.Table
	// Result is the rows that a query returns, or RETURNING, which must be
	// released; nil of other statements.
	Result *gate.Result
}

// Counts reports whether Rows says something.
func (d Done) Counts() bool {
	switch d.What {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE TABLE AS":
		return true
	}
	return false
}

// drain reads the rows that nobody wants: what is wrong with them counts.
func (d Done) drain() error {
	if d.Result == nil {
		return nil
	}
	defer d.Result.Release()
	for d.Result.Next() {
	}
	return d.Result.Err()
}

// Do runs one of the statements that the gate has read in the text of st; see
// [gate.Gate.Statements]. The statement's scope is the workspace's own.
func (w *Workspace) Do(ctx context.Context, st gate.Statement, s sqlast.Statement, spell Spelling) (Done, error) {
	w.execute.Lock()
	defer w.execute.Unlock()
	st.Scope = w.Scope()
	if _, other := s.Head.(*sqlast.Other); other {
		return Done{}, st.Refuse(s)
	}
	return w.perform(ctx, st, s, spell)
}

func (w *Workspace) perform(ctx context.Context, st gate.Statement, s sqlast.Statement, spell Spelling) (Done, error) {
	x := &execution{Workspace: w, st: st, s: s, spell: spell}
	result, rows, err := x.run(ctx)
	switch {
	case x.returned == nil:
	case err != nil:
		x.returned.Release()
	default:
		result = x.returned
	}
	return Done{What: What(s), Rows: rows, Result: result}, err
}

// What returns the words of what a statement does.
func What(s sqlast.Statement) string {
	switch h := s.Head.(type) {
	case *sqlast.CreateTable:
		if !h.Query.IsZero() {
			return "CREATE TABLE AS"
		}
		return "CREATE TABLE"
	case *sqlast.CreateView:
		return "CREATE VIEW"
	case *sqlast.CreateSchema:
		return "CREATE SCHEMA"
	case *sqlast.Drop:
		return "DROP " + h.Kind
	case *sqlast.Alter:
		return "ALTER " + h.Kind
	case *sqlast.Query:
		return "SELECT"
	case *sqlast.Delete:
		if s.Word == "TRUNCATE" {
			return "TRUNCATE TABLE"
		}
	case *sqlast.Transaction:
		return h.Word
	}
	return s.Word
}

// execution is one statement at work.
type execution struct {
	*Workspace
	st    gate.Statement // all of the text
	s     sqlast.Statement
	spell Spelling
	// returned are the rows of RETURNING.
	returned *gate.Result
}

func (x *execution) run(ctx context.Context) (*gate.Result, int64, error) {
	switch h := x.s.Head.(type) {
	case *sqlast.Query:
		result, err := x.o.Gate.Query(ctx, x.st.Of(x.text().Part(x.s.Span)))
		return result, 0, err
	case *sqlast.CreateTable:
		n, err := x.createTable(ctx, h)
		return nil, n, err
	case *sqlast.CreateView:
		return nil, 0, x.createView(ctx, h)
	case *sqlast.CreateSchema:
		return nil, 0, x.createSchema(ctx, h)
	case *sqlast.Insert:
		n, err := x.insert(ctx, h)
		return nil, n, err
	case *sqlast.Delete:
		n, err := x.delete(ctx, h)
		return nil, n, err
	case *sqlast.Update:
		n, err := x.update(ctx, h)
		return nil, n, err
	case *sqlast.Merge:
		n, err := x.merge(ctx, h)
		return nil, n, err
	case *sqlast.Drop:
		return nil, 0, x.drop(ctx, h)
	case *sqlast.Alter:
		return nil, 0, x.alter(ctx, h)
	case *sqlast.Comment:
		return nil, 0, x.comment(ctx, h)
	case *sqlast.Transaction:
		return nil, 0, x.transaction(ctx, h)
	}
	return nil, 0, nil // see idle
}

// idle are statements that only tell a database to look after itself.
var idle = map[string]bool{"ANALYZE": true, "VACUUM": true, "CHECKPOINT": true}

// transaction takes BEGIN and COMMIT for what they are here: all that a step
// does is one transaction anyway.
func (x *execution) transaction(ctx context.Context, t *sqlast.Transaction) error {
	if t.Word == "ROLLBACK" {
		return x.problem("rollback", x.s.Start, "ROLLBACK cannot undo a part of a step").
			WithHint("a step that fails is undone as a whole: raise an error instead")
	}
	return x.confirm(ctx, nil)
}

// text starts SQL made of parts of the statement.
func (x *execution) text() *sqlast.Text { return &sqlast.Text{Script: x.st.SQL, Start: x.s.Start} }

func (x *execution) problem(code string, offset int, format string, args ...any) *diag.Problem {
	return x.st.Problem(code, offset, format, args...)
}

// target finds the table that a statement changes.
func (x *execution) target(ctx context.Context, do policy.Action, n sqlast.Name) (*relation, error) {
	r, err := x.existing(ctx, do, n)
	switch {
	case err != nil:
		return nil, err
	case r.table == nil:
		return nil, x.unknown(ctx, n)
	case r.table.Kind() == lake.ViewEntry:
		return nil, x.problem("not-a-table", n.Start, "%s is a view, and the rows of a view cannot be changed", r.name).
			WithHint("change the tables that it reads")
	}
	return r, nil
}

// confirm asks the engine whether the statement is what its head was read as.
func (x *execution) confirm(ctx context.Context, r *relation) error {
	var t *lake.Table
	if r != nil {
		t = r.table
	}
	return x.o.Gate.Confirm(ctx, x.st, x.s, t)
}

// means is the table that a name means: something new is made in the first
// namespace of the statement's path that there is.
func (x *execution) means(ctx context.Context, do policy.Action, n sqlast.Name) ident.Table {
	if do != policy.Create || len(n.Parts) > 1 {
		return x.o.Gate.Meant(ctx, x.st, n.Parts)
	}
	name := x.o.Gate.Name(n)
	there := x.Scope().Namespaces(ctx)
	for _, p := range x.st.Path {
		if p == ident.DefaultNamespace || slices.Contains(there, p) {
			name.Namespace = p
			break
		}
	}
	return name
}

// existing finds what a name means, which may be nothing, if the principal may
// do that to it.
func (x *execution) existing(ctx context.Context, do policy.Action, n sqlast.Name) (*relation, error) {
	name := x.means(ctx, do, n)
	if x.Temporary(name) {
		return x.touch(ctx, name)
	}
	switch err := x.o.Gate.Allow(x.st, do, name, n.Start); {
	case errors.Is(err, lake.ErrNotFound):
		return &relation{name: name}, nil
	case err != nil && do != policy.Create && !gate.IsReserved(name.Namespace):
		// What is not there is not denied: else a name that is hidden would be told
		// from one that is free.
		if _, missing := x.Scope().Table(ctx, name); errors.Is(missing, lake.ErrNotFound) {
			return &relation{name: name}, nil
		}
		return nil, err
	case err != nil:
		return nil, err
	}
	if x.o.Kept != nil && x.o.Kept(name) {
		return nil, x.problem("denied", n.Start, "%s may not be changed: loads keep account of it", name)
	}
	r, err := x.touch(ctx, name)
	if err == nil && r.table == nil && len(n.Parts) == 3 && !x.o.Gate.IsCatalog(n.Parts[0]) {
		return nil, x.problem("unknown-catalog", n.Start, "there is no catalog %s", n.Parts[0]).
			WithHint("the lake's catalog is %s; leave it out, or write %[1]s.%s.%s", lake.CatalogName, n.Parts[1], n.Parts[2])
	}
	return r, err
}

// unknown says that there is no such table, and what was meant.
func (x *execution) unknown(ctx context.Context, n sqlast.Name) error {
	name := x.means(ctx, policy.Select, n)
	problem := x.problem("unknown-table", n.Start, "there is no table %s", name)
	var known []string
	seen, _ := x.o.Gate.Seen(ctx, x.st)
	for _, e := range seen {
		known = append(known, e.Name.String())
	}
	if near := ident.Near(name.String(), known); len(near) > 0 {
		return problem.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return problem
}

// place gives problems that have none the place of a name.
func (x *execution) place(err error, at int) error {
	var ps diag.Problems
	if err == nil {
		return nil
	}
	ps.AddError("", diag.Place{}, err)
	for _, p := range ps.All() {
		if p.Code == "" {
			return err
		}
		if p.Place == (diag.Place{}) {
			p.Place = x.problem("", at, "").Place
		}
	}
	return ps.Err()
}
