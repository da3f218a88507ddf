package lake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/iceberg-go"
)

// The properties of tables that say when manifests are merged, as Iceberg has
// them.
const (
	mergeProperty      = "commit.manifest-merge.enabled"
	mergeCountProperty = "commit.manifest.min-count-to-merge"
	mergeCountDefault  = 100
)

// largeGroups is how many groups of clusteredFiles or more are too many.
const largeGroups = 8

// manifestGroup is manifests of data files that one snapshot has added, or has
// merged. They are clustered among themselves.
type manifestGroup struct {
	manifests []iceberg.ManifestFile
	files     int64
}

// mergeManifests merges what many small commits have left, so that planning
// does not open a manifest for each: where the snapshots whose manifests are
// kept are too many, those of the smallest become one group, clustered anew.
// Groups grow with each merge, and larger ones are left alone until there are
// as many files beside them, so that a file is written again only a few times.
// What is new is no part of it: it must move along as it is when the table
// moves.
func (b *tableBuild) mergeManifests(ctx context.Context, kept []iceberg.ManifestFile, out *manifestSet) ([]iceberg.ManifestFile, error) {
	least := b.mergeCount()
	if b.again || least == 0 {
		return kept, nil
	}
	merged := map[string]bool{}
	for _, spec := range b.onto.meta.PartitionSpecs() {
		chosen := excess(groupManifests(kept, spec.ID()), least, !spec.IsUnpartitioned())
		if len(chosen) == 0 || !b.resolves(spec) {
			continue
		}
		if err := b.merge(ctx, spec, chosen, out); err != nil {
			return nil, err
		}
		for _, m := range chosen {
			merged[m.FilePath()] = true
		}
	}
	return slices.DeleteFunc(kept, func(m iceberg.ManifestFile) bool { return merged[m.FilePath()] }), nil
}

// mergeCount is how many snapshots' manifests are too many; 0 is any number.
func (b *tableBuild) mergeCount() int {
	if b.base == nil || b.change.Op == Replace {
		return 0
	}
	if enabled, err := strconv.ParseBool(b.properties[mergeProperty]); err == nil && !enabled {
		return 0
	}
	n, err := strconv.Atoi(b.properties[mergeCountProperty])
	if err != nil {
		return mergeCountDefault
	}
	return max(n, 2)
}

// groupManifests are the groups of a spec, those with the fewest files first.
func groupManifests(manifests []iceberg.ManifestFile, spec int) []manifestGroup {
	type origin struct {
		snapshot int64
		merged   bool
	}
	at := map[origin]int{}
	var groups []manifestGroup
	for _, m := range manifests {
		if m.ManifestContent() != iceberg.ManifestContentData || int(m.PartitionSpecID()) != spec {
			continue
		}
		from := origin{m.SnapshotID(), m.HasExistingFiles()}
		i, found := at[from]
		if !found {
			i = len(groups)
			at[from] = i
			groups = append(groups, manifestGroup{})
		}
		groups[i].manifests = append(groups[i].manifests, m)
		// Manifests of old may not say how many: -1.
		groups[i].files += int64(max(m.AddedDataFiles(), 0) + max(m.ExistingDataFiles(), 0))
	}
	slices.SortStableFunc(groups, func(a, b manifestGroup) int { return cmp.Compare(a.files, b.files) })
	return groups
}

// excess are the manifests to merge, none while the groups are few enough. Of
// groups so large that each may have files of any partition, a few are too many.
func excess(groups []manifestGroup, least int, clustered bool) []iceberg.ManifestFile {
	chosen := smallest(groups, least)
	if len(chosen) == 0 && clustered {
		large, _ := slices.BinarySearchFunc(groups, clusteredFiles, func(g manifestGroup, n int) int { return cmp.Compare(g.files, int64(n)) })
		chosen = smallest(groups[large:], min(least, largeGroups))
	}
	return chosen
}

// smallest are the manifests to merge: half of the groups at least, and on from
// there as long as the next is at most twice as large as all before it.
func smallest(groups []manifestGroup, least int) (chosen []iceberg.ManifestFile) {
	if len(groups) < least {
		return nil
	}
	half := max(2, (len(groups)+1)/2)
	var files int64
	for i, g := range groups {
		if i >= half && g.files > 2*files {
			break
		}
		files += g.files
		chosen = append(chosen, g.manifests...)
	}
	return chosen
}

func (b *tableBuild) merge(ctx context.Context, spec iceberg.PartitionSpec, manifests []iceberg.ManifestFile, out *manifestSet) error {
	var entries []manifestEntry
	for _, m := range manifests {
		for e, err := range m.Entries(b.filesOf(ctx), true) {
			if err != nil {
				return fmt.Errorf("manifest %s: %w", m.FilePath(), err)
			}
			entries = append(entries, manifestEntry{iceberg.EntryStatusEXISTING, e})
		}
	}
	cluster(spec, entries)
	return out.addManifests(spec, b.onto.meta.CurrentSchema(), entries)
}
