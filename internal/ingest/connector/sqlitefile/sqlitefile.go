// Package sqlitefile is for reading tables of SQLite files.
//
// It promises one consistent view of the file, however long the load takes and
// whatever other programs commit meanwhile, and that every row becomes a row or
// a reject. It leaves to others what becomes of a value that its column does
// not hold (package typed), and where rows go.
//
// # Types
//
// SQLite lets any value stand in any column. A column's type follows from how it
// is declared (BIGINT is long, DECIMAL(9,2) that decimal, DATETIME a timestamp,
// and so on), and a value that is not of that type rejects its row. Where the
// declaration says nothing, as with NUMERIC, without a type, or for an
// expression of a query, all values are looked at: whole numbers are long,
// numbers double, bytes binary, anything else string.
package sqlitefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Source reads SQLite files. The zero value is ready.
type Source struct{}

var _ connector.Source = Source{}

// Name returns "sqlite".
func (Source) Name() string { return "sqlite" }

// Options declares what may be set.
func (Source) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "path", Kind: connector.TextOption, Default: "required", Doc: "The database file."},
		{Name: "table", Kind: connector.TextOption, Default: "the raw table's name", Doc: "What to read: a table or a view."},
		{Name: "query", Kind: connector.TextOption, Default: "the table", Doc: "A SELECT to read instead of a table."},
	}
}

// Open opens the file, takes its state and learns the columns.
func (s Source) Open(ctx context.Context, req connector.SourceRequest) (connector.Reading, error) {
	settings, err := connector.CheckOptions(s.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	path, ok := settings.Text("path")
	if !ok {
		return nil, diag.New("missing-key", diag.Place{}, "nothing says which database file to read").WithHint("write path: data/shop.db")
	}
	db, err := metadb.OpenForeign(ctx, within(req.Dir, path), max(1, req.Threads))
	if err != nil {
		return nil, explain(path, err)
	}
	r := &reading{db: db, path: path, cursor: req.Cursor, keys: req.PrimaryKey}
	if err := r.learn(ctx, settings, req); err != nil {
		return nil, errors.Join(explain(path, err), db.Close())
	}
	return r, nil
}

// within is where a path of the project is; rows and messages have the path as
// it is written.
func within(dir, path string) string {
	if dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// learn finds out what is read.
func (r *reading) learn(ctx context.Context, settings connector.Settings, req connector.SourceRequest) error {
	return r.db.View(ctx, func(tx metadb.Tx) error {
		if err := r.choose(ctx, tx, settings, req.Table); err != nil {
			return err
		}
		if err := r.columns(ctx, tx); err != nil {
			return err
		}
		var problems diag.Problems
		for _, name := range append(slices.Clone(r.keys), r.cursor) {
			if name != "" && r.column(name) < 0 {
				problems.Errorf("unknown-column", diag.Place{File: r.path}, "%s has no column %q", r.of, name).Hint = r.nearColumn(name)
			}
		}
		r.layout = typed.Merge([]typed.Fields{{Input: r.path, Fields: r.fields}}, req.Request, nil, &problems)
		if err := problems.Err(); err != nil {
			return err
		}
		if err := r.resume(req.State); err != nil {
			return err
		}
		return r.divide(ctx, tx, max(1, req.Threads))
	})
}

// choose decides what is read: a query, or a table that is there.
func (r *reading) choose(ctx context.Context, tx metadb.Tx, settings connector.Settings, table string) error {
	if query, ok := settings.Text("query"); ok {
		r.of, r.from = "the query", "("+strings.TrimRight(query, "; \n\t")+")"
		r.name = r.path
		return nil
	}
	if name, ok := settings.Text("table"); ok {
		table = name
	}
	rows, err := tx.Query(ctx, `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if ident.Fold(name) == ident.Fold(table) {
			r.of, r.from, r.table, r.name = name, ident.Quote(name), name, r.path+"#"+name
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if r.from == "" {
		p := diag.New("unknown-table", diag.Place{File: r.path}, "the database has no table %q", table)
		if near := ident.Near(table, names); len(near) > 0 {
			return p.WithHint("write table: %s", near[0])
		}
		return p.WithHint("name one of its tables with table: %s", shortList(names))
	}
	return nil
}

// explain gives failures that people can mend a place and a hint.
func explain(path string, err error) error {
	place := diag.Place{File: path}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return diag.New("no-file", place, "there is no such file").WithHint("path: is relative to the project").WithCause(err)
	case errors.Is(err, fs.ErrPermission):
		return diag.New("no-permission", place, "no permission to read the file").WithHint("let the user who runs tarn read it").WithCause(err)
	case errors.Is(err, metadb.ErrUnfinished):
		return diag.New("unfinished", place, "the program that wrote the database died in the middle of a transaction").
			WithHint("open it once with that program, or with sqlite3, which undoes the transaction").WithCause(err)
	case errors.Is(err, metadb.ErrDamaged) || metadb.Damaged(err):
		return diag.New("damaged", place, "the file is damaged or is no SQLite database: %v", err).
			WithHint("nothing of it was loaded; check it with: sqlite3 FILE 'PRAGMA integrity_check'").WithCause(err)
	}
	return fmt.Errorf("read %s: %w", path, err)
}
