package lake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"
	"github.com/twmb/avro/ocf"
)

// avroFile is a file's header and its records.
func avroFile(t *testing.T, data []byte) (header map[string]string, records []any) {
	t.Helper()
	r, err := ocf.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	header = map[string]string{}
	for k, v := range r.Metadata() {
		header[k] = string(v)
	}
	for {
		var one any
		err := r.Decode(&one)
		if errors.Is(err, io.EOF) {
			return header, records
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, one)
	}
}

func sameAvro(t *testing.T, what string, ours, theirs []byte) {
	t.Helper()
	header, records := avroFile(t, ours)
	wantHeader, want := avroFile(t, theirs)
	if diff := cmp.Diff(wantHeader, header); diff != "" {
		t.Errorf("%s: the header differs (-library +ours):\n%s", what, diff)
	}
	if diff := cmp.Diff(want, records); diff != "" || len(records) == 0 {
		t.Errorf("%s: %d records, which differ (-library +ours):\n%s", what, len(records), diff)
	}
}

// plainEntries are files with statistics of all kinds, and one that has none.
func plainEntries(t *testing.T, spec iceberg.PartitionSpec, snapshot *int64, n int) []manifestEntry {
	t.Helper()
	var entries []manifestEntry
	for i := range n {
		df, err := iceberg.NewDataFileBuilder(spec, iceberg.EntryContentData, fmt.Sprintf("mem:///f%d.parquet", i), iceberg.ParquetFile,
			nil, nil, nil, int64(10+i), int64(1000+i))
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			df.ColumnSizes(map[int]int64{1: 20, 2: 30}).ValueCounts(map[int]int64{1: 10, 2: 10}).NullValueCounts(map[int]int64{1: 0, 2: 3}).
				NaNValueCounts(map[int]int64{1: 1}).LowerBoundValues(map[int][]byte{1: {1, 0}, 2: []byte("a")}).
				UpperBoundValues(map[int][]byte{1: {9, 0}, 2: []byte("z")}).SplitOffsets([]int64{4}).SortOrderID(0)
		}
		entries = append(entries, manifestEntry{iceberg.EntryStatusADDED, iceberg.NewManifestEntry(iceberg.EntryStatusADDED, snapshot, nil, nil, df.Build())})
	}
	return entries
}

// The library writes the first plain manifest of a process, and we the others:
// nobody can tell which.
func TestPlainManifestsAreAsTheLibraryWritesThem(t *testing.T) {
	for _, version := range []int{2, 3} {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			l := newLake(t)
			commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}))
			s, err := l.NewStage(ctx, "r", "s", name("p"))
			if err != nil {
				t.Fatal(err)
			}
			meta := load(t, l, "o").meta
			spec, snapshot := meta.PartitionSpec(), int64(7)
			for n := range 3 { // the first one is what the others are written after
				entries := plainEntries(t, spec, &snapshot, n+1)
				m := newManifestSet(&tableBuild{stage: s, version: version, snapshotID: snapshot})
				want, theirs, err := m.anyManifest("p/m.avro", spec, meta.CurrentSchema(), iceberg.ManifestContentData, entries)
				if err != nil {
					t.Fatal(err)
				}
				got, ours, err := m.plainManifest("p/m.avro", spec, meta.CurrentSchema(), entries)
				if err != nil {
					t.Fatal(err)
				}
				sameAvro(t, "the manifest", ours, theirs)
				if got.Length() != int64(len(ours)) {
					t.Errorf("the list says %d bytes of %d", got.Length(), len(ours))
				}
				samePlainList(t, m, want, got)
				read, err := iceberg.ReadManifest(got, bytes.NewReader(ours), false)
				if err != nil || len(read) != n+1 || read[n].DataFile().Count() != int64(10+n) {
					t.Errorf("the library reads %v, %v", read, err)
				}
			}
		})
	}
}

// samePlainList compares lists that name the library's manifest and ours.
func samePlainList(t *testing.T, m *manifestSet, theirs, ours iceberg.ManifestFile) {
	t.Helper()
	for _, parent := range []*int64{nil, new(int64)} {
		s := &table.Snapshot{SnapshotID: 7, SequenceNumber: 4, ParentSnapshotID: parent}
		want, err := m.anyList(s, []iceberg.ManifestFile{theirs}, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.anyList(s, []iceberg.ManifestFile{ours}, 0)
		if numbered, usual := usualList(s, m.b.version, []iceberg.ManifestFile{ours}); err == nil && usual {
			got, err = m.usualList(s, numbered)
		}
		if err != nil {
			t.Fatal(err)
		}
		header, records := avroFile(t, got)
		wantHeader, wantRecords := avroFile(t, want)
		if diff := cmp.Diff(wantHeader, header); diff != "" {
			t.Errorf("the list's header differs (-library +ours):\n%s", diff)
		}
		// They are compressed by different compressors.
		length := maps.Clone(wantRecords[0].(map[string]any))
		length["manifest_length"] = records[0].(map[string]any)["manifest_length"]
		if diff := cmp.Diff([]any{any(length)}, records); diff != "" {
			t.Errorf("the list differs (-library +ours):\n%s", diff)
		}
	}
}

// What is not plain is left to the library.
func TestOnlyNewFilesOfATableWithoutPartitionsArePlain(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Partition: []PartitionField{{Column: "id", Transform: "identity"}}}))
	parted := load(t, l, "o").meta.PartitionSpec()
	snapshot := int64(1)
	added := plainEntries(t, *iceberg.UnpartitionedSpec, &snapshot, 1)
	removed := []manifestEntry{added[0], {iceberg.EntryStatusDELETED, added[0].entry}}
	for what, plain := range map[string]bool{
		"new files":       isPlain(*iceberg.UnpartitionedSpec, iceberg.ManifestContentData, added),
		"partitions":      !isPlain(parted, iceberg.ManifestContentData, added),
		"deletes":         !isPlain(*iceberg.UnpartitionedSpec, iceberg.ManifestContentDeletes, added),
		"a file that was": !isPlain(*iceberg.UnpartitionedSpec, iceberg.ManifestContentData, removed),
	} {
		if !plain {
			t.Errorf("%s are taken for the other", what)
		}
	}
}
