package app

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// ofTables yields what rows says of each table and view that the scope shows and
// the statement asks for.
func (q systemQuery) ofTables(ctx context.Context, columns []generated.Column, rows func(t *lake.Table, yield func([]any, error) bool) bool) iter.Seq2[[]any, error] {
	return q.ofEntries(ctx, q.entries(ctx), columns, func(lake.Entry) bool { return true },
		func(_ lake.Entry, t *lake.Table, yield func([]any, error) bool) bool { return rows(t, yield) })
}

// entries are the tables and views that the scope shows and the statement asks
// for, in order of name.
func (q systemQuery) entries(ctx context.Context) []lake.Entry {
	entries := slices.DeleteFunc(q.scope.Entries(ctx), func(e lake.Entry) bool { return !q.ofTable(e.Name) })
	slices.SortFunc(entries, func(a, b lake.Entry) int {
		return cmp.Or(cmp.Compare(a.Name.Namespace, b.Name.Namespace), cmp.Compare(a.Name.Name, b.Name.Name))
	})
	return entries
}

// ofEntries yields what rows says of each entry; the next ones are loaded
// meanwhile, where open says that they have to be: others are nil. One that
// cannot be read is a row that names it, with the error in the last column: it
// is no reason to tell nothing of the others.
func (q systemQuery) ofEntries(ctx context.Context, entries []lake.Entry, columns []generated.Column, open func(lake.Entry) bool,
	rows func(e lake.Entry, t *lake.Table, yield func([]any, error) bool) bool) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		load := func(ctx context.Context, e lake.Entry) loaded {
			if !open(e) {
				return loaded{entry: e}
			}
			t, err := q.scope.Table(ctx, e.Name)
			return loaded{e, t, err}
		}
		for one := range ahead(ctx, entries, load) {
			e, t, err := one.entry, one.table, one.err
			ask := func(row []any, err error) bool {
				switch {
				case ctx.Err() != nil:
					yield(nil, ctx.Err())
					return false
				case err != nil:
					return yield(broken(columns, e, err), nil)
				}
				return yield(append([]any{e.Name.Namespace, e.Name.Name}, row...), nil)
			}
			if err != nil {
				if !ask(nil, err) {
					return
				}
				continue
			}
			if !rows(e, t, ask) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // not all of them were looked at
			yield(nil, err)
		}
	}
}

// loaded is a table or view, or why it cannot be read.
type loaded struct {
	entry lake.Entry
	table *lake.Table
	err   error
}

// broken is the row of a table that cannot be read.
func broken(columns []generated.Column, e lake.Entry, err error) []any {
	row := make([]any, len(columns))
	row[0], row[1], row[len(row)-1] = e.Name.Namespace, e.Name.Name, brief(err)
	for i, c := range columns {
		switch c.Name {
		case "kind":
			row[i] = kindWord(e.Kind)
		case "state":
			row[i] = "published"
		case "metadata_location":
			row[i] = e.Location
		}
	}
	return row
}

// kindName is table or view.
func kindName(t *lake.Table) string { return kindWord(t.Kind()) }

func kindWord(k lake.EntryKind) string {
	if k == lake.ViewEntry {
		return "view"
	}
	return "table"
}

var columnsTable = systemTable{name: "columns", columns: columnsColumns, rows: columnRows}

var columnsColumns = columnsOf("namespace", "table_name", "column_name", generated.Long, "position", "field_id", generated.Text, "type", "sql_type",
	generated.Bool, "required", generated.Text, "description", "error")

func columnRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return q.ofTables(ctx, columnsColumns, func(t *lake.Table, yield func([]any, error) bool) bool {
		for i, f := range t.Schema().Fields {
			var problem any
			sql, err := scan.DuckType(f.Type)
			if err != nil {
				problem = brief(err)
			}
			if !yield([]any{f.Name, i + 1, f.ID, f.Type.String(), orNull(sql), f.Required, orNull(f.Doc), problem}, nil) {
				return false
			}
		}
		return true
	})
}

var snapshotsTable = systemTable{name: "snapshots", columns: snapshotsColumns, rows: snapshotRows}

var snapshotsColumns = columnsOf("namespace", "table_name", generated.Long, "snapshot_id", "parent_id", "sequence", generated.Time, "committed_at", generated.Text, "operation",
	generated.Bool, "is_current", generated.Long, "schema_id", generated.Text, "run_id", generated.Long, "added_rows", "deleted_rows", "total_rows",
	"added_files", "deleted_files", "total_files", "added_bytes", "removed_bytes", "total_bytes", generated.Text, "error")

func snapshotRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return q.ofTables(ctx, snapshotsColumns, func(t *lake.Table, yield func([]any, error) bool) bool {
		current := t.Current()
		for _, s := range t.Snapshots() {
			row := []any{s.ID, notZero(s.ParentID), s.Sequence, s.Time, orNull(s.Operation), current != nil && current.ID == s.ID, s.SchemaID, orNull(s.Summary["tarn.run"])}
			for _, key := range []string{
				"added-records", "deleted-records", "total-records", "added-data-files", "deleted-data-files", "total-data-files",
				"added-files-size", "removed-files-size", "total-files-size",
			} {
				row = append(row, count(s.Summary[key]))
			}
			if !yield(append(row, nil), nil) {
				return false
			}
		}
		return true
	})
}

// count reads a number of a snapshot's summary; nil where it does not say.
func count(s string) any {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return n
}

var refsTable = systemTable{name: "refs", columns: refsColumns, rows: refRows}

var refsColumns = columnsOf("namespace", "table_name", "ref", "kind", generated.Long, "snapshot_id", "max_age_ms", "max_snapshot_age_ms", "min_snapshots", generated.Text, "error")

func refRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return q.ofTables(ctx, refsColumns, func(t *lake.Table, yield func([]any, error) bool) bool {
		for _, r := range t.Refs() {
			row := []any{r.Name, r.Kind, r.SnapshotID, notZero(r.MaxAge.Milliseconds()), notZero(r.MaxSnapshotAge.Milliseconds()), notZero(int64(r.MinSnapshots)), nil}
			if !yield(row, nil) {
				return false
			}
		}
		return true
	})
}
