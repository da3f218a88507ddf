package lake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/apache/iceberg-go/table"
)

// Most of a metadata file is its snapshots, and all but one of them are those of
// the file before. The library makes the text of each anew; here it is kept.

// cachedTexts is of how many tables the texts of snapshots are kept.
const cachedTexts = 128

// snapshotTexts are the texts of a table's snapshots, by their lists of
// manifests.
type snapshotTexts struct {
	mu    sync.Mutex
	known map[string]snapshotText
}

type snapshotText struct {
	snapshot table.Snapshot
	text     []byte
}

// snapshotField is where the library keeps the snapshots of its metadata.
const snapshotField = "SnapshotList"

// ownList is the library's own list of a table's snapshots, which nobody may
// change: its method returns copies, for each of which it copies a map. found is
// false where this version of the library keeps them otherwise, or not yet.
func ownList(meta table.Metadata) (snapshots reflect.Value, found bool) {
	v := reflect.ValueOf(meta)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	if later := v.Elem().FieldByName("deferredSnapshots"); !later.IsValid() || later.Kind() != reflect.Pointer || !later.IsNil() {
		return reflect.Value{}, false
	}
	snapshots = v.Elem().FieldByName(snapshotField)
	return snapshots, snapshots.IsValid() && snapshots.Type() == reflect.TypeFor[[]table.Snapshot]()
}

// snapshotsOf returns the snapshots of a table, to be read only.
func snapshotsOf(meta table.Metadata) []table.Snapshot {
	if v, found := ownList(meta); found {
		return slices.Clip(v.Interface().([]table.Snapshot))
	}
	return meta.Snapshots()
}

// metadataText is the text of a metadata file.
func (l *Lake) metadataText(meta table.Metadata) ([]byte, error) {
	v, found := ownList(meta)
	if !found || v.Len() == 0 {
		return marshalMetadata(meta)
	}
	without := reflect.New(reflect.TypeOf(meta).Elem())
	without.Elem().Set(reflect.ValueOf(meta).Elem())
	without.Elem().FieldByName(snapshotField).SetZero()
	rest, err := marshalMetadata(without.Interface())
	if err != nil {
		return nil, err
	}
	texts, size, err := l.textsOf(meta, v.Interface().([]table.Snapshot))
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, len(rest)+size+len(texts)+len(`,"snapshots":[]`)))
	out.Write(bytes.TrimSuffix(rest, []byte("}")))
	out.WriteString(`,"snapshots":[`)
	for i, text := range texts {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(text)
	}
	out.WriteString("]}")
	return out.Bytes(), nil
}

// marshalMetadata asks the metadata themselves, which spares a pass over all of
// the text.
func marshalMetadata(meta any) ([]byte, error) {
	if own, ok := meta.(json.Marshaler); ok {
		return own.MarshalJSON()
	}
	return json.Marshal(meta)
}

// textsOf are the texts of a table's snapshots, and how long they are together.
func (l *Lake) textsOf(meta table.Metadata, snapshots []table.Snapshot) (texts [][]byte, size int, err error) {
	id := meta.TableUUID().String()
	kept, found := l.texts.get(id)
	if !found {
		kept = &snapshotTexts{}
		l.texts.put(id, kept)
	}
	kept.mu.Lock()
	before := kept.known
	kept.mu.Unlock()
	now := make(map[string]snapshotText, len(snapshots))
	for i := range snapshots {
		s := snapshots[i]
		t, found := before[s.ManifestList]
		if !found || !t.snapshot.Equals(s) {
			if t.text, err = json.Marshal(s); err != nil {
				return nil, 0, fmt.Errorf("snapshot %d: %w", s.SnapshotID, err)
			}
			t.snapshot = s
		}
		if s.ManifestList != "" {
			now[s.ManifestList] = t
		}
		texts, size = append(texts, t.text), size+len(t.text)
	}
	kept.mu.Lock()
	kept.known = now
	kept.mu.Unlock()
	return texts, size, nil
}
