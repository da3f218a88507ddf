package lake

import (
	"fmt"
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/google/go-cmp/cmp"
)

// said is all that a list says of a manifest.
func said(m iceberg.ManifestFile) string {
	return fmt.Sprint(m.Version(), m.FilePath(), m.Length(), m.PartitionSpecID(), m.ManifestContent(), m.SnapshotID(),
		m.SequenceNum(), m.MinSequenceNum(), m.AddedDataFiles(), m.AddedRows(), m.ExistingDataFiles(), m.ExistingRows(),
		m.DeletedDataFiles(), m.DeletedRows(), len(m.KeyMetadata()), m.Partitions() == nil, len(m.Partitions()), m.FirstRowID() == nil)
}

func TestAListIsKnownAsItIsReadBack(t *testing.T) {
	for what, change := range map[string]Change{
		"no partitions": {},
		"partitions":    {Partition: []PartitionField{{Column: "id", Transform: "identity"}}},
		"merged":        {Properties: map[string]string{mergeCountProperty: "2"}},
	} {
		t.Run(what, func(t *testing.T) {
			l := newLake(t)
			change.Op, change.Schema = Append, orders
			commit(t, l, stage(t, l, "o", change, row(1)))
			for i := range 4 {
				base := load(t, l, "o")
				first, second := stage(t, l, "o", Change{Base: base, Op: Append}, row(10+i)), stage(t, l, "o", Change{Base: base, Op: Append}, row(20+i))
				commit(t, l, first)
				commit(t, l, second) // is built again
			}
			last := load(t, l, "o")
			files, err := last.Files(ctx, At{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			commit(t, l, stage(t, l, "o", Change{Base: last, Op: Overwrite, Remove: []string{files[0].URI}}, row(5)))
			known := 0
			for _, s := range load(t, l, "o").meta.Snapshots() {
				list, found := l.lists.get(s.ManifestList)
				if !found {
					continue
				}
				known++
				read, err := s.Manifests(storeIO{ctx, l.store})
				if err != nil {
					t.Fatal(err)
				}
				var want, got []string
				for _, m := range read {
					want = append(want, said(m))
				}
				for _, m := range list {
					got = append(got, said(m))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("snapshot %d (-as read +as known):\n%s", s.SequenceNumber, diff)
				}
			}
			if known < 10 {
				t.Errorf("%d lists are known", known)
			}
		})
	}
}
