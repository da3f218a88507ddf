package scan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// The ids that the format gives to the columns of files that name rows by their
// positions.
const (
	deletedPathID = 2147483546
	deletedRowID  = 2147483545
)

// withoutDeleted returns what stands after FROM for a group whose files have
// rows that are gone: what is read, which is called d, without those rows.
// Columns are called by their ids.
func (g *group) withoutDeleted(read string) (string, error) {
	equality := g.equality()
	from := read
	if len(equality) > 0 {
		from = fmt.Sprintf("(SELECT d.*, s.sequence AS _tarn_sequence, s.scope AS _tarn_scope FROM %s JOIN (VALUES %s) AS s(path, sequence, scope) ON d.%s = s.path) AS d",
			read, g.tuples(func(f lake.DataFile) []string {
				return []string{ident.Literal(f.Path), number(f.Sequence), ident.Literal(f.Deletes.Scope)}
			}), fileColumn)
	}
	if positions := g.deletedPositions(); positions != "" {
		from += fmt.Sprintf(" ANTI JOIN (%s) AS p ON %s = %s AND d.%s = p.row", positions, g.fileKey("d."+fileColumn), g.fileKey("p.path"), numberColumn)
	}
	for i, e := range equality {
		join, err := e.join(g.t, "e"+strconv.Itoa(i))
		if err != nil {
			return "", err
		}
		from += join
	}
	return from, nil
}

// keyedFiles bounds the files of a group that are told apart by numbers.
const keyedFiles = 64

// fileKey stands for a path: joins hash numbers four times as fast as texts.
func (g *group) fileKey(path string) string {
	if len(g.files) > keyedFiles {
		return path
	}
	var cases strings.Builder
	for i, f := range g.files {
		fmt.Fprintf(&cases, " WHEN %s THEN %d", ident.Literal(f.Path), i)
	}
	return "CASE " + path + cases.String() + " END"
}

// tuples spells values of all files of the group.
func (g *group) tuples(of func(lake.DataFile) []string) string {
	list := make([]string, len(g.files))
	for i, f := range g.files {
		list[i] = "(" + strings.Join(of(f), ", ") + ")"
	}
	return strings.Join(list, ", ")
}

// deletedPositions selects path and row of what is gone; "" is none.
func (g *group) deletedPositions() string {
	files := map[string]lake.DeleteFile{}
	var vectors, parts []string
	for _, f := range g.files {
		for _, d := range f.Deletes.Positions {
			files[d.Path] = d
		}
		if len(f.Deletes.Vector) > 0 {
			vectors = append(vectors, "("+ident.Literal(f.Path)+", '"+runs(f.Deletes.Vector)+"')")
		}
	}
	if len(files) > 0 {
		parts = append(parts, fmt.Sprintf(`SELECT m.path, x.pos AS row FROM %s AS x JOIN (VALUES %s) AS m(uri, path, sequence) ON x.file_path = m.uri JOIN (VALUES %s) AS q(path, sequence) ON x.filename = q.path AND q.sequence >= m.sequence`,
			readDeletes(slices.Sorted(maps.Keys(files)), []string{
				columnOf(deletedPathID, "file_path", "VARCHAR", "NULL"), columnOf(deletedRowID, "pos", "BIGINT", "NULL")}),
			g.tuples(func(f lake.DataFile) []string {
				return []string{ident.Literal(f.URI), ident.Literal(f.Path), number(f.Sequence)}
			}), sequences(files)))
	}
	if len(vectors) > 0 {
		parts = append(parts, `SELECT path, unnest(range(split_part(run, '-', 1)::BIGINT, split_part(run, '-', -1)::BIGINT + 1)) AS row FROM (SELECT path, unnest(string_split(runs, ',')) AS run FROM (VALUES `+
			strings.Join(vectors, ", ")+`) AS v(path, runs))`)
	}
	return strings.Join(parts, " UNION ALL ")
}

// runs spells rows compactly, such as 3,7-90: there may be millions.
func runs(list []lake.Run) string {
	var b []byte
	for i, r := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, r.First, 10)
		if r.Last > r.First {
			b = strconv.AppendInt(append(b, '-'), r.Last, 10)
		}
	}
	return string(b)
}

func readDeletes(paths, columns []string) string {
	return fmt.Sprintf("read_parquet([%s], hive_partitioning=false, schema=MAP {%s})", literals(paths), strings.Join(columns, ", "))
}

// sequences spells path and sequence of delete files.
func sequences(files map[string]lake.DeleteFile) string {
	var list []string
	for _, path := range slices.Sorted(maps.Keys(files)) {
		list = append(list, "("+ident.Literal(path)+", "+number(files[path].Sequence)+")")
	}
	return strings.Join(list, ", ")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// byValues are delete files that name rows by values in the same columns, of
// one partition each, or of all.
type byValues struct {
	columns []int
	scoped  bool
	files   map[string]lake.DeleteFile
}

// equality sorts the group's delete files of that kind.
func (g *group) equality() []*byValues {
	var list []*byValues
	found := map[string]*byValues{}
	for _, f := range g.files {
		if f.Deletes == nil {
			continue
		}
		for _, d := range f.Deletes.Equality {
			key := fmt.Sprint(d.Columns, d.Scope != "")
			if found[key] == nil {
				found[key] = &byValues{columns: d.Columns, scoped: d.Scope != "", files: map[string]lake.DeleteFile{}}
				list = append(list, found[key])
			}
			found[key].files[d.Path] = d
		}
	}
	return list
}

// join leaves out the rows of d that have the values of a file which came later
// than theirs. NULL is a value like others.
func (e *byValues) join(t *lake.Table, alias string) (string, error) {
	var read, values, on []string
	for _, id := range e.columns {
		f, err := deletingColumn(t, id)
		if err != nil {
			return "", err
		}
		name, err := DuckType(f.Type)
		if err != nil {
			return "", inColumn(f.Name, err)
		}
		c := columnName(id)
		read = append(read, columnOf(id, c, name, "NULL"))
		values = append(values, "x."+c)
		on = append(on, "d."+c+" IS NOT DISTINCT FROM "+alias+"."+c)
	}
	if e.scoped {
		values = append(values, "q.scope")
		on = append(on, "d._tarn_scope = "+alias+".scope")
	}
	var files []string
	for _, path := range slices.Sorted(maps.Keys(e.files)) {
		d := e.files[path]
		files = append(files, fmt.Sprintf("(%s, %d, %s)", ident.Literal(path), d.Sequence, ident.Literal(d.Scope)))
	}
	return fmt.Sprintf(" ANTI JOIN (SELECT %s, max(q.sequence) AS sequence FROM %s AS x JOIN (VALUES %s) AS q(path, sequence, scope) ON x.filename = q.path GROUP BY ALL) AS %s ON %s AND %[4]s.sequence > d._tarn_sequence",
		strings.Join(values, ", "), readDeletes(slices.Sorted(maps.Keys(e.files)), read), strings.Join(files, ", "), alias, strings.Join(on, " AND ")), nil
}

// deletingColumn is a column by whose values rows are deleted, which the table
// may no longer have.
func deletingColumn(t *lake.Table, id int) (lake.Field, error) {
	f, found := t.FieldOfAnySchema(id)
	if !found {
		return f, fmt.Errorf("rows are deleted by the field %d, which no schema of the table has", id)
	}
	for _, s := range t.Schemas() {
		for _, top := range s.Fields {
			if top.ID == id && !top.Type.Nested() {
				return f, nil
			}
		}
	}
	return f, diag.New("delete-files", diag.Place{},
		"%s has rows deleted by values of %s, which is a part of a nested column; this version reads such deletes of columns only", t.Name(), f.Name).
		WithHint("rewrite the table's data files with the tool that wrote them")
}

// deletingColumns are the columns that must be read to tell which rows are gone.
func (g *group) deletingColumns() []int {
	ids := map[int]bool{}
	for _, e := range g.equality() {
		for _, id := range e.columns {
			ids[id] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}
