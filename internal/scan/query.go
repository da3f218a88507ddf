package scan

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// The names, while a relation is made, of what tells a row of a file.
const (
	fileColumn   = "_tarn_file"
	numberColumn = "_tarn_number"
)

// query selects the columns of now from the group's files, and where asked the
// positions of rows. Where names that the engine has of its own, such as
// filename, may meet those of columns, columns go by their ids inside.
func (g *group) query(ctx context.Context, now lake.Schema, positions bool) (string, error) {
	if !positions {
		straight, err := g.isStraight(ctx, now)
		switch {
		case err != nil:
			return "", err
		case straight:
			return g.straightQuery(now)
		}
	}
	inside := positions || g.less || g.byName
	r, err := g.read(now, inside)
	if err != nil {
		return "", err
	}
	if !inside {
		return "SELECT " + strings.Join(r.values, ", ") + " FROM " + r.from, nil
	}
	if positions || g.less {
		r.raw = append(r.raw, "filename AS "+fileColumn, "file_row_number AS "+numberColumn)
	}
	from := "(SELECT " + strings.Join(r.raw, ", ") + " FROM " + r.from + ") AS d"
	if g.less {
		if from, err = g.withoutDeleted(from); err != nil {
			return "", err
		}
	}
	list := r.values
	if positions {
		list = append(list, fileColumn+" AS "+PathColumn, numberColumn+" AS "+RowColumn)
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + from, nil
}

// reading is how the engine reads the files of a group.
type reading struct {
	from string
	// raw are the columns as they are read; values make of them those of the
	// table, under their names.
	raw, values []string
}

// read reads the columns of now, and others by which rows are deleted.
func (g *group) read(now lake.Schema, inside bool) (reading, error) {
	var r reading
	var schema []string
	add := func(f lake.Field, called string) error {
		raw, value, column, err := g.column(f, called)
		if err != nil {
			return inColumn(f.Name, err)
		}
		if value != ident.Quote(f.Name) {
			value += " AS " + ident.Quote(f.Name)
		}
		r.raw, r.values, schema = append(r.raw, raw), append(r.values, value), append(schema, column)
		return nil
	}
	for _, f := range now.Fields {
		called := f.Name
		if inside {
			called = columnName(f.ID)
		}
		if err := add(f, called); err != nil {
			return r, err
		}
	}
	for _, id := range g.deletingColumns() {
		if slices.ContainsFunc(now.Fields, func(f lake.Field) bool { return f.ID == id }) {
			continue
		}
		f, err := deletingColumn(g.t, id)
		if err == nil {
			err = add(f, columnName(id))
		}
		if err != nil {
			return r, err
		}
		r.values = r.values[:len(now.Fields)]
	}
	paths := make([]string, len(g.files))
	for i, f := range g.files {
		paths[i] = f.Path
	}
	if g.byName {
		r.from = fmt.Sprintf("read_parquet([%s], hive_partitioning=false, union_by_name=true)", literals(paths))
		return r, nil
	}
	// Given a schema, the engine does not count rows itself, takes files for
	// empty and joins in the wrong order.
	r.from = fmt.Sprintf("read_parquet([%s], hive_partitioning=false, explicit_cardinality=%d, schema=MAP {%s})",
		literals(paths), max(1, g.rows), strings.Join(schema, ", "))
	return r, nil
}

// column tells how a field is read: raw is what to take of the files, under the
// name called; value makes the column of it; schema is what the engine is told.
func (g *group) column(f lake.Field, called string) (raw, value, schema string, err error) {
	lacking, err := g.lacking(f)
	if err != nil {
		return "", "", "", err
	}
	name, err := DuckType(f.Type)
	if err != nil {
		return "", "", "", err
	}
	raw, value = ident.Quote(called), ident.Quote(called)
	if g.byName {
		raw, err = g.rawByName(f, name, lacking)
		return raw + " AS " + ident.Quote(called), value, "", err
	}
	if _, has := g.written[f.ID]; has && f.Type.Nested() {
		stored, err := asWritten(f.Type, g.written)
		if err != nil {
			return "", "", "", err
		}
		if name, err = DuckType(stored); err != nil {
			return "", "", "", err
		}
		if value, err = g.rebuild(value, f.Type, 1); err != nil {
			return "", "", "", err
		}
	}
	return raw, value, columnOf(f.ID, called, name, lacking), nil
}

// rawByName is a field's value in files without ids.
func (g *group) rawByName(f lake.Field, duckType, lacking string) (string, error) {
	name, has := g.written[f.ID]
	if !has {
		return "CAST(" + lacking + " AS " + duckType + ")", nil
	}
	value, err := g.rebuild(ident.Quote(name), f.Type, 1)
	return "CAST(" + value + " AS " + duckType + ")", err
}

// lacking is a literal of the field's value in files that lack it: that of their
// partition, the field's default, or NULL.
func (g *group) lacking(f lake.Field) (string, error) {
	if text, has := g.constants[f.ID]; has {
		return ident.Literal(text), nil
	}
	return defaultOf(f, f.InitialDefault)
}

// WriteDefault returns a literal of the value that a field has in new rows that
// do not say; NULL where nothing else is asked for.
func WriteDefault(f lake.Field) (string, error) { return defaultOf(f, f.WriteDefault) }

func defaultOf(f lake.Field, value any) (string, error) {
	if value != nil && f.Type.Nested() {
		return "", diag.New("unsupported-default", diag.Place{}, "its default is of a nested type, which this version does not read").
			WithHint("read the table with the tool that wrote it, or rewrite its data files")
	}
	text, has, err := f.DefaultText(value)
	if err != nil || !has {
		return "NULL", err
	}
	return ident.Literal(text), nil
}

// columnName is what a column is called while its relation is made.
func columnName(id int) string { return "c" + strconv.Itoa(id) }

// columnOf tells the engine under which name and type to read a field, and what
// it is in files that lack it.
func columnOf(id int, name, duckType, lacking string) string {
	return fmt.Sprintf("%d: {name: %s, type: %s, default_value: %s}", id, ident.Literal(name), ident.Literal(duckType), lacking)
}
