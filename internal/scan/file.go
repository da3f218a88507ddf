package scan

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/parquet/schema"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// names tells how the fields that a file has were called when it was written.
type names map[int]string

// group is files that are read alike.
//
// The engine finds columns by field id, but what is inside them by name. So a
// group whose nested fields are called as today is read as it is, and any other
// with the names of then, and taken apart and put together by id.
type group struct {
	t     *lake.Table
	files []lake.DataFile
	rows  int64
	likeness
}

// likeness is what files of a group have in common.
type likeness struct {
	written names // nil: as today
	// byName: the files say nothing of ids; written has all that is mapped.
	byName bool
	// less: rows of the files are gone.
	less bool
	// constants are the values of columns in files that lack them.
	constants names
}

func (l likeness) equal(o likeness) bool {
	return l.byName == o.byName && l.less == o.less && (l.written == nil) == (o.written == nil) &&
		maps.Equal(l.written, o.written) && maps.Equal(l.constants, o.constants)
}

// groupFiles sorts files into groups, in the order of the first file of each.
func groupFiles(ctx context.Context, t *lake.Table, now lake.Schema, files []lake.DataFile) ([]*group, error) {
	shapes, err := foreignShapes(ctx, t, files)
	if err != nil {
		return nil, err
	}
	needed := len(nestedNames(now.Fields)) > 0
	type kind struct {
		schema int
		less   bool
	}
	known := map[kind]*group{}
	var groups []*group
	for _, f := range files {
		k := kind{f.SchemaID, f.Deletes != nil}
		alike := f.Constants == nil && f.SchemaID >= 0
		g := known[k]
		if g == nil || !alike {
			l, err := likenessOf(t, now, f, needed, shapes[f.URI])
			if err != nil {
				return nil, err
			}
			if g = find(groups, l); g == nil {
				g = &group{t: t, likeness: l}
				groups = append(groups, g)
			}
			if alike {
				known[k] = g
			}
		}
		g.files = append(g.files, f)
		g.rows += f.Records
	}
	return groups, nil
}

func find(groups []*group, l likeness) *group {
	for _, g := range groups {
		if g.equal(l) {
			return g
		}
	}
	return nil
}

func likenessOf(t *lake.Table, now lake.Schema, f lake.DataFile, needed bool, shape *schema.GroupNode) (likeness, error) {
	l := likeness{less: f.Deletes != nil, constants: f.Constants}
	var err error
	if l.written, l.byName, err = writtenNames(t, f, needed, shape); err != nil {
		return l, err
	}
	if !l.byName && asToday(l.written, now.Fields) {
		l.written = nil
	}
	return l, nil
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

// foreignShapes returns what files look like of which only they themselves tell,
// by their locations.
func foreignShapes(ctx context.Context, t *lake.Table, files []lake.DataFile) (map[string]*schema.GroupNode, error) {
	var mu sync.Mutex
	shapes := map[string]*schema.GroupNode{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4 * runtime.GOMAXPROCS(0))
	for _, f := range files {
		if f.SchemaID >= 0 {
			continue
		}
		group.Go(func() error {
			shape, err := t.Shape(ctx, f)
			mu.Lock()
			defer mu.Unlock()
			shapes[f.URI] = shape
			return err
		})
	}
	return shapes, group.Wait()
}

// writtenNames tells how nested fields were called when f was written: by the
// table's schema of then, or by the shape of the file where the table does not
// know. Of a file without ids it tells all names, as the table maps them.
func writtenNames(t *lake.Table, f lake.DataFile, needed bool, shape *schema.GroupNode) (written names, byName bool, err error) {
	switch {
	case f.SchemaID >= 0 && !needed:
		return nil, false, nil
	case f.SchemaID >= 0:
		return nestedNames(t.SchemaAt(&lake.Snapshot{SchemaID: f.SchemaID}).Fields), false, nil
	}
	written = names{}
	footerNames(shape, written)
	if len(written) > 0 {
		return written, false, nil
	}
	written, err = t.MappedNames(f, shape)
	return written, true, err
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

func literals(paths []string) string {
	out := make([]string, len(paths))
	for i, p := range slices.All(paths) {
		out[i] = ident.Literal(p)
	}
	return strings.Join(out, ", ")
}

// lambdaName is unlike any column's: a lambda's parameter hides columns.
func lambdaName(depth int) string { return "_tarn_x" + strconv.Itoa(depth) }
