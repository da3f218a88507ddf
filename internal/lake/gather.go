package lake

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apache/iceberg-go"
)

// A candidate that is built again has a manifest for each time. More than
// mostOwn are gathered into one, as all of them are read the next time; those
// that have fullOwn files already are left as they are.
const (
	mostOwn = 8
	fullOwn = 500
)

// ownEntries are the entries of a candidate's own manifests that become one for
// each partition spec; nil gathers none.
type ownEntries map[int32][]manifestEntry

// ownManifests returns where to gather the manifests of the candidate's own; nil
// where they are few.
func (b *tableBuild) ownManifests(manifests []iceberg.ManifestFile) ownEntries {
	all := ownEntries{}
	own := func(m iceberg.ManifestFile) bool { return b.again && m.SnapshotID() == b.snapshotID && all.takes(m) }
	count := 0
	for _, m := range manifests {
		if own(m) {
			count++
		}
	}
	if count <= mostOwn {
		return nil
	}
	return all
}

// takes reports whether a manifest is gathered, nothing of which the change
// touches: it adds data files, and not many.
func (g ownEntries) takes(m iceberg.ManifestFile) bool {
	return g != nil && m.ManifestContent() == iceberg.ManifestContentData && m.AddedDataFiles() > 0 && m.AddedDataFiles() < fullOwn &&
		m.ExistingDataFiles() == 0 && m.DeletedDataFiles() == 0
}

// write makes the manifests.
func (g ownEntries) write(out *manifestSet) error {
	meta := out.b.onto.meta
	for _, id := range slices.Sorted(maps.Keys(g)) {
		spec := meta.PartitionSpecByID(int(id))
		if spec == nil {
			return fmt.Errorf("the table has no partition spec %d", id)
		}
		if err := out.addManifests(*spec, meta.CurrentSchema(), g[id]); err != nil {
			return err
		}
	}
	return nil
}
