package moved

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// placeProperties are the properties of a table that name places.
var placeProperties = []string{"write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path"}

// Metadata writes the metadata file of a table or a view again, with all that it
// names, and returns its new location.
func (m *Mover) Metadata(ctx context.Context, location string) (string, error) {
	return m.file(ctx, location, false, func(name string) ([]byte, error) {
		data, err := m.read(ctx, name)
		if err != nil {
			return nil, err
		}
		content, err := parse(data)
		if err != nil {
			return nil, &unreadable{err}
		}
		if err := m.rewrite(ctx, content); err != nil {
			return nil, err
		}
		return json.Marshal(content)
	})
}

// parse reads a metadata file, keeping numbers as they are written.
func parse(data []byte) (content map[string]any, err error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err = d.Decode(&content)
	return content, err
}

func (m *Mover) rewrite(ctx context.Context, content map[string]any) error {
	m.replace(content, "location")
	if properties, ok := content["properties"].(map[string]any); ok {
		for _, name := range placeProperties {
			m.replace(properties, name)
		}
	}
	for _, list := range []string{"statistics", "partition-statistics"} {
		for _, s := range objects(content[list]) {
			m.replace(s, "statistics-path")
		}
	}
	live := m.liveOf(content)
	for _, s := range objects(content["snapshots"]) {
		if !live[fmt.Sprint(s["snapshot-id"])] && m.isMissing(ctx, s["manifest-list"]) {
			m.replace(s, "manifest-list")
			continue
		}
		if err := m.snapshot(ctx, s); err != nil {
			return err
		}
	}
	for _, entry := range objects(content["metadata-log"]) {
		if err := follow(entry, "metadata-file", func(l string) (string, error) { return m.Metadata(ctx, l) }); err != nil {
			return err
		}
	}
	return nil
}

// liveOf are the snapshots that a table has.
func (m *Mover) liveOf(content map[string]any) map[string]bool {
	table, _ := content["table-uuid"].(string)
	live, found := m.live[table]
	if !found {
		live = map[string]bool{}
		for _, s := range objects(content["snapshots"]) {
			live[fmt.Sprint(s["snapshot-id"])] = true
		}
		m.live[table] = live
	}
	return live
}

func (m *Mover) isMissing(ctx context.Context, location any) bool {
	text, _ := location.(string)
	name, ours := m.source(text)
	if !ours {
		return false
	}
	_, err := m.store.Stat(ctx, name)
	return errors.Is(err, fs.ErrNotExist)
}

func (m *Mover) snapshot(ctx context.Context, s map[string]any) error {
	if err := follow(s, "manifest-list", func(l string) (string, error) { return m.list(ctx, l) }); err != nil {
		return err
	}
	// Snapshots of the first format may name their manifests themselves.
	manifests, _ := s["manifests"].([]any)
	for i, one := range manifests {
		location, ok := one.(string)
		if !ok {
			continue
		}
		next, err := m.manifest(ctx, location, true)
		if err != nil {
			return err
		}
		manifests[i] = next
	}
	return nil
}

// replace moves the location that a field holds.
func (m *Mover) replace(o map[string]any, field string) {
	if text, ok := o[field].(string); ok {
		o[field] = m.Location(text)
	}
}

// follow moves the file that a field names.
func follow(o map[string]any, field string, move func(string) (string, error)) error {
	location, ok := o[field].(string)
	if !ok {
		return nil
	}
	next, err := move(location)
	if err == nil {
		o[field] = next
	}
	return err
}

func objects(v any) (out []map[string]any) {
	list, _ := v.([]any)
	for _, one := range list {
		if o, ok := one.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}
