package lake

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/apache/iceberg-go"
)

// How many files a manifest is about, where there are many: of partitions as
// few as make it quick to read one for the sake of few files, of files that
// nothing tells apart as many as make manifests few.
const (
	clusteredFiles   = 500
	unclusteredFiles = 10_000
)

// addManifests makes as many manifests of data files as the entries want, each of
// files whose partitions lie near each other: who asks for few partitions reads few
// manifests.
func (m *manifestSet) addManifests(spec iceberg.PartitionSpec, schema *iceberg.Schema, entries []manifestEntry) error {
	most := unclusteredFiles
	if !spec.IsUnpartitioned() {
		most = clusteredFiles
	}
	if len(entries) > most {
		cluster(spec, entries)
	}
	for part := range slices.Chunk(entries, most) {
		if err := m.addManifest(spec, schema, iceberg.ManifestContentData, part); err != nil {
			return err
		}
	}
	return nil
}

// cluster sorts entries by their partitions.
func cluster(spec iceberg.PartitionSpec, entries []manifestEntry) {
	if spec.IsUnpartitioned() {
		return
	}
	partitions := make(map[string]map[int]any, len(entries))
	for _, e := range entries {
		partitions[e.entry.DataFile().FilePath()] = e.entry.DataFile().Partition()
	}
	slices.SortStableFunc(entries, func(a, b manifestEntry) int {
		x, y := partitions[a.entry.DataFile().FilePath()], partitions[b.entry.DataFile().FilePath()]
		for _, f := range spec.Fields() {
			if c := comparePartition(x[f.FieldID], y[f.FieldID]); c != 0 {
				return c
			}
		}
		return 0
	})
}

// comparePartition orders the values of a partition's field, NULL first. What
// is no number is ordered by its text, which is enough to lie together.
func comparePartition(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case x.Kind() != y.Kind():
	case x.CanInt():
		return cmp.Compare(x.Int(), y.Int())
	case x.CanFloat():
		return cmp.Compare(x.Float(), y.Float())
	case x.Kind() == reflect.String:
		return cmp.Compare(x.String(), y.String())
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
