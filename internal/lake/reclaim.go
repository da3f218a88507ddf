package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Reclaimed is what expiry gave back.
type Reclaimed struct {
	Snapshots, Files int
	Bytes            int64
}

// Reclaim removes the files of what tables have let go of before a time, by
// themselves as they committed or because an engine said so, where no state
// needs them that readers see, that history still has, that a branch or a tag
// names, or that is a candidate or held. The states of the past that needed
// them are forgotten first. It can be stopped at any moment and started again.
func (l *Lake) Reclaim(ctx context.Context, before time.Time) (Reclaimed, error) {
	out, err := l.reclaim(ctx, before)
	if err != nil {
		return out, fmt.Errorf("remove what has expired: %w", err)
	}
	return out, nil
}

func (l *Lake) reclaim(ctx context.Context, before time.Time) (out Reclaimed, err error) {
	if l.outside != nil {
		return out, nil // what its tables need is known to who keeps the catalog
	}
	rows, err := l.forgetStates(ctx, before)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	failpoint.Hit("lake.expired.forgotten")
	r := &reclaiming{lake: l, lists: map[string]*expiredRow{}, manifests: map[string]iceberg.ManifestFile{}, data: map[string]bool{}, others: map[string]bool{}}
	for i, row := range rows {
		name, inside := l.store.Name(row.location)
		if !inside || row.location == "" {
			continue
		}
		if row.kind == expiredSnapshot {
			r.lists[name] = &rows[i]
		} else {
			r.others[name] = true
		}
	}
	if err := r.find(ctx); err != nil {
		return out, err
	}
	// What leads to other files goes after them.
	if err := l.removeCounted(ctx, slices.Collect(maps.Keys(r.data)), &out); err != nil {
		return out, err
	}
	failpoint.Hit("lake.expired.data-removed")
	if err := l.removeCounted(ctx, slices.Collect(maps.Keys(r.manifests)), &out); err != nil {
		return out, err
	}
	failpoint.Hit("lake.expired.manifests-removed")
	if err := l.removeCounted(ctx, append(slices.Collect(maps.Keys(r.others)), slices.Collect(maps.Keys(r.lists))...), &out); err != nil {
		return out, err
	}
	failpoint.Hit("lake.expired.removed")
	out.Snapshots = len(r.lists)
	return out, l.forgetExpired(ctx, rows, r)
}

func (l *Lake) removeCounted(ctx context.Context, names []string, out *Reclaimed) error {
	for _, name := range names {
		if info, err := l.store.Stat(ctx, name); err == nil {
			out.Files++
			out.Bytes += info.Size
		}
	}
	return l.store.Delete(ctx, names...)
}

// forgetExpired ends the account of what was removed; what something still
// needs stays on it. Stages of which no file is left are forgotten, too.
func (l *Lake) forgetExpired(ctx context.Context, rows []expiredRow, r *reclaiming) error {
	var over []stageRow
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		over = nil
		for _, row := range rows {
			name, _ := l.store.Name(row.location)
			if row.kind != expiredMetadata || !r.others[name] {
				continue
			}
			made, err := stages(ctx, tx, `location = ? AND state = ?`, row.location, stateCommitted)
			if err != nil {
				return err
			}
			over = append(over, made...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var empty []string
	for _, s := range over {
		files, _, err := l.measure(ctx, s)
		if err != nil {
			return err
		}
		if files == 0 {
			empty = append(empty, s.ID)
		}
	}
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		for _, row := range rows {
			name, inside := l.store.Name(row.location)
			if _, list := r.lists[name]; inside && !list && !r.others[name] {
				continue
			}
			if _, err := tx.Exec(ctx, `DELETE FROM tarn_expired WHERE seq = ?`, row.seq); err != nil {
				return err
			}
		}
		for _, id := range empty {
			if _, err := tx.Exec(ctx, `DELETE FROM tarn_stage WHERE id = ? AND state = ?`, id, stateCommitted); err != nil {
				return err
			}
		}
		return nil
	})
}

// reclaiming finds the files that go: by name in the store, what has expired
// and is not needed by anything else.
type reclaiming struct {
	lake      *Lake
	lists     map[string]*expiredRow
	manifests map[string]iceberg.ManifestFile
	data      map[string]bool
	others    map[string]bool // metadata files and statistics
}

// keptStates are all states that something needs, what readers see now first.
func (l *Lake) keptStates(ctx context.Context) (kept []knownState, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		kept, err = namedStates(ctx, tx, "snapshot_id")
		return err
	})
	return currentFirst(kept), err
}

func (r *reclaiming) find(ctx context.Context) error {
	kept, err := r.lake.keptStates(ctx)
	if err != nil {
		return err
	}
	files := storeIO{ctx, r.lake.store}
	for name, row := range r.lists {
		manifests, err := (&table.Snapshot{ManifestList: row.location}).Manifests(files)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %s: %w", row.name, name, err)
		}
		for _, m := range manifests {
			if name, inside := r.lake.store.Name(m.FilePath()); inside {
				r.manifests[name] = m
			}
		}
	}
	if err := r.each(ctx, kept, func(t *Table, s *table.Snapshot) error {
		r.spare(s.ManifestList)
		if len(r.manifests) == 0 {
			return nil
		}
		return r.withManifests(t, s, files, func(m iceberg.ManifestFile) error { r.spare(m.FilePath()); return nil })
	}); err != nil {
		return err
	}
	for name, m := range r.manifests {
		for e, err := range m.Entries(files, true) {
			if errors.Is(err, fs.ErrNotExist) {
				break // removed before, and its files before that
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if name, inside := r.lake.store.Name(e.DataFile().FilePath()); inside {
				r.data[name] = true
			}
		}
	}
	return r.spareData(ctx, kept, files)
}

// spareData keeps the data files that other states have in other manifests.
func (r *reclaiming) spareData(ctx context.Context, kept []knownState, files storeIO) error {
	if len(r.data) == 0 {
		return nil
	}
	seen := map[string]bool{}
	return r.each(ctx, kept, func(t *Table, s *table.Snapshot) error {
		return r.withManifests(t, s, files, func(m iceberg.ManifestFile) error {
			if seen[m.FilePath()] {
				return nil
			}
			seen[m.FilePath()] = true
			for e, err := range m.Entries(files, true) {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				if err != nil {
					return t.unreadableFile("manifest", m.FilePath(), err)
				}
				r.spare(e.DataFile().FilePath())
			}
			return nil
		})
	})
}

// spare keeps a file.
func (r *reclaiming) spare(uri string) {
	if name, inside := r.lake.store.Name(uri); inside {
		delete(r.lists, name)
		delete(r.manifests, name)
		delete(r.data, name)
		delete(r.others, name)
	}
}

func (r *reclaiming) withManifests(t *Table, s *table.Snapshot, files storeIO, fn func(iceberg.ManifestFile) error) error {
	manifests, err := s.Manifests(files)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing can be read of it
	}
	if err != nil {
		return t.unreadableFile("manifest list", s.ManifestList, err)
	}
	for _, m := range manifests {
		if err := fn(m); err != nil {
			return err
		}
	}
	return nil
}

// each calls fn with each snapshot that is kept, and keeps the files of states
// besides. A state that is there and cannot be read ends it: nobody knows what
// it needs.
func (r *reclaiming) each(ctx context.Context, kept []knownState, fn func(*Table, *table.Snapshot) error) error {
	known := map[int64]bool{}
	for _, k := range kept {
		r.spare(k.location)
		if !k.current && k.snapshot >= 0 && (k.snapshot == 0 || known[k.snapshot]) {
			continue
		}
		t, err := r.lake.loadPast(ctx, k.name, k.location)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if t.kind == ViewEntry {
			continue
		}
		for _, s := range r.of(k, t) {
			if known[s.SnapshotID] && !k.current {
				continue
			}
			known[s.SnapshotID] = true
			if err := fn(t, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// of returns the snapshots that a state is kept for: of what readers see all,
// of others the one that was seen through them.
func (r *reclaiming) of(k knownState, t *Table) (out []*table.Snapshot) {
	if !k.current {
		if s := t.meta.CurrentSnapshot(); s != nil {
			out = append(out, s)
		}
		return out
	}
	for path := range statisticsOf(t.meta) {
		r.spare(path)
	}
	for entry := range t.meta.PreviousFiles() {
		r.spare(entry.MetadataFile)
	}
	all := t.meta.Snapshots()
	for i := range all {
		out = append(out, &all[i])
	}
	return out
}
