package lake

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/apache/iceberg-go"
)

// baseManifests returns the manifests of the base that the new snapshot keeps.
// What it removes goes into out as deleted, so that other tools can follow the
// change.
func (b *tableBuild) baseManifests(ctx context.Context, out *manifestSet) (kept []iceberg.ManifestFile, err error) {
	if b.onto == nil || b.onto.meta.CurrentSnapshot() == nil {
		return nil, b.checkRemoved(nil)
	}
	files := b.filesOf(ctx)
	manifests, err := b.stage.lake.manifestsOf(ctx, b.onto.meta.CurrentSnapshot(), files.store)
	if err != nil {
		return nil, fmt.Errorf("manifest list of %s: %w", b.onto.location, err)
	}
	remove := map[string]bool{}
	for _, uri := range b.change.Remove {
		remove[b.canonical(uri)] = true
	}
	found := map[string]bool{}
	gather := b.ownManifests(manifests)
	for _, m := range manifests {
		if b.again && m.SnapshotID() == b.snapshotID {
			own, err := b.rewriteOwn(m, files, remove, found, out, gather)
			if err != nil {
				return nil, fmt.Errorf("manifest %s: %w", m.FilePath(), err)
			}
			kept = append(kept, own...)
			continue
		}
		if !m.HasAddedFiles() && !m.HasExistingFiles() {
			continue // only tells what an earlier snapshot removed
		}
		if b.change.Op == Append {
			kept = append(kept, m)
			continue
		}
		touched, err := b.rewrite(m, files, remove, found, out)
		if err != nil {
			return nil, fmt.Errorf("manifest %s: %w", m.FilePath(), err)
		}
		if !touched {
			kept = append(kept, m)
		}
	}
	if err := gather.write(out); err != nil {
		return nil, err
	}
	return kept, b.checkRemoved(found)
}

// rewrite writes a manifest again when the change removes something of it.
func (b *tableBuild) rewrite(m iceberg.ManifestFile, files storeIO,
	remove, found map[string]bool, out *manifestSet) (touched bool, err error) {
	var rewritten []manifestEntry
	for e, err := range m.Entries(files, true) {
		if err != nil {
			return false, err
		}
		path := b.canonical(e.DataFile().FilePath())
		status := iceberg.EntryStatusEXISTING
		if b.change.Op == Replace || remove[path] || remove[b.aboutFile(e.DataFile())] {
			status, found[path], touched = iceberg.EntryStatusDELETED, true, true
			b.removed.add(e.DataFile())
		}
		rewritten = append(rewritten, manifestEntry{status, e})
	}
	spec := b.onto.meta.PartitionSpecByID(int(m.PartitionSpecID()))
	switch {
	case !touched && b.change.Op == Overwrite:
		return false, nil
	case spec == nil:
		return true, fmt.Errorf("the table has no partition spec %d", m.PartitionSpecID())
	case len(rewritten) == 0 || (b.change.Op == Replace && !b.resolves(*spec)):
		// Tools that project filters onto the partitions of every manifest
		// fail where the partition's column is gone.
		return true, nil
	}
	return true, out.addManifest(*spec, b.onto.meta.CurrentSchema(), m.ManifestContent(), rewritten)
}

// rewriteOwn carries a manifest of the candidate that is built again over into
// the new one. What the candidate itself had added and is removed leaves no
// trace; what it had taken from its base stays told as removed.
func (b *tableBuild) rewriteOwn(m iceberg.ManifestFile, files storeIO,
	remove, found map[string]bool, out *manifestSet, gather ownEntries) (kept []iceberg.ManifestFile, err error) {
	var entries []manifestEntry
	touched := false
	for e, err := range m.Entries(files, false) {
		if err != nil {
			return nil, err
		}
		df := e.DataFile()
		path := b.canonical(df.FilePath())
		status := e.Status()
		if status != iceberg.EntryStatusDELETED && (b.change.Op == Replace || remove[path] || remove[b.aboutFile(df)]) {
			found[path], touched = true, true
			if status == iceberg.EntryStatusADDED {
				continue
			}
			status = iceberg.EntryStatusDELETED
		}
		switch status {
		case iceberg.EntryStatusADDED:
			b.added.add(df)
			b.need(df.FilePath())
			e = iceberg.NewManifestEntry(status, &b.snapshotID, nil, nil, df)
		case iceberg.EntryStatusDELETED:
			b.removed.add(df)
		}
		entries = append(entries, manifestEntry{status, e})
	}
	if !touched && gather.takes(m) {
		gather[m.PartitionSpecID()] = append(gather[m.PartitionSpecID()], entries...)
		return nil, nil
	}
	if !touched {
		b.need(m.FilePath())
		return []iceberg.ManifestFile{unnumbered(m)}, nil
	}
	spec := b.onto.meta.PartitionSpecByID(int(m.PartitionSpecID()))
	switch {
	case spec == nil:
		return nil, fmt.Errorf("the table has no partition spec %d", m.PartitionSpecID())
	case len(entries) == 0 || (b.change.Op == Replace && !b.resolves(*spec)):
		return nil, nil
	}
	return nil, out.addManifest(*spec, b.onto.meta.CurrentSchema(), m.ManifestContent(), entries)
}

// need remembers a file that the candidate has from an earlier build.
func (b *tableBuild) need(uri string) {
	if name, found := b.stage.lake.store.Name(uri); found {
		b.needed = append(b.needed, name)
	}
}

// unnumbered returns a manifest without a sequence number, so that its new
// files get that of the snapshot which is being made. The least number stays
// where it is that of files which were there before.
func unnumbered(m iceberg.ManifestFile) iceberg.ManifestFile {
	least := int64(-1)
	if m.HasExistingFiles() {
		least = m.MinSequenceNum()
	}
	return withNumbers(m, -1, least)
}

// canonical makes one spelling of the URIs that name a file of this store.
func (b *tableBuild) canonical(uri string) string {
	if name, found := b.stage.lake.store.Name(uri); found {
		return b.stage.lake.store.URI(name)
	}
	return uri
}

// resolves reports whether the new schema has the columns of a partition spec.
func (b *tableBuild) resolves(spec iceberg.PartitionSpec) bool {
	for _, f := range spec.Fields() {
		if _, found := b.schema.Field(f.SourceID()); !found && !f.Transform.Equals(iceberg.VoidTransform{}) {
			return false
		}
	}
	return true
}

func (b *tableBuild) checkRemoved(found map[string]bool) error {
	for _, uri := range b.change.Remove {
		if !found[b.canonical(uri)] {
			return fmt.Errorf("data file %s is not part of %s", uri, b.onto.name)
		}
	}
	return nil
}

// aboutFile returns the one data file whose rows a delete file names, which
// goes with it; "" for other files. Delete files that are about several stay:
// they name nothing in the files that come.
func (b *tableBuild) aboutFile(df iceberg.DataFile) string {
	if df.ContentType() != iceberg.EntryContentPosDeletes {
		return ""
	}
	if about := df.ReferencedDataFile(); about != nil && *about != "" {
		return b.canonical(*about)
	}
	lower, upper := df.LowerBoundValues()[pathColumnID], df.UpperBoundValues()[pathColumnID]
	if len(lower) == 0 || !bytes.Equal(lower, upper) {
		return ""
	}
	return b.canonical(string(lower))
}

// pathColumnID is the id that the format gives to the column of a delete file
// that names the data file.
const pathColumnID = math.MaxInt32 - 101
