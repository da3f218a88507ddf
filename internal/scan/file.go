package scan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// names tells how the fields that a file has were called when it was written.
type names map[int]string

// group is files that were written with the same names for nested fields.
//
// The engine finds columns by field id, but what is inside them by name. So a
// group whose nested fields are called as today is read as it is, and any other
// with the names of then, and taken apart and put together by id.
type group struct {
	t       *lake.Table
	files   []lake.DataFile
	rows    int64
	written names // nil: as today
	// less: rows of the files are gone.
	less bool
}

// groupFiles sorts files into groups, in the order of the first file of each.
func groupFiles(ctx context.Context, t *lake.Table, now lake.Schema, files []lake.DataFile) ([]*group, error) {
	needed := len(nestedNames(now.Fields)) > 0
	type kind struct {
		schema int
		less   bool
	}
	known := map[kind]*group{}
	var groups []*group
	for _, f := range files {
		k := kind{f.SchemaID, f.Deletes != nil}
		g := known[k]
		if g == nil || (f.SchemaID < 0 && needed) {
			written, err := writtenNames(ctx, t, f, needed)
			if err != nil {
				return nil, err
			}
			if asToday(written, now.Fields) {
				written = nil
			}
			if g = sameNames(groups, written, k.less); g == nil {
				g = &group{t: t, written: written, less: k.less}
				groups = append(groups, g)
			}
			known[k] = g
		}
		g.files = append(g.files, f)
		g.rows += f.Records
	}
	return groups, nil
}

// sameNames finds the group whose files were written with the same names, and
// have rows that are gone or none.
func sameNames(groups []*group, written names, less bool) *group {
	for _, g := range groups {
		if g.less == less && (g.written == nil) == (written == nil) && maps.Equal(g.written, written) {
			return g
		}
	}
	return nil
}

// asToday reports whether the fields inside of the columns that a file has are
// called as they are now. A column that it does not have reads as NULL.
func asToday(written names, now []lake.Field) bool {
	for _, f := range now {
		if _, has := written[f.ID]; !has {
			continue
		}
		inside := names{}
		collect(f.Type, inside)
		for id, name := range inside {
			if written[id] != name {
				return false
			}
		}
	}
	return true
}

// nestedNames returns the nested columns and the fields inside of them, at any
// depth.
func nestedNames(fields []lake.Field) names {
	out := names{}
	for _, f := range fields {
		if f.Type.Nested() {
			out[f.ID] = f.Name
			collect(f.Type, out)
		}
	}
	return out
}

func collect(t lake.Type, out names) {
	for _, f := range t.Fields {
		out[f.ID] = f.Name
		collect(f.Type, out)
	}
	for _, part := range []*lake.Field{t.Elem, t.Key, t.Value} {
		if part != nil {
			collect(part.Type, out)
		}
	}
}

// writtenNames tells how nested fields were called when f was written: by the
// table's schema of then, or by the file itself where the table forgot.
func writtenNames(ctx context.Context, t *lake.Table, f lake.DataFile, needed bool) (names, error) {
	switch {
	case !needed:
		return nil, nil
	case f.SchemaID >= 0:
		return nestedNames(t.SchemaAt(&lake.Snapshot{SchemaID: f.SchemaID}).Fields), nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := file.OpenParquetFile(f.Path, false)
	if err != nil {
		return nil, fmt.Errorf("read the footer of %s: %w", f.URI, err)
	}
	defer func() { _ = r.Close() }() // opened for reading only
	out := names{}
	footerNames(r.MetaData().Schema.Root(), out)
	return out, nil
}

func footerNames(n schema.Node, out names) {
	if id := int(n.FieldID()); id > 0 {
		out[id] = n.Name()
	}
	if g, nested := n.(*schema.GroupNode); nested {
		for i := range g.NumFields() {
			footerNames(g.Field(i), out)
		}
	}
}

// query selects the columns of now from the group's files, and where asked the
// positions of rows. Where names that the engine has of its own, such as
// filename, may meet those of columns, columns go by their ids inside.
func (g *group) query(now lake.Schema, positions bool) (string, error) {
	list := make([]string, len(now.Fields))
	read := make([]string, len(now.Fields))
	has := map[int]bool{}
	for i, f := range now.Fields {
		has[f.ID] = true
		stored, inner := f.Type, f.Name
		if positions || g.less {
			inner = columnName(f.ID)
		}
		value := ident.Quote(inner)
		if _, has := g.written[f.ID]; has && f.Type.Nested() {
			var err error
			if stored, err = asWritten(f.Type, g.written); err != nil {
				return "", fmt.Errorf("column %s: %w", f.Name, err)
			}
			if value, err = g.rebuild(value, f.Type, 1); err != nil {
				return "", fmt.Errorf("column %s: %w", f.Name, err)
			}
		}
		if value != ident.Quote(f.Name) {
			value += " AS " + ident.Quote(f.Name)
		}
		name, err := DuckType(stored)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", f.Name, err)
		}
		list[i] = value
		read[i] = columnOf(f.ID, inner, name)
	}
	if positions {
		list = append(list, "filename AS "+PathColumn, "file_row_number AS "+RowColumn)
	}
	from, err := g.from(read, has)
	return "SELECT " + strings.Join(list, ", ") + " FROM " + from, err
}

// from reads the group's files, without the rows that are gone.
func (g *group) from(read []string, has map[int]bool) (string, error) {
	for _, id := range g.deletingColumns() {
		if has[id] {
			continue
		}
		f, err := deletingColumn(g.t, id)
		if err != nil {
			return "", err
		}
		name, err := DuckType(f.Type)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", f.Name, err)
		}
		read = append(read, columnOf(id, columnName(id), name))
	}
	paths := make([]string, len(g.files))
	for i, f := range g.files {
		paths[i] = f.Path
	}
	// Given a schema, the engine does not count rows itself, takes files for
	// empty and joins in the wrong order.
	from := fmt.Sprintf("read_parquet([%s], hive_partitioning=false, explicit_cardinality=%d, schema=MAP {%s})",
		literals(paths), max(1, g.rows), strings.Join(read, ", "))
	if !g.less {
		return from, nil
	}
	return g.withoutDeleted(from)
}

// columnName is what a column is called while its relation is made.
func columnName(id int) string { return "c" + strconv.Itoa(id) }

// columnOf tells the engine under which name and type to read a field, which is
// NULL in files that lack it.
func columnOf(id int, name, duckType string) string {
	return fmt.Sprintf("%d: {name: %s, type: %s, default_value: NULL}", id, ident.Literal(name), ident.Literal(duckType))
}

func literals(paths []string) string {
	out := make([]string, len(paths))
	for i, p := range slices.All(paths) {
		out[i] = ident.Literal(p)
	}
	return strings.Join(out, ", ")
}

// lambdaName is unlike any column's: a lambda's parameter hides columns.
func lambdaName(depth int) string { return "_tarn_x" + strconv.Itoa(depth) }
