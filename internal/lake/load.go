package lake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/view"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// LoadAt returns the state that a metadata file describes, such as that of a
// candidate.
func (l *Lake) LoadAt(ctx context.Context, name ident.Table, kind EntryKind, location string) (*Table, error) {
	if t, found := l.cached(name, kind, location); found {
		return t, nil
	}
	// Many who wait for a table want its new state at once: one reads it.
	leave, err := l.loading.enter(ctx, location)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	defer leave()
	if t, found := l.cached(name, kind, location); found {
		return t, nil
	}
	data, err := l.readMetadata(ctx, location)
	if err != nil {
		return nil, l.unreadable(name, kind, location, err)
	}
	return l.parse(name, kind, location, data)
}

// cached returns a state whose metadata were parsed not long ago.
func (l *Lake) cached(name ident.Table, kind EntryKind, location string) (*Table, bool) {
	cached, found := l.cache.get(location)
	if !found || cached.kind != kind {
		return nil, false
	}
	t := *cached
	t.name = name
	return &t, true
}

// parse makes a state of the text of its metadata file.
func (l *Lake) parse(name ident.Table, kind EntryKind, location string, data []byte) (*Table, error) {
	var err error
	t := &Table{lake: l, name: name, kind: kind, location: location}
	if kind == ViewEntry {
		t.view, err = view.ParseMetadataBytes(data)
	} else {
		t.meta, err = table.ParseMetadataBytes(data)
	}
	if err == nil {
		err = t.convertSchemas()
	}
	if err != nil {
		return nil, l.unreadable(name, kind, location, err)
	}
	if kind == TableEntry {
		t.iceberg, t.files = t.asIceberg(), &knownFiles{}
	}
	l.cache.put(location, t)
	return t, nil
}

func (l *Lake) readMetadata(ctx context.Context, location string) ([]byte, error) {
	name, found := l.store.Name(location)
	if !found {
		return nil, errOutside(l.store)
	}
	data, err := objstore.ReadAll(ctx, l.store, name)
	if err != nil || !bytes.HasPrefix(data, gzipMagic) {
		return data, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(unpacked, maxMetadata))
}

// gzipMagic begins a compressed metadata file, whatever it is called.
var gzipMagic = []byte{0x1f, 0x8b}

// maxMetadata bounds what a compressed metadata file may unpack to; one that is
// cut off there does not parse.
const maxMetadata = 1 << 30

// unreadable names the table and the file, so that one broken table does not
// look like a broken lake.
func (l *Lake) unreadable(name ident.Table, kind EntryKind, location string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("load %s: %w", name, err)
	}
	what := "table"
	if kind == ViewEntry {
		what = "view"
	}
	p := diag.New("unreadable-table", diag.Place{}, "the metadata of %s %s cannot be read: %s: %v", what, name, location, err).
		WithCause(err)
	if errors.Is(err, fs.ErrNotExist) {
		return p.WithHint("the file was deleted or moved by something other than Tarn; the other tables are not affected")
	}
	return p.WithHint("the other tables are not affected; an earlier state may be named in " +
		"iceberg_tables.previous_metadata_location")
}

func (t *Table) convertSchemas() error {
	var all []*iceberg.Schema
	if t.kind == ViewEntry {
		all, t.current = t.view.Schemas(), t.view.CurrentSchemaID()
	} else {
		all, t.current = t.meta.Schemas(), t.meta.CurrentSchema().ID
	}
	t.schemas = make(map[int]Schema, len(all))
	for _, s := range all {
		converted, err := fromIcebergSchema(s)
		if err != nil && s.ID == t.current {
			return err
		}
		if err == nil {
			t.schemas[s.ID] = converted
		}
	}
	return nil
}
