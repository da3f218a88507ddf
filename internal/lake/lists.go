package lake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// How many lists of manifests stay known, and how long they may be: the next
// commit to a table writes most of what the last one wrote.
const (
	cachedLists = 256
	longestList = 256
)

// manifestsOf returns the manifests of a snapshot, from files where this process
// does not know them.
func (l *Lake) manifestsOf(ctx context.Context, s *table.Snapshot, files objstore.Store) ([]iceberg.ManifestFile, error) {
	if all, found := l.lists.get(s.ManifestList); found {
		return slices.Clone(all), nil
	}
	all, err := s.Manifests(storeIO{ctx, files})
	if err == nil {
		l.knowList(s, all)
	}
	return all, err
}

// knowList remembers what a list says, as it is read.
func (l *Lake) knowList(s *table.Snapshot, all []iceberg.ManifestFile) {
	if s.ManifestList != "" && len(all) <= longestList {
		l.lists.put(s.ManifestList, slices.Clone(all))
	}
}

// addList makes the manifest list and sets what the snapshot says of it.
func (m *manifestSet) addList(s *table.Snapshot, manifests []iceberg.ManifestFile, nextRowID int64) (err error) {
	name := fmt.Sprintf("%s/snap-%d-%s.avro", m.b.stage.row.MetadataPrefix, s.SnapshotID, m.b.id)
	s.ManifestList = m.b.stage.lake.store.URI(name)
	numbered, usual := usualList(s, m.b.version, manifests)
	var data []byte
	if usual {
		data, err = m.usualList(s, numbered)
	} else {
		data, err = m.anyList(s, manifests, nextRowID)
	}
	if err != nil {
		return err
	}
	if usual {
		m.b.stage.lake.knowList(s, numbered)
	}
	m.put(name, data)
	return nil
}

// usualList returns manifests as a list of version 2 has them, the new ones with
// the number of the snapshot, where they are all of that version. Those of
// version 3 are the library's, which numbers their rows.
func usualList(s *table.Snapshot, version int, manifests []iceberg.ManifestFile) ([]iceberg.ManifestFile, bool) {
	if version != 2 {
		return nil, false
	}
	out := make([]iceberg.ManifestFile, len(manifests))
	for i, f := range manifests {
		number, least := f.SequenceNum(), f.MinSequenceNum()
		if f.Version() != version || f.KeyMetadata() != nil || (number < 0 || least < 0) && f.SnapshotID() != s.SnapshotID {
			return nil, false
		}
		if number >= 0 && least >= 0 && f.Partitions() != nil {
			out[i] = f
			continue
		}
		if number < 0 {
			number = s.SequenceNumber
		}
		if least < 0 {
			least = s.SequenceNumber
		}
		out[i] = withNumbers(f, number, least)
	}
	return out, true
}

// withNumbers is a manifest with other sequence numbers.
func withNumbers(m iceberg.ManifestFile, number, least int64) iceberg.ManifestFile {
	partitions := m.Partitions()
	if partitions == nil {
		partitions = []iceberg.FieldSummary{}
	}
	return iceberg.NewManifestFile(m.Version(), m.FilePath(), m.Length(), m.PartitionSpecID(), m.SnapshotID()).
		SequenceNum(number, least).Content(m.ManifestContent()).
		AddedFiles(m.AddedDataFiles()).AddedRows(m.AddedRows()).
		ExistingFiles(m.ExistingDataFiles()).ExistingRows(m.ExistingRows()).
		DeletedFiles(m.DeletedDataFiles()).DeletedRows(m.DeletedRows()).Partitions(partitions).Build()
}

// usualList writes a list as the library does, with its schema and a compressor
// that were used before.
func (m *manifestSet) usualList(s *table.Snapshot, manifests []iceberg.ManifestFile) ([]byte, error) {
	forms := &m.b.stage.lake.plain
	shape, err := forms.get(&forms.lists, m.b.version, func() ([]byte, error) { return m.anyList(s, manifests, 0) })
	if err != nil {
		return nil, err
	}
	parent := "null"
	if s.ParentSnapshotID != nil {
		parent = strconv.FormatInt(*s.ParentSnapshotID, 10)
	}
	records := make([]any, len(manifests))
	for i, f := range manifests {
		records[i] = f
	}
	return shape.Write(map[string][]byte{
		"format-version": []byte(strconv.Itoa(m.b.version)), "snapshot-id": []byte(strconv.FormatInt(s.SnapshotID, 10)),
		"sequence-number": []byte(strconv.FormatInt(s.SequenceNumber, 10)), "parent-snapshot-id": []byte(parent),
	}, records...)
}

// anyList lets the library make the list.
func (m *manifestSet) anyList(s *table.Snapshot, manifests []iceberg.ManifestFile, nextRowID int64) ([]byte, error) {
	var buf bytes.Buffer
	var w *iceberg.ManifestListWriter
	var err error
	if m.b.version >= 3 {
		w, err = iceberg.NewManifestListWriterV3(&buf, s.SnapshotID, s.SequenceNumber, nextRowID, s.ParentSnapshotID)
	} else {
		w, err = iceberg.NewManifestListWriterV2(&buf, s.SnapshotID, s.SequenceNumber, s.ParentSnapshotID)
	}
	if err != nil {
		return nil, err
	}
	if err := w.AddManifests(manifests); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if m.b.version >= 3 {
		first, rows := nextRowID, *w.NextRowID()-nextRowID
		s.FirstRowID, s.AddedRows = &first, &rows
	}
	return buf.Bytes(), nil
}
