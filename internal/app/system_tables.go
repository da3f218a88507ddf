package app

import (
	"context"
	"iter"
	"time"

	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/lake"
)

// tablesTable has a row for each name: what readers see, what is held of it
// beside, and what they no longer see.
var tablesTable = systemTable{name: "tables", columns: tablesColumns, rows: tableRows}

var tablesColumns = columnsOf("namespace", "table_name", "kind", "state", generated.Long, "rows", "files", "bytes", "columns", "snapshots", "snapshot_id",
	generated.Time, "published_at", generated.Text, "description", generated.Texts, "partitioned_by", generated.Long, "format_version", generated.Text, "table_uuid", "metadata_location",
	"held_run", "held_because", generated.Time, "held_at", "dropped_at", generated.Text, "error")

// inMetadata are the columns that only a table's metadata file tells.
var inMetadata = []string{"rows", "files", "bytes", "columns", "snapshots", "snapshot_id", "description", "partitioned_by", "format_version", "table_uuid", "error"}

func tableRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		entries := q.entries(ctx)
		if most, known := q.wanted.First(); known {
			entries = entries[:min(most, len(entries))]
		}
		times, err := q.times(ctx, entries)
		if err != nil {
			yield(nil, err)
			return
		}
		held, err := q.app.stores.lake.Held(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		beside := map[string]lake.HeldCandidate{}
		for _, h := range held {
			if _, seen := beside[h.Name.Key()]; !seen {
				beside[h.Name.Key()] = h
			}
		}
		published := q.ofEntries(ctx, entries, tablesColumns, q.opener(times), func(e lake.Entry, t *lake.Table, yield func([]any, error) bool) bool {
			h, found := beside[e.Name.Key()]
			delete(beside, e.Name.Key())
			return yield(append(tableRow(e, t, times), heldValues(h, found)...), nil)
		})
		for row, err := range published {
			if !yield(row, err) {
				return
			}
		}
		q.unseen(ctx, held, beside, yield)
	}
}

// times tells when the states of entries were published, where the statement
// asks.
func (q systemQuery) times(ctx context.Context, entries []lake.Entry) (map[string]time.Time, error) {
	if !q.wanted.Column("published_at") {
		return nil, nil
	}
	locations := make([]string, len(entries))
	for i, e := range entries {
		locations[i] = e.Location
	}
	return q.app.stores.lake.PublishedAt(ctx, locations)
}

// opener tells of which entries the metadata file has to be read: what others
// committed is of the time that it names.
func (q systemQuery) opener(times map[string]time.Time) func(lake.Entry) bool {
	if q.wanted.Column(inMetadata...) {
		return func(lake.Entry) bool { return true }
	}
	timed := q.wanted.Column("published_at")
	return func(e lake.Entry) bool {
		_, known := times[e.Location]
		return timed && !known || e.Location == ""
	}
}

// tableRow is what there is to say of a state that readers see; of a table that
// was not opened (nil) what the catalog says.
func tableRow(e lake.Entry, t *lake.Table, times map[string]time.Time) []any {
	if t == nil {
		return []any{kindWord(e.Kind), "published", nil, nil, nil, nil, nil, nil, times[e.Location], nil, nil, nil, nil, e.Location}
	}
	var rows, files, bytes, snapshot any
	if s := t.Current(); s != nil {
		rows, files, bytes, snapshot = count(s.Summary["total-records"]), count(s.Summary["total-data-files"]), count(s.Summary["total-files-size"]), s.ID
	}
	var partition []string
	for _, p := range t.Partition() {
		partition = append(partition, p.Transform+"("+p.Column+")")
	}
	return []any{kindName(t), "published", rows, files, bytes, len(t.Schema().Fields), len(t.Snapshots()), snapshot,
		publishedAt(t, times), orNull(t.Doc()), partition, notZero(int64(t.FormatVersion())), t.UUID(), t.Location()}
}

// heldValues are the last columns of a row that readers see.
func heldValues(h lake.HeldCandidate, held bool) []any {
	if !held {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{h.Run, orNull(h.Reason), h.Since, nil, nil}
}

// unseen yields what is held of names that readers do not see, and the names
// that they no longer see.
func (q systemQuery) unseen(ctx context.Context, held []lake.HeldCandidate, left map[string]lake.HeldCandidate, yield func([]any, error) bool) {
	entries := map[string]bool{}
	for _, e := range q.scope.Entries(ctx) {
		entries[e.Name.Key()] = true
	}
	for _, h := range held {
		if one, found := left[h.Name.Key()]; !found || one.Stage != h.Stage || entries[h.Name.Key()] || !q.ofTable(h.Name) {
			continue
		}
		row := make([]any, len(tablesColumns))
		copy(row, []any{h.Name.Namespace, h.Name.Name, kindWord(h.Kind), "held"})
		copy(row[len(row)-5:], []any{h.Run, orNull(h.Reason), h.Since})
		if !yield(row, nil) {
			return
		}
	}
	gone, err := lately(ctx, q, func() ([]lake.Dropped, error) { return q.app.stores.lake.Dropped(ctx) })()
	if err != nil {
		yield(nil, err)
		return
	}
	for _, d := range gone {
		if entries[d.Name.Key()] || !q.ofTable(d.Name) {
			continue
		}
		row := make([]any, len(tablesColumns))
		copy(row, []any{d.Name.Namespace, d.Name.Name, nil, "dropped"})
		row[len(row)-2] = d.At
		if !yield(row, nil) {
			return
		}
	}
}
