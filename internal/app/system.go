package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
)

// systemTables are the tables of the schema "system": what Tarn knows of
// itself. docs/system-tables.md describes them, column by column.
type systemTables struct{ app *App }

// systemTable is one of them. Its rows are asked for while a statement reads
// them, of what its scope shows; those that the statement leaves out are not
// made.
type systemTable struct {
	name    string
	columns []generated.Column
	// whole: it is not of tables that its rows tell, and only those read it who
	// may be told of all.
	whole bool
	rows  func(ctx context.Context, q systemQuery) iter.Seq2[[]any, error]
}

// systemQuery is one reading of a system table.
type systemQuery struct {
	app    *App
	scope  *build.Scope
	wanted gate.Wanted
}

var systemList = []systemTable{
	tablesTable, columnsTable, snapshotsTable, filesTable, partitionsTable, refsTable,
	loadsTable, resolutionsTable, runsTable, stepsTable, testsTable, queriesTable,
}

// columnsOf makes columns of names, which follow the kind that they have.
func columnsOf(list ...any) (out []generated.Column) {
	kind := generated.Text
	for _, one := range list {
		switch one := one.(type) {
		case generated.Kind:
			kind = one
		case string:
			out = append(out, generated.Column{Name: one, Kind: kind})
		}
	}
	return out
}

// SystemNames returns the names of the system tables.
func (s *systemTables) SystemNames() []string {
	names := make([]string, len(systemList))
	for i, t := range systemList {
		names[i] = t.name
	}
	return names
}

// System returns a system table; nil is none.
func (s *systemTables) System(ctx context.Context, of *build.Scope, name string, wanted gate.Wanted) (*generated.Table, error) {
	i := slices.IndexFunc(systemList, func(t systemTable) bool { return t.name == ident.Fold(name) })
	if i < 0 {
		return nil, nil
	}
	t := systemList[i]
	if t.whole && !wanted.All() {
		return nil, nil
	}
	if _, err := s.app.open(ctx); err != nil {
		return nil, err
	}
	return &generated.Table{Columns: t.columns, Rows: t.rows(ctx, systemQuery{s.app, of, wanted})}, nil
}

// ofTable reports whether the statement may use rows about a table, and who
// asks may read the table.
func (q systemQuery) ofTable(t ident.Table) bool {
	return q.wanted.Row("namespace", t.Namespace) && q.wanted.Row("table_name", t.Name) && q.wanted.Table(t)
}

// listed yields a row for each element of a list that is read at once.
func listed[T any](read func() ([]T, error), row func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		list, err := read()
		if err != nil {
			yield(nil, err)
			return
		}
		for _, one := range list {
			if r := row(one); r != nil && !yield(r, nil) {
				return
			}
		}
	}
}

// lately reads a list of tables that may be newer than the statement's scope: with
// it come the tags with which these were published.
func lately[T any](ctx context.Context, q systemQuery, read func() ([]T, error)) func() ([]T, error) {
	return func() ([]T, error) {
		list, err := read()
		if err == nil {
			_, err = q.app.stores.lake.Pin(ctx)
		}
		return list, err
	}
}

// brief is what an error says, in one line.
func brief(err error) string {
	var p *diag.Problem
	if errors.As(err, &p) {
		return p.Message
	}
	return fmt.Sprint(err)
}

// orNull is nil for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// notZero is nil for no number.
func notZero(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
