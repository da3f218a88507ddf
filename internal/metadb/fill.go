package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// fillRows is how many rows a statement inserts, as long as they have few
// columns: databases take no more than some ten thousand arguments.
const (
	fillRows      = 500
	fillArguments = 10_000
)

// Fill replaces what tables hold by what they hold in from, in one transaction.
// One of the two databases is a file, which says what tables there are; both
// have been migrated to the same versions. What from lacks becomes empty. Tables
// named tarn_changed_* stay with their database: triggers keep in them what has
// changed in it, and when by its own clock.
func (db *DB) Fill(ctx context.Context, from *DB) error {
	err := from.View(ctx, func(source Tx) error {
		return db.Update(ctx, func(target Tx) error {
			f := filling{source, target}
			tables, err := f.tables(ctx)
			if err != nil {
				return err
			}
			// Tables come behind those that they refer to.
			for _, t := range slices.Backward(tables) {
				if _, err := target.Exec(ctx, "DELETE FROM "+quoted(t)); err != nil {
					return fmt.Errorf("empty %s: %w", t, err)
				}
			}
			for _, t := range tables {
				if err := f.table(ctx, t); err != nil {
					return fmt.Errorf("fill %s: %w", t, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("fill %s from %s: %w", db.place, from.place, err)
	}
	return nil
}

// filling is one transaction that fills a database from another.
type filling struct{ from, to Tx }

// tables are those of the file that the other database has too, in the order in
// which they were made.
func (f filling) tables(ctx context.Context) (tables []string, err error) {
	file := f.to
	if file.Dialect() != SQLite {
		file = f.from
	}
	rows, err := file.Query(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table'
		AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE 'tarn~_version~_%' ESCAPE '~'
		AND name NOT LIKE 'tarn~_changed~_%' ESCAPE '~' ORDER BY rowid`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}

// table copies the rows of a table, if the source has it.
func (f filling) table(ctx context.Context, table string) (err error) {
	find := versionStatements[f.from.Dialect()].find
	if there, err := exists(f.from.QueryRow(ctx, find, table)); err != nil || !there {
		return err
	}
	columns, truths, err := f.columns(ctx, table)
	if err != nil {
		return err
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = quoted(c)
	}
	rows, err := f.from.Query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+quoted(table))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if err := f.insert(ctx, rows, table, list, truths); err != nil {
		return err
	}
	return f.goOn(ctx, table)
}

// columns returns the columns of a table in the target, and which of them hold
// truth values; the source has the same.
func (f filling) columns(ctx context.Context, table string) (names []string, truths []bool, err error) {
	of := func(tx Tx) (types []*sql.ColumnType, err error) {
		rows, err := tx.Query(ctx, "SELECT * FROM "+quoted(table)+" LIMIT 0")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, rows.Err(), rows.Close()) }()
		return rows.ColumnTypes()
	}
	have, err := of(f.from)
	if err != nil {
		return nil, nil, err
	}
	want, err := of(f.to)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range want {
		names, truths = append(names, c.Name()), append(truths, c.DatabaseTypeName() == "BOOL")
	}
	known := make([]string, len(have))
	for i, c := range have {
		known[i] = c.Name()
	}
	if !slices.Equal(slices.Sorted(slices.Values(known)), slices.Sorted(slices.Values(names))) {
		return nil, nil, fmt.Errorf("it has the columns %s in one database and %s in the other", strings.Join(known, ", "), strings.Join(names, ", "))
	}
	return names, truths, nil
}

// insert inserts rows, many at a time.
func (f filling) insert(ctx context.Context, rows *sql.Rows, table string, columns []string, truths []bool) error {
	many := min(fillRows, max(1, fillArguments/len(columns)))
	into := "INSERT INTO " + quoted(table) + " (" + strings.Join(columns, ", ") + ")"
	if f.to.Dialect() == Postgres {
		// Numbers that the server would give stay what they were.
		into += " OVERRIDING SYSTEM VALUE"
	}
	row := ", (" + strings.Repeat(", ?", len(columns))[2:] + ")"
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := f.to.Exec(ctx, into+" VALUES "+strings.Repeat(row, len(args)/len(columns))[2:], args...)
		args = args[:0]
		return err
	}
	values := make([]any, len(columns))
	places := make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		for i, v := range values {
			values[i] = argument(v, truths[i])
		}
		if args = append(args, values...); len(args) >= many*len(columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), flush())
}

// argument is a value as the other database takes it: SQLite has truth values as
// numbers, and bytes of which there are none as nil.
func argument(v any, truth bool) any {
	switch v := v.(type) {
	case int64:
		if truth {
			return v != 0
		}
	case []byte:
		if v == nil {
			return []byte{}
		}
	}
	return v
}

// goOn lets a server number new rows behind those that it has now.
func (f filling) goOn(ctx context.Context, table string) error {
	if f.to.Dialect() != Postgres {
		return nil
	}
	var column string
	err := f.to.QueryRow(ctx, `SELECT column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = ? AND is_identity = 'YES'`, table).Scan(&column)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = f.to.Exec(ctx, `SELECT setval(pg_get_serial_sequence(?, ?), (SELECT coalesce(max(`+quoted(column)+`), 0) + 1 FROM `+quoted(table)+`), false)`,
			quoted(table), column)
	}
	return err
}

// quoted is a name of a table or a column.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
