package moved

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/iceberg-go"
	iceio "github.com/apache/iceberg-go/io"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/objstore/local"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const before = "file:///somewhere/else"

func newStore(t *testing.T) (*local.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "now")
	s, err := local.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

var schema = iceberg.NewSchema(0,
	iceberg.NestedField{ID: 1, Name: "day", Type: iceberg.PrimitiveTypes.Date},
	iceberg.NestedField{ID: 2, Name: "price", Type: iceberg.DecimalTypeOf(9, 2)},
	iceberg.NestedField{ID: 3, Name: "at", Type: iceberg.PrimitiveTypes.TimestampTz},
)

var spec = iceberg.NewPartitionSpec(
	iceberg.PartitionField{SourceIDs: []int{1}, FieldID: 1000, Name: "day", Transform: iceberg.IdentityTransform{}},
	iceberg.PartitionField{SourceIDs: []int{3}, FieldID: 1001, Name: "at", Transform: iceberg.IdentityTransform{}},
)

// deleteFile is a Parquet file of position deletes.
func deleteFile(t *testing.T, paths ...string) []byte {
	t.Helper()
	id := func(n string) arrow.Metadata { return arrow.NewMetadata([]string{"PARQUET:field_id"}, []string{n}) }
	s := arrow.NewSchema([]arrow.Field{
		{Name: "file_path", Type: arrow.BinaryTypes.String, Metadata: id("2147483546")},
		{Name: "pos", Type: arrow.PrimitiveTypes.Int64, Metadata: id("2147483545")},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, s)
	defer b.Release()
	for i, p := range paths {
		b.Field(0).(*array.StringBuilder).Append(p)
		b.Field(1).(*array.Int64Builder).Append(int64(i))
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(s, &buf, nil, pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// manifest writes a manifest with one file.
func manifest(t *testing.T, dir, name string, content iceberg.ManifestEntryContent, path string) iceberg.ManifestFile {
	t.Helper()
	b, err := iceberg.NewDataFileBuilder(spec, content, path, iceberg.ParquetFile,
		map[int]any{1000: iceberg.Date(19000), 1001: iceberg.Timestamp(1700000000123456)}, nil, nil, 7, 700)
	if err != nil {
		t.Fatal(err)
	}
	key := 1
	if content == iceberg.EntryContentPosDeletes {
		key = pathID
	}
	b.ColumnSizes(map[int]int64{key: 4}).ValueCounts(map[int]int64{key: 7}).NullValueCounts(map[int]int64{key: 0}).
		LowerBoundValues(map[int][]byte{key: []byte(before + "/t/data/d.parquet")}).UpperBoundValues(map[int][]byte{key: []byte(before + "/t/data/d.parquet")}).
		SplitOffsets([]int64{4}).KeyMetadata([]byte{1, 2})
	kind := iceberg.ManifestContentData
	if content != iceberg.EntryContentData {
		kind = iceberg.ManifestContentDeletes
	}
	var buf bytes.Buffer
	w, err := iceberg.NewManifestWriter(2, &buf, spec, schema, 5, iceberg.WithManifestWriterContent(kind))
	if err != nil {
		t.Fatal(err)
	}
	id, sequence := int64(4), int64(3)
	if err := w.Existing(iceberg.NewManifestEntry(iceberg.EntryStatusEXISTING, &id, &sequence, &sequence, b.Build())); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := w.ToManifestFile(before+"/"+name, int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, name, buf.Bytes())
	return m
}

// newTable writes a table with a data file and a delete file, and returns its
// metadata file.
func newTable(t *testing.T, dir string) string {
	t.Helper()
	put(t, dir, "t/data/x-deletes.parquet", deleteFile(t, before+"/t/data/d.parquet", "file:///another/lake/d.parquet"))
	manifests := []iceberg.ManifestFile{
		manifest(t, dir, "t/metadata/m0.avro", iceberg.EntryContentData, before+"/t/data/d.parquet"),
		manifest(t, dir, "t/metadata/m1.avro", iceberg.EntryContentPosDeletes, before+"/t/data/x-deletes.parquet"),
	}
	var list bytes.Buffer
	w, err := iceberg.NewManifestListWriterV2(&list, 5, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddManifests(manifests); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "t/metadata/snap-5.avro", list.Bytes())
	put(t, dir, "t/metadata/00004-x.metadata.json", []byte(`{"format-version": 2, "location": "file:/somewhere/else/t", "big": 9007199254740993,
		"unknown": {"text": "`+before+`/stays"}, "properties": {"comment": "`+before+`", "write.data.path": "`+before+`/t/data"},
		"snapshots": [{"snapshot-id": 5, "manifest-list": "`+before+`/t/metadata/snap-5.avro"}],
		"metadata-log": [{"timestamp-ms": 1, "metadata-file": "`+before+`/t/metadata/00003-gone.metadata.json"}]}`))
	return before + "/t/metadata/00004-x.metadata.json"
}

func TestAllThatNamesPlacesIsWrittenAgainAndNothingElse(t *testing.T) {
	store, dir := newStore(t)
	location := newTable(t, dir)
	m := New(store, before)
	next, err := m.Metadata(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Lost) != 1 || !strings.HasSuffix(m.Lost[0].File, "00003-gone.metadata.json") || m.New != 5 {
		t.Errorf("lost %v, %d written", m.Lost, m.New)
	}
	content := readJSON(t, next)
	to := store.URI("")
	snapshot := content["snapshots"].([]any)[0].(map[string]any)
	want := map[string]any{
		"format-version": json.Number("2"), "location": "file:" + dir + "/t", "big": json.Number("9007199254740993"),
		"unknown":    map[string]any{"text": before + "/stays"},
		"properties": map[string]any{"comment": before, "write.data.path": to + "/t/data"},
		"snapshots":  []any{map[string]any{"snapshot-id": json.Number("5"), "manifest-list": snapshot["manifest-list"]}},
		"metadata-log": []any{map[string]any{"timestamp-ms": json.Number("1"),
			"metadata-file": to + "/t/metadata/00003-gone.metadata.json"}},
	}
	if diff := cmp.Diff(want, content); diff != "" {
		t.Error(diff)
	}
	checkManifests(t, dir, to, snapshot["manifest-list"].(string))
}

func readJSON(t *testing.T, uri string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(strings.TrimPrefix(uri, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func checkManifests(t *testing.T, dir, to, list string) {
	t.Helper()
	f, err := os.Open(strings.TrimPrefix(list, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	manifests, err := iceberg.ReadManifestList(f)
	if err != nil {
		t.Fatal(err)
	}
	old := readEntries(t, dir, "t/metadata/m0.avro", "t/metadata/m1.avro")
	for i, m := range manifests {
		info, err := os.Stat(strings.TrimPrefix(m.FilePath(), "file://"))
		if err != nil {
			t.Fatal(err)
		}
		if m.Length() != info.Size() {
			t.Errorf("%s has %d bytes, its list says %d", m.FilePath(), info.Size(), m.Length())
		}
		var entries []iceberg.ManifestEntry
		for e, err := range m.Entries(iceio.LocalFS{}, false) {
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, e)
		}
		got, was := entries[0], old[i]
		if got.SnapshotID() != was.SnapshotID() || got.SequenceNum() != was.SequenceNum() || got.Status() != was.Status() {
			t.Errorf("entry %d is %v, was %v", i, got, was)
		}
		a, b := got.DataFile(), was.DataFile()
		if diff := cmp.Diff(b.Partition(), a.Partition()); diff != "" {
			t.Errorf("partition: %s", diff)
		}
		if a.Count() != b.Count() || string(a.KeyMetadata()) != string(b.KeyMetadata()) || !cmp.Equal(a.NullValueCounts(), b.NullValueCounts()) {
			t.Errorf("file %d is %v, was %v", i, a, b)
		}
		if i == 0 {
			if a.FilePath() != to+"/t/data/d.parquet" || !cmp.Equal(a.SplitOffsets(), b.SplitOffsets()) {
				t.Errorf("the data file is %v", a)
			}
			continue
		}
		if got := string(a.LowerBoundValues()[pathID]); got != to+"/t/data/d.parquet" {
			t.Errorf("the lower bound is %s", got)
		}
		path := strings.TrimPrefix(a.FilePath(), "file://")
		if info, err := os.Stat(path); err != nil || info.Size() != a.FileSizeBytes() {
			t.Errorf("the delete file has %v, %v", info, err)
		}
		if diff := cmp.Diff([]string{to + "/t/data/d.parquet", "file:///another/lake/d.parquet"}, deletedPaths(t, path)); diff != "" {
			t.Error(diff)
		}
	}
}

// readEntries reads the first entry of manifests as they were.
func readEntries(t *testing.T, dir string, names ...string) (out []iceberg.ManifestEntry) {
	t.Helper()
	for i, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		m := iceberg.NewManifestFile(2, name, 0, 0, 5).Content(iceberg.ManifestContent(i)).Build()
		r, err := iceberg.NewManifestReader(m, f)
		if err != nil {
			t.Fatal(err)
		}
		e, err := r.ReadEntry()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func deletedPaths(t *testing.T, path string) (out []string) {
	t.Helper()
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if id := r.MetaData().Schema.Column(0).SchemaNode().FieldID(); id != pathID {
		t.Errorf("the paths have the field id %d", id)
	}
	a, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := a.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	column := table.Column(0).Data().Chunk(0).(*array.String)
	for i := range column.Len() {
		out = append(out, column.Value(i))
	}
	return out
}

func TestLocationsElsewhereStay(t *testing.T) {
	store, dir := newStore(t)
	m := New(store, before)
	for location, want := range map[string]string{
		before + "/a":             store.URI("a"),
		before:                    store.URI(""),
		"/somewhere/else/a":       dir + "/a",
		"file:/somewhere/else/a":  "file:" + dir + "/a",
		before + "where/a":        before + "where/a",
		"s3://somewhere/else/a":   "s3://somewhere/else/a",
		"file:///another/place/a": "file:///another/place/a",
	} {
		if got := m.Location(location); got != want {
			t.Errorf("%s became %s, want %s", location, got, want)
		}
	}
}
