package lake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/view"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// EntryKind is what a name in the catalog stands for.
type EntryKind string

// The kinds of entries, as the catalog's column iceberg_type spells them.
const (
	TableEntry EntryKind = "TABLE"
	ViewEntry  EntryKind = "VIEW"
)

// Table is one state of a table or a view: what one metadata file says. It
// never changes.
type Table struct {
	lake     *Lake
	name     ident.Table
	kind     EntryKind
	location string
	// meta and iceberg are set, or view, by kind
	meta    table.Metadata
	iceberg *table.Table
	view    view.Metadata
	// files are those of the current snapshot, as far as this process knows
	// them; all that have the state share them.
	files *knownFiles
	// schemas of the metadata by id, converted
	schemas map[int]Schema
	current int
}

// Snapshot is a state of a table's rows.
type Snapshot struct {
	ID        int64
	ParentID  int64 // 0: none
	Sequence  int64
	Time      time.Time
	Operation string // append, overwrite, delete, replace
	Summary   map[string]string
	SchemaID  int // -1: unknown
}

// At says which snapshot to read; the zero value is the current one.
type At struct {
	SnapshotID int64
	Time       time.Time
}

// Name returns the name as it was created.
func (t *Table) Name() ident.Table { return t.name }

// Kind tells tables from views.
func (t *Table) Kind() EntryKind { return t.kind }

// Location returns the URI of the metadata file; it identifies this state.
func (t *Table) Location() string { return t.location }

// Entry returns the name and what it stands for.
func (t *Table) Entry() Entry { return Entry{Name: t.name, Kind: t.kind, Location: t.location} }

// UUID identifies the table or view for as long as it exists.
func (t *Table) UUID() string {
	if t.kind == ViewEntry {
		return t.view.ViewUUID().String()
	}
	return t.meta.TableUUID().String()
}

// Schema returns the current columns.
func (t *Table) Schema() Schema { return t.schemas[t.current] }

// Schemas returns all schemas that the table knows, in the order of their ids.
func (t *Table) Schemas() []Schema {
	var out []Schema
	for _, id := range slices.Sorted(maps.Keys(t.schemas)) {
		out = append(out, t.schemas[id])
	}
	return out
}

// Properties returns the table's properties.
func (t *Table) Properties() map[string]string {
	if t.kind == ViewEntry {
		return maps.Clone(map[string]string(t.view.Properties()))
	}
	return maps.Clone(map[string]string(t.meta.Properties()))
}

// Doc returns the description, "" where there is none.
func (t *Table) Doc() string { return t.Properties()[docProperty] }

// Partition returns how new files are partitioned.
func (t *Table) Partition() []PartitionField {
	if t.kind == ViewEntry {
		return nil
	}
	spec := t.meta.PartitionSpec()
	var out []PartitionField
	for _, f := range spec.Fields() {
		column := ""
		if source, found := t.Schema().Field(f.SourceID()); found {
			column = source.Name
		}
		out = append(out, PartitionField{Column: column, Transform: f.Transform.String(), Name: f.Name})
	}
	return out
}

// ViewSQL returns the statement behind a view, "" for a table or a view that
// has none for the embedded engine.
func (t *Table) ViewSQL() string {
	if t.kind != ViewEntry {
		return ""
	}
	for _, r := range t.view.CurrentVersion().Representations {
		if r.Dialect == viewDialect {
			return r.Sql
		}
	}
	return ""
}

// Snapshots returns every snapshot that the table still has, oldest first.
func (t *Table) Snapshots() []Snapshot {
	if t.kind == ViewEntry {
		return nil
	}
	all := t.meta.Snapshots()
	out := make([]Snapshot, len(all))
	for i := range all {
		out[i] = fromIcebergSnapshot(&all[i])
	}
	slices.SortStableFunc(out, func(a, b Snapshot) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return int(a.Sequence - b.Sequence)
	})
	return out
}

// Records returns how many rows the snapshot has; -1 where nothing says so, as
// where rows are deleted of data files that stay.
func (s *Snapshot) Records() int64 {
	if deletes, known := s.Summary["total-delete-files"]; known && deletes != "0" {
		return -1
	}
	n, err := strconv.ParseInt(s.Summary["total-records"], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Bytes returns how much its data files take; -1 where nothing says so.
func (s *Snapshot) Bytes() int64 {
	n, err := strconv.ParseInt(s.Summary["total-files-size"], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Current returns the current snapshot, nil when there is none yet.
func (t *Table) Current() *Snapshot {
	if t.kind == ViewEntry {
		return nil
	}
	s := t.meta.CurrentSnapshot()
	if s == nil {
		return nil
	}
	out := fromIcebergSnapshot(s)
	return &out
}

// Snapshot returns the snapshot at that point, nil where the table is empty
// because it never had one.
func (t *Table) Snapshot(at At) (*Snapshot, error) {
	switch {
	case t.kind == ViewEntry:
		return nil, fmt.Errorf("%s is a view and has no snapshots: %w", t.name, ErrNoSnapshot)
	case at.SnapshotID != 0:
		if s := t.meta.SnapshotByID(at.SnapshotID); s != nil {
			out := fromIcebergSnapshot(s)
			return &out, nil
		}
		return nil, t.noSnapshot("%s has no snapshot %d", t.name, at.SnapshotID)
	case !at.Time.IsZero():
		return t.snapshotAt(at.Time)
	default:
		return t.Current(), nil
	}
}

// snapshotAt finds what was current at a time: the last entry of the log that
// is not later; entries of one millisecond are in order.
func (t *Table) snapshotAt(when time.Time) (*Snapshot, error) {
	var found *table.Snapshot
	best := int64(-1)
	for entry := range t.meta.SnapshotLogs() {
		if entry.TimestampMs > when.UnixMilli() || entry.TimestampMs < best {
			continue
		}
		if s := t.meta.SnapshotByID(entry.SnapshotID); s != nil {
			found, best = s, entry.TimestampMs
		}
	}
	if found == nil {
		return nil, t.noSnapshot("%s did not exist at %s", t.name, when.UTC().Format(time.RFC3339))
	}
	out := fromIcebergSnapshot(found)
	return &out, nil
}

func (t *Table) noSnapshot(format string, args ...any) error {
	p := diag.New("no-snapshot", diag.Place{}, format, args...).WithCause(ErrNoSnapshot)
	if all := t.Snapshots(); len(all) > 0 {
		return p.WithHint("its first state is of %s", all[0].Time.UTC().Format(time.RFC3339))
	}
	return p
}

// SchemaAt returns the columns as they were at a snapshot; nil is the current
// schema.
func (t *Table) SchemaAt(s *Snapshot) Schema {
	if s != nil {
		if schema, found := t.schemas[s.SchemaID]; found {
			return schema
		}
	}
	return t.Schema()
}

func (t *Table) lastColumnID() int { return t.meta.LastColumnID() }

func fromIcebergSnapshot(s *table.Snapshot) Snapshot {
	out := Snapshot{ID: s.SnapshotID, Sequence: s.SequenceNumber, Time: time.UnixMilli(s.TimestampMs).UTC(), SchemaID: -1}
	if s.ParentSnapshotID != nil {
		out.ParentID = *s.ParentSnapshotID
	}
	if s.SchemaID != nil {
		out.SchemaID = *s.SchemaID
	}
	if s.Summary != nil {
		out.Operation = string(s.Summary.Operation)
		out.Summary = maps.Clone(map[string]string(s.Summary.Properties))
	}
	return out
}
