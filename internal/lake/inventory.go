package lake

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/diag"
)

// StoredFile is a file that a snapshot names, as its manifest has it.
type StoredFile struct {
	URI string
	// Content is data, position deletes or equality deletes; Format is as in
	// the manifest, such as PARQUET.
	Content, Format string
	// Partition are the values that the file's rows share, by field of the spec.
	Partition           []PartitionValue
	Records, Size       int64
	SpecID              int
	Sequence            int64
	AddedBy             int64 // the snapshot
	Manifest, Reference string
}

// PartitionValue is a value of a partition field as text; Null says that there
// is none.
type PartitionValue struct {
	Field, Value string
	Null         bool
}

// Ref is a name for a snapshot.
type Ref struct {
	Name, Kind string // branch or tag
	SnapshotID int64
	// How long it is kept; 0 is as long as the table says.
	MaxAge, MaxSnapshotAge time.Duration
	MinSnapshots           int
}

// Refs returns the branches and tags.
func (t *Table) Refs() (out []Ref) {
	if t.kind == ViewEntry {
		return nil
	}
	for name, r := range t.meta.Refs() {
		ref := Ref{Name: name, Kind: string(r.SnapshotRefType), SnapshotID: r.SnapshotID}
		if r.MaxRefAgeMs != nil {
			ref.MaxAge = time.Duration(*r.MaxRefAgeMs) * time.Millisecond
		}
		if r.MaxSnapshotAgeMs != nil {
			ref.MaxSnapshotAge = time.Duration(*r.MaxSnapshotAgeMs) * time.Millisecond
		}
		if r.MinSnapshotsToKeep != nil {
			ref.MinSnapshots = *r.MinSnapshotsToKeep
		}
		out = append(out, ref)
	}
	return out
}

// FormatVersion returns the version of Iceberg's format; 0 for views.
func (t *Table) FormatVersion() int {
	if t.kind == ViewEntry {
		return 0
	}
	return t.meta.Version()
}

// Inventory yields the files of a snapshot as its manifests have them, data and
// deletes, one manifest at a time. A manifest that cannot be read ends it with a
// problem that names the table and the file.
func (t *Table) Inventory(ctx context.Context, at At) iter.Seq2[StoredFile, error] {
	return func(yield func(StoredFile, error) bool) {
		if t.kind == ViewEntry {
			return
		}
		s, err := t.Snapshot(at)
		if err != nil || s == nil {
			if err != nil {
				yield(StoredFile{}, err)
			}
			return
		}
		snapshot := t.meta.SnapshotByID(s.ID)
		files := storeIO{ctx, t.lake.store}
		manifests, err := snapshot.Manifests(files)
		if err != nil {
			yield(StoredFile{}, t.unreadableFile("manifest list", snapshot.ManifestList, err))
			return
		}
		for _, m := range manifests {
			if !t.entries(files, m, yield) {
				return
			}
		}
	}
}

func (t *Table) entries(files storeIO, m iceberg.ManifestFile, yield func(StoredFile, error) bool) bool {
	partition := t.partitionText(int(m.PartitionSpecID()))
	for e, err := range m.Entries(files, true) {
		if err != nil {
			yield(StoredFile{}, t.unreadableFile("manifest", m.FilePath(), err))
			return false
		}
		f := e.DataFile()
		out := StoredFile{URI: f.FilePath(), Content: contentWord(f.ContentType()), Format: string(f.FileFormat()), Records: f.Count(), Size: f.FileSizeBytes(),
			SpecID: int(f.SpecID()), Sequence: e.SequenceNum(), AddedBy: e.SnapshotID(), Manifest: m.FilePath(), Partition: partition(f.Partition())}
		if r := f.ReferencedDataFile(); r != nil {
			out.Reference = *r
		}
		if !yield(out, nil) {
			return false
		}
	}
	return true
}

// planProblem says which file of the table is the reason for an error of
// planning, where one is.
func (t *Table) planProblem(ctx context.Context, at At, err error) error {
	if ctx.Err() == nil {
		for _, broken := range t.Inventory(ctx, at) {
			if broken != nil {
				return broken
			}
		}
	}
	return err
}

// unreadableFile names the table and its file.
func (t *Table) unreadableFile(what, uri string, err error) error {
	return diag.New("unreadable-table", diag.Place{}, "the %s of table %s cannot be read: %s: %v", what, t.name, uri, err).WithCause(err).
		WithHint("the other tables are not affected; other states of this one may be readable: tarn history %s", t.name)
}

func contentWord(c iceberg.ManifestEntryContent) string {
	switch c {
	case iceberg.EntryContentPosDeletes:
		return "position deletes"
	case iceberg.EntryContentEqDeletes:
		return "equality deletes"
	default:
		return "data"
	}
}

// partitionText returns what writes the values of a spec's fields as text.
func (t *Table) partitionText(id int) func(map[int]any) []PartitionValue {
	var spec *iceberg.PartitionSpec
	for _, s := range t.meta.PartitionSpecs() {
		if s.ID() == id {
			spec = &s
			break
		}
	}
	if spec == nil {
		return func(map[int]any) []PartitionValue { return nil }
	}
	return func(values map[int]any) (out []PartitionValue) {
		for _, f := range spec.Fields() {
			v, given := values[f.FieldID]
			p := PartitionValue{Field: f.Name, Null: !given || v == nil}
			if !p.Null {
				p.Value = partitionValue(t.meta, f, v)
			}
			out = append(out, p)
		}
		return out
	}
}

// partitionValue writes a value as folders of partitions have it; one whose
// column is gone, as it is stored.
func partitionValue(meta table.Metadata, f iceberg.PartitionField, v any) string {
	for _, s := range append([]*iceberg.Schema{meta.CurrentSchema()}, meta.Schemas()...) {
		if source, found := s.FindTypeByID(f.SourceID()); found {
			return f.Transform.ToHumanStrType(f.Transform.ResultType(source), v)
		}
	}
	return strings.TrimSpace(fmt.Sprint(v))
}
