package lake

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Needed is a file that a state of a table needs.
type Needed struct {
	Table ident.Table
	// URI is its location as it is recorded, Name the one in the store; "" lies
	// outside of it.
	URI, Name string
	// Size is what is recorded of it; -1 is nothing.
	Size int64
	// Current: the state that readers see needs it.
	Current bool
	// Err says that it cannot be read, and what it names is not known.
	Err error
}

// Reach yields the files of all states that a catalog names, of the past and of
// what is held too, each once, those of what readers see first. The catalog may
// be a copy, and is not changed.
func Reach(ctx context.Context, o Options) iter.Seq2[Needed, error] {
	l := &Lake{db: o.DB, store: o.Store, cache: newCache[*Table](cachedMetadata)}
	return func(yield func(Needed, error) bool) {
		var known []knownState
		err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
			known, err = knownStates(ctx, tx)
			return err
		})
		if err != nil {
			yield(Needed{}, fmt.Errorf("read the catalog: %w", err))
			return
		}
		for states := range chunks(known) {
			r := &reaching{lake: l, seen: map[string]bool{}, live: map[uuid.UUID]map[int64]bool{}, yield: yield}
			for _, s := range currentFirst(states) {
				if err := ctx.Err(); err != nil {
					yield(Needed{}, err)
					return
				}
				if !r.state(ctx, s) {
					return
				}
			}
		}
	}
}

// reaching is the way through the files of one table.
type reaching struct {
	lake  *Lake
	seen  map[string]bool
	live  map[uuid.UUID]map[int64]bool // the snapshots that readers see, by table
	yield func(Needed, error) bool
	at    knownState
}

// file yields a file, unless it was before; false ends it all.
func (r *reaching) file(uri string, size int64, current bool, broken error) bool {
	if uri == "" || r.seen[uri] && broken == nil {
		return true
	}
	r.seen[uri] = true
	n := Needed{Table: r.at.name, URI: uri, Size: size, Current: current, Err: broken}
	if name, found := r.lake.store.Name(uri); found {
		n.Name = name
	}
	return r.yield(n, nil)
}

func (r *reaching) state(ctx context.Context, s knownState) bool {
	if r.seen[s.location] {
		return true
	}
	r.at = s
	t, err := r.lake.loadPast(ctx, s.name, s.location)
	if err != nil || t.kind == ViewEntry {
		return r.file(s.location, -1, s.current, err)
	}
	if !r.file(s.location, -1, s.current, nil) {
		return false
	}
	current := t.meta.CurrentSnapshot()
	if current != nil && !r.snapshot(ctx, current, s.current) {
		return false
	}
	for _, one := range r.snapshots(t, s.current) {
		if !r.snapshot(ctx, &one, false) {
			return false
		}
	}
	return r.statistics(t, s.current)
}

// statistics are those of snapshots that the table still has.
func (r *reaching) statistics(t *Table, current bool) bool {
	live, found := r.live[t.meta.TableUUID()]
	for st := range t.meta.Statistics() {
		if (current || !found || live[st.SnapshotID]) && !r.file(st.StatisticsPath, st.FileSizeInBytes, false, nil) {
			return false
		}
	}
	for st := range t.meta.PartitionStatistics() {
		if (current || !found || live[st.SnapshotID]) && !r.file(st.StatisticsPath, st.FileSizeInBytes, false, nil) {
			return false
		}
	}
	return true
}

// snapshots are those that a state names and that its table still has: what has
// expired since is read through no state.
func (r *reaching) snapshots(t *Table, current bool) (out []table.Snapshot) {
	all := t.meta.Snapshots()
	live, found := r.live[t.meta.TableUUID()]
	if current {
		live = map[int64]bool{}
		for _, s := range all {
			live[s.SnapshotID] = true
		}
		r.live[t.meta.TableUUID()] = live
	}
	if current || !found {
		return all
	}
	return slices.DeleteFunc(all, func(s table.Snapshot) bool { return !live[s.SnapshotID] })
}

func (r *reaching) snapshot(ctx context.Context, s *table.Snapshot, current bool) bool {
	if r.seen[s.ManifestList] {
		return true
	}
	files := storeIO{ctx, r.lake.store}
	manifests, err := s.Manifests(files)
	if !r.file(s.ManifestList, -1, current, err) {
		return false
	}
	for _, m := range manifests {
		if r.seen[m.FilePath()] {
			continue
		}
		for e, err := range m.Entries(files, true) {
			if err != nil {
				if !r.file(m.FilePath(), m.Length(), current, err) {
					return false
				}
				break
			}
			f := e.DataFile()
			if !r.file(f.FilePath(), f.FileSizeBytes(), current, nil) {
				return false
			}
		}
		if !r.file(m.FilePath(), m.Length(), current, nil) {
			return false
		}
	}
	return true
}
