package lake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// writeSnapshot writes the manifests and their list, and adds the snapshot to
// the metadata in the making.
func (b *tableBuild) writeSnapshot(ctx context.Context, names []string) error {
	files, err := b.footers(ctx, names)
	if err != nil {
		return err
	}
	out := newManifestSet(b)
	kept, err := b.baseManifests(ctx, out)
	if err != nil {
		return err
	}
	b.files, b.inherits = files, len(kept)+len(out.manifests) > 0
	if len(files) > 0 {
		entries := make([]manifestEntry, len(files))
		for i, df := range files {
			b.added.add(df)
			entries[i] = manifestEntry{iceberg.EntryStatusADDED,
				iceberg.NewManifestEntry(iceberg.EntryStatusADDED, &b.snapshotID, nil, nil, df)}
		}
		if err := out.addManifests(b.spec, b.iceberg, entries); err != nil {
			return err
		}
	}
	if kept, err = b.mergeManifests(ctx, kept, out); err != nil {
		return err
	}
	// New manifests come first, as in other writers: scans start with what is new.
	manifests := append(slices.Clone(out.manifests), kept...)
	if b.again { // of one snapshot, what came first is read first
		manifests = append(slices.Clone(kept), out.manifests...)
	}
	if err := b.addSnapshot(out, manifests); err != nil {
		return err
	}
	b.needed = append(b.needed, out.names...)
	return out.write(ctx)
}

// addSnapshot makes the manifest list, the snapshot that names it, and the
// metadata file that names the snapshot.
func (b *tableBuild) addSnapshot(out *manifestSet, manifests []iceberg.ManifestFile) error {
	snapshot := table.Snapshot{
		SnapshotID: b.snapshotID, SequenceNumber: 1, SchemaID: &b.iceberg.ID,
		TimestampMs: time.Now().UnixMilli(),
	}
	previous := map[string]string{}
	if b.base != nil {
		snapshot.SequenceNumber = b.base.LastSequenceNumber() + 1
		// Time does not run backwards within a table, whatever the clock does.
		snapshot.TimestampMs = max(snapshot.TimestampMs, b.base.LastUpdatedMillis())
		if parent := b.base.CurrentSnapshot(); parent != nil {
			snapshot.ParentSnapshotID = &parent.SnapshotID
			if parent.Summary != nil {
				previous = parent.Summary.Properties
			}
		}
	}
	snapshot.Summary = b.summary(snapshot.ParentSnapshotID != nil, previous)
	if err := out.addList(&snapshot, manifests, b.builder.NextRowID()); err != nil {
		return err
	}
	if err := b.builder.AddSnapshot(&snapshot); err != nil {
		return err
	}
	current := b.builder.NewRetainingSnapshotRefUpdate(table.MainBranch, snapshot.SnapshotID, table.BranchRef)
	if err := current.Apply(b.builder); err != nil {
		return err
	}
	if err := b.expire(&snapshot); err != nil {
		return err
	}
	return out.addMetadata()
}

// expire takes out of the table's past what need not be kept once the snapshot
// is there.
func (b *tableBuild) expire(s *table.Snapshot) error {
	if b.base == nil || b.stage.lake.outside != nil {
		return nil
	}
	t := timelineOf(b.base)
	t.snapshots = append(t.snapshots, *s)
	main := t.refs[table.MainBranch]
	main.SnapshotID, main.SnapshotRefType = s.SnapshotID, table.BranchRef
	t.refs[table.MainBranch] = main
	return b.stage.lake.history.expire(b.builder, b.properties, t)
}

// manifestSet collects the files of one snapshot, to be stored at once.
type manifestSet struct {
	b         *tableBuild
	manifests []iceberg.ManifestFile
	names     []string
	contents  [][]byte
}

func newManifestSet(b *tableBuild) *manifestSet { return &manifestSet{b: b} }

type manifestEntry struct {
	status iceberg.ManifestEntryStatus
	entry  iceberg.ManifestEntry
}

// addManifest makes one manifest.
func (m *manifestSet) addManifest(spec iceberg.PartitionSpec, schema *iceberg.Schema,
	content iceberg.ManifestContent, entries []manifestEntry) (err error) {
	name := fmt.Sprintf("%s/%s-m%d.avro", m.b.stage.row.MetadataPrefix, m.b.id, len(m.manifests))
	var file iceberg.ManifestFile
	var data []byte
	if isPlain(spec, content, entries) {
		file, data, err = m.plainManifest(name, spec, schema, entries)
	} else {
		file, data, err = m.anyManifest(name, spec, schema, content, entries)
	}
	if err != nil {
		return err
	}
	m.manifests = append(m.manifests, file)
	m.put(name, data)
	return nil
}

// anyManifest lets the library make a manifest, and what its list says of it.
func (m *manifestSet) anyManifest(name string, spec iceberg.PartitionSpec, schema *iceberg.Schema,
	content iceberg.ManifestContent, entries []manifestEntry) (iceberg.ManifestFile, []byte, error) {
	var buf bytes.Buffer
	w, err := iceberg.NewManifestWriter(m.b.version, &buf, spec, schema, m.b.snapshotID,
		iceberg.WithManifestWriterContent(content))
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		switch e.status {
		case iceberg.EntryStatusADDED:
			err = w.Add(e.entry)
		case iceberg.EntryStatusDELETED:
			err = w.Delete(e.entry)
		default:
			err = w.Existing(e.entry)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("manifest entry %s: %w", e.entry.DataFile().FilePath(), err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	file, err := w.ToManifestFile(m.b.stage.lake.store.URI(name), int64(buf.Len()))
	return file, buf.Bytes(), err
}

// addMetadata makes the metadata; their text is made as it is written, beside
// the other files.
func (m *manifestSet) addMetadata() (err error) {
	if m.b.meta, err = m.b.builder.Build(); err != nil {
		return err
	}
	m.put(m.b.metadataName(), nil)
	return nil
}

// text is what the i-th file has.
func (m *manifestSet) text(i int) ([]byte, error) {
	if m.names[i] != m.b.metadataName() {
		return m.contents[i], nil
	}
	return m.b.stage.lake.metadataText(m.b.meta)
}

func (m *manifestSet) put(name string, data []byte) {
	m.names, m.contents = append(m.names, name), append(m.contents, data)
}

// write writes the files side by side: none is of use before the candidate is
// journaled.
func (m *manifestSet) write(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range m.names {
		group.Go(func() error {
			text, err := m.text(i)
			if err != nil {
				return err
			}
			return objstore.WriteAll(ctx, m.b.stage.lake.store, name, text)
		})
	}
	err := group.Wait()
	failpoint.Hit("lake.manifests-written")
	return err
}
