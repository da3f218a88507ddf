package lake

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/apache/iceberg-go"
)

// mergeEarly lets tables merge manifests as soon as they can.
var mergeEarly = map[string]string{mergeCountProperty: "2"}

var byCountries = []PartitionField{{Column: "country", Transform: "identity"}}

func manifestsOf(t *testing.T, table *Table) []iceberg.ManifestFile {
	t.Helper()
	all, err := table.meta.CurrentSnapshot().Manifests(storeIO{ctx, table.lake.store})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestManySmallCommitsLeaveFewManifests(t *testing.T) {
	l := newLake(t)
	countries := []string{"DE", "FR", "NO"}
	var want []string
	var early *Table
	added := map[string]int64{} // by file
	for i := range 60 {
		r := fmt.Sprintf(`{"country":%q,"id":%d}`, countries[i%3], i)
		c := Change{Op: Append, Schema: orders, Partition: byCountries, Properties: map[string]string{mergeCountProperty: "6"}}
		if i > 0 {
			c = Change{Op: Append, Base: load(t, l, "o")}
		}
		commit(t, l, stage(t, l, "o", c, r))
		want = append(want, r)
		now := load(t, l, "o")
		if n := len(manifestsOf(t, now)); n > 6 {
			t.Fatalf("%d manifests after %d commits", n, i+1)
		}
		files, err := now.Files(ctx, At{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if s, known := added[f.URI]; known && s != f.Sequence {
				t.Fatalf("%s was of sequence %d and is of %d", f.URI, s, f.Sequence)
			}
			added[f.URI] = f.Sequence
		}
		if i == 20 {
			early = now
		}
	}
	last := load(t, l, "o")
	wantRows(t, last, At{}, want...)
	wantRows(t, last, At{SnapshotID: early.Current().ID}, want[:21]...)
	if got := rowsAt(t, last, At{}, Predicate{Column: "country", Op: "=", Values: []any{"NO"}}); len(got) != 20 {
		t.Errorf("%d rows of one country", len(got))
	}
	for f, err := range last.Inventory(ctx, At{}) {
		if err != nil || f.AddedBy == 0 || f.Sequence != added[f.URI] {
			t.Errorf("%+v, %v", f, err)
		}
	}
	wantNoOrphans(t, l, func(string) bool { return true })
}

func TestManifestsAreNotMergedWhereTheTableSaysSo(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Properties: map[string]string{mergeProperty: "false", mergeCountProperty: "2"}}, row(0)))
	for i := range 5 {
		commit(t, l, stage(t, l, "o", Change{Op: Append, Base: load(t, l, "o")}, row(i+1)))
	}
	if n := len(manifestsOf(t, load(t, l, "o"))); n != 6 {
		t.Errorf("%d manifests", n)
	}
}

// What a candidate has merged is of its base; when that moves, it is merged
// again, and nothing is there twice or left behind.
func TestAnAppendThatHasMergedManifestsMovesAlong(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Properties: mergeEarly}, row(1)))
	commit(t, l, stage(t, l, "o", Change{Op: Append, Base: load(t, l, "o")}, row(2)))
	base := load(t, l, "o")
	late := stage(t, l, "o", Change{Op: Append, Base: base}, row(3))
	later := stage(t, l, "o", Change{Op: Append, Base: base}, row(4))
	commit(t, l, stage(t, l, "o", Change{Op: Append, Base: base}, row(5)))
	commit(t, l, late)
	commit(t, l, later)
	now := load(t, l, "o")
	wantRows(t, now, At{}, row(1), row(2), row(5), row(3), row(4))
	if n := len(manifestsOf(t, now)); n > 2 {
		t.Errorf("%d manifests", n)
	}
	if _, err := l.Sweep(ctx, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	wantRows(t, load(t, l, "o"), At{}, row(1), row(2), row(5), row(3), row(4))
	wantNoOrphans(t, l, func(string) bool { return true })
}

func TestManyFilesOfOneCommitAreClusteredByPartition(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Partition: []PartitionField{{Column: "id", Transform: "identity"}}}))
	table := load(t, l, "o")
	spec := table.meta.PartitionSpec()
	field := spec.Field(0).FieldID
	const files = 3*clusteredFiles - 100
	var entries []manifestEntry
	for i := range files {
		value := any(int64(i * 7919 % 500))
		if i%500 == 0 {
			value = nil
		}
		df, err := iceberg.NewDataFileBuilder(spec, iceberg.EntryContentData, fmt.Sprintf("file:///f%d.parquet", i), iceberg.ParquetFile,
			map[int]any{field: value}, nil, nil, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		id := int64(1)
		entries = append(entries, manifestEntry{iceberg.EntryStatusADDED, iceberg.NewManifestEntry(iceberg.EntryStatusADDED, &id, nil, nil, df.Build())})
	}
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	out := newManifestSet(&tableBuild{stage: s, version: 2, snapshotID: 1})
	if err := out.addManifests(spec, table.meta.CurrentSchema(), entries); err != nil {
		t.Fatal(err)
	}
	if len(out.manifests) != 3 {
		t.Fatalf("%d manifests", len(out.manifests))
	}
	partition := func(e manifestEntry) int64 {
		v, _ := e.entry.DataFile().Partition()[field].(int64)
		return v
	}
	if !slices.IsSortedFunc(entries, func(a, b manifestEntry) int { return cmp.Compare(partition(a), partition(b)) }) {
		t.Error("the files are not in order of their partitions")
	}
}

// Who looks for one partition reads a manifest of each group.
func TestAFewGroupsOfManyFilesAreMergedWhereTheyAreClustered(t *testing.T) {
	var groups []manifestGroup
	for i := range largeGroups {
		m := iceberg.NewManifestFile(2, fmt.Sprint(i), 1, 0, int64(i)).Build()
		groups = append(groups, manifestGroup{[]iceberg.ManifestFile{m}, clusteredFiles})
	}
	if got := excess(groups, 100, true); len(got) != largeGroups {
		t.Errorf("%d are merged", len(got))
	}
	if got := excess(groups, 100, false); len(got) != 0 {
		t.Errorf("%d are merged of files that nothing tells apart", len(got))
	}
	if got := excess(groups[1:], 100, true); len(got) != 0 {
		t.Errorf("%d are merged too early", len(got))
	}
}

func TestSmallGroupsAreMergedAndLargeOnesLeft(t *testing.T) {
	groups := func(sizes ...int64) (out []manifestGroup) {
		for i, n := range sizes {
			m := iceberg.NewManifestFile(2, fmt.Sprint(i), 1, 0, int64(i)).Build()
			out = append(out, manifestGroup{[]iceberg.ManifestFile{m}, n})
		}
		return out
	}
	for _, c := range []struct {
		sizes       []int64
		least, want int
	}{
		{[]int64{1, 1, 1}, 4, 0},
		{[]int64{1, 1, 1, 1}, 4, 4},
		{[]int64{1, 1, 1, 100}, 4, 3},
		{[]int64{1, 1, 1, 3, 100}, 4, 4},
		{[]int64{1, 100, 10_000, 1_000_000}, 4, 2},
		{[]int64{1, 1}, 2, 2},
	} {
		if got := smallest(groups(c.sizes...), c.least); len(got) != c.want {
			t.Errorf("of %v, %d are merged, want %d", c.sizes, len(got), c.want)
		}
	}
}
