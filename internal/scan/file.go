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
	paths   []string
	rows    int64
	written names // nil: as today
}

// groupFiles sorts files into groups, in the order of the first file of each.
func groupFiles(ctx context.Context, t *lake.Table, now lake.Schema, files []lake.DataFile) ([]*group, error) {
	needed := len(nestedNames(now.Fields)) > 0
	bySchema := map[int]*group{}
	var groups []*group
	for _, f := range files {
		g := bySchema[f.SchemaID]
		if g == nil || (f.SchemaID < 0 && needed) {
			written, err := writtenNames(ctx, t, f, needed)
			if err != nil {
				return nil, err
			}
			if asToday(written, now.Fields) {
				written = nil
			}
			if g = sameNames(groups, written); g == nil {
				g = &group{written: written}
				groups = append(groups, g)
			}
			bySchema[f.SchemaID] = g
		}
		g.paths = append(g.paths, f.Path)
		g.rows += f.Records
	}
	return groups, nil
}

// sameNames finds the group whose files were written with the same names.
func sameNames(groups []*group, written names) *group {
	for _, g := range groups {
		if (g.written == nil) == (written == nil) && maps.Equal(g.written, written) {
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
// positions of rows. Inside, columns go by their ids: names that the engine has
// of its own, such as filename, may be those of columns.
func (g *group) query(now lake.Schema, positions bool) (string, error) {
	list := make([]string, len(now.Fields))
	read := make([]string, len(now.Fields))
	for i, f := range now.Fields {
		stored, inner := f.Type, f.Name
		if positions {
			inner = "c" + strconv.Itoa(f.ID)
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
		read[i] = fmt.Sprintf("%d: {name: %s, type: %s, default_value: NULL}", f.ID, ident.Literal(inner), ident.Literal(name))
	}
	if positions {
		list = append(list, "filename AS "+PathColumn, "file_row_number AS "+RowColumn)
	}
	// Given a schema, the engine does not count rows itself, takes files for
	// empty and joins in the wrong order.
	return fmt.Sprintf("SELECT %s FROM read_parquet([%s], hive_partitioning=false, explicit_cardinality=%d, schema=MAP {%s})",
		strings.Join(list, ", "), literals(g.paths), max(1, g.rows), strings.Join(read, ", ")), nil
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
