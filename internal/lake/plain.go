package lake

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"github.com/apache/iceberg-go"

	"github.com/tarn-lake/tarn/internal/lake/container"
)

// Most manifests are plain: of a table without partitions, with data files that
// are all new. The library parses the schema of manifests anew for each, and
// takes a new compressor, which costs more than all else of a small table. So it
// writes the first one, and the others are written after it.

// plainForms are the shapes of plain manifests and of lists of them, by the
// version of the table.
type plainForms struct {
	mu        sync.Mutex
	manifests map[int]*container.Shape
	lists     map[int]*container.Shape
}

// isPlain reports whether a manifest is plain.
func isPlain(spec iceberg.PartitionSpec, content iceberg.ManifestContent, entries []manifestEntry) bool {
	if spec.NumFields() > 0 || content != iceberg.ManifestContentData {
		return false
	}
	for _, e := range entries {
		if e.status != iceberg.EntryStatusADDED {
			return false
		}
	}
	return true
}

// get returns a shape; where there is none yet, it learns it from what first
// writes.
func (p *plainForms) get(of *map[int]*container.Shape, version int, first func() ([]byte, error)) (*container.Shape, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := (*of)[version]; s != nil {
		return s, nil
	}
	file, err := first()
	if err != nil {
		return nil, err
	}
	s, err := container.ShapeOf(file)
	if err != nil {
		return nil, err
	}
	if *of == nil {
		*of = map[int]*container.Shape{}
	}
	(*of)[version] = s
	return s, nil
}

// plainManifest makes a plain manifest and what its list says of it.
func (m *manifestSet) plainManifest(name string, spec iceberg.PartitionSpec, schema *iceberg.Schema, entries []manifestEntry) (iceberg.ManifestFile, []byte, error) {
	b := m.b
	forms := &b.stage.lake.plain
	shape, err := forms.get(&forms.manifests, b.version, func() ([]byte, error) {
		_, data, err := m.anyManifest(name, spec, schema, iceberg.ManifestContentData, entries)
		return data, err
	})
	if err != nil {
		return nil, nil, err
	}
	header, err := manifestHeader(b.version, spec, schema)
	if err != nil {
		return nil, nil, err
	}
	var rows int64
	records := make([]any, len(entries))
	for i, e := range entries {
		records[i] = e.entry
		rows += e.entry.DataFile().Count()
	}
	data, err := shape.Write(header, records...)
	if err != nil {
		return nil, nil, err
	}
	file := iceberg.NewManifestFile(b.version, b.stage.lake.store.URI(name), int64(len(data)), int32(spec.ID()), b.snapshotID).
		AddedFiles(int32(len(entries))).AddedRows(rows).Partitions([]iceberg.FieldSummary{}).Build()
	return file, data, nil
}

// manifestHeader is what a manifest of data files says of its table.
func manifestHeader(version int, spec iceberg.PartitionSpec, schema *iceberg.Schema) (map[string][]byte, error) {
	columns, err := json.Marshal(schema)
	if err != nil {
		return nil, fmt.Errorf("the header of a manifest: %w", err)
	}
	return map[string][]byte{
		"schema": columns, "schema-id": []byte(strconv.Itoa(schema.ID)),
		"partition-spec": []byte("[]"), "partition-spec-id": []byte(strconv.Itoa(spec.ID())),
		"format-version": []byte(strconv.Itoa(version)), "content": []byte(iceberg.ManifestContentData.String()),
	}, nil
}
