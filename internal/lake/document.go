package lake

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Document returns the table's metadata file as it is. With refsOnly it has
// only the snapshots that branches and tags name.
func (t *Table) Document(ctx context.Context, refsOnly bool) (json.RawMessage, error) {
	data, err := t.lake.readMetadata(ctx, t.location)
	if err != nil {
		return nil, t.lake.unreadable(t.name, t.kind, t.location, err)
	}
	if !refsOnly || t.kind == ViewEntry {
		return data, nil
	}
	named := map[int64]bool{}
	for _, ref := range t.meta.Refs() {
		named[ref.SnapshotID] = true
	}
	if s := t.meta.CurrentSnapshot(); s != nil {
		named[s.SnapshotID] = true
	}
	return keepSnapshots(data, named)
}

// keepSnapshots leaves out of a metadata file the snapshots that are not named.
func keepSnapshots(data []byte, named map[int64]bool) (json.RawMessage, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("read metadata: %w", err)
	}
	var all []json.RawMessage
	if given(document["snapshots"]) {
		if err := json.Unmarshal(document["snapshots"], &all); err != nil {
			return nil, fmt.Errorf("read metadata: %w", err)
		}
	}
	kept := []json.RawMessage{}
	for _, raw := range all {
		var s struct {
			ID int64 `json:"snapshot-id"`
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, fmt.Errorf("read metadata: %w", err)
		}
		if named[s.ID] {
			kept = append(kept, raw)
		}
	}
	var err error
	if document["snapshots"], err = json.Marshal(kept); err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// Pointer returns where the state of a name is, without reading it; an
// [ErrNotFound] where the name stands for nothing of the kind.
func (l *Lake) Pointer(ctx context.Context, kind EntryKind, name ident.Table) (Entry, error) {
	return l.entry(ctx, kind, name)
}
