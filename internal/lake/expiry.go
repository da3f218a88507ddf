package lake

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/apache/iceberg-go/table"
)

// Expiry says how much of their past tables keep as they commit, in the words
// of Iceberg's table properties, which win where a table has them. A table of
// which neither says anything keeps everything.
type Expiry struct {
	// MaxSnapshotAge is how long snapshots of branches are kept; 0 leaves it to
	// Iceberg's five days, unless nothing is set at all.
	MaxSnapshotAge time.Duration
	// MinSnapshots is how many snapshots of a branch are kept however old they
	// are; 0 is one.
	MinSnapshots int
	// MaxRefAge is how long branches and tags are kept; 0 is for ever. The branch
	// main is always kept.
	MaxRefAge time.Duration
}

// IsZero reports whether nothing is said.
func (e Expiry) IsZero() bool { return e == Expiry{} }

// retention is what holds for one table, in milliseconds.
type retention struct {
	maxSnapshotAge, maxRefAge int64
	minSnapshots              int
}

// retention returns what holds for a table with these properties; false keeps
// everything.
func (e Expiry) retention(properties map[string]string) (retention, bool) {
	r := retention{maxSnapshotAge: table.MaxSnapshotAgeMsDefault, maxRefAge: table.MaxRefAgeMsDefault, minSnapshots: table.MinSnapshotsToKeepDefault}
	asked := !e.IsZero()
	if e.MaxSnapshotAge > 0 {
		r.maxSnapshotAge = e.MaxSnapshotAge.Milliseconds()
	}
	if e.MaxRefAge > 0 {
		r.maxRefAge = e.MaxRefAge.Milliseconds()
	}
	if e.MinSnapshots > 0 {
		r.minSnapshots = e.MinSnapshots
	}
	for key, set := range map[string]func(int64){
		table.MaxSnapshotAgeMsKey:   func(n int64) { r.maxSnapshotAge = n },
		table.MaxRefAgeMsKey:        func(n int64) { r.maxRefAge = n },
		table.MinSnapshotsToKeepKey: func(n int64) { r.minSnapshots = int(min(n, math.MaxInt32)) },
	} {
		n, err := strconv.ParseInt(properties[key], 10, 64)
		if err == nil && n >= 0 {
			asked = true
			set(n)
		}
	}
	r.minSnapshots = max(r.minSnapshots, 1)
	return r, asked
}

// timeline is what expiry looks at: snapshots and the names of some of them.
type timeline struct {
	snapshots []table.Snapshot
	refs      map[string]table.SnapshotRef
}

func timelineOf(meta table.Metadata) timeline {
	t := timeline{snapshots: snapshotsOf(meta), refs: map[string]table.SnapshotRef{}}
	for name, ref := range meta.Refs() {
		t.refs[name] = ref
	}
	return t
}

// expired returns what a table need not keep at a time: snapshots, and names of
// branches and tags. What is left is what Iceberg's own expiry leaves.
func (r retention) expired(t timeline, now int64) (snapshots []int64, refs []string) {
	byID := make(map[int64]*table.Snapshot, len(t.snapshots))
	for i := range t.snapshots {
		byID[t.snapshots[i].SnapshotID] = &t.snapshots[i]
	}
	keep, reached := map[int64]bool{}, map[int64]bool{}
	for name, ref := range t.refs {
		head, found := byID[ref.SnapshotID]
		if name != table.MainBranch && (!found || now-head.TimestampMs >= or(ref.MaxRefAgeMs, r.maxRefAge)) {
			refs = append(refs, name)
			continue
		}
		if !found {
			continue
		}
		keep[head.SnapshotID], reached[head.SnapshotID] = true, true
		if ref.SnapshotRefType == table.BranchRef {
			r.branch(head, ref, byID, now, keep, reached)
		}
	}
	for id, s := range byID {
		// What no branch leads to is kept for its age alone.
		if !keep[id] && (reached[id] || now-s.TimestampMs >= r.maxSnapshotAge) {
			snapshots = append(snapshots, id)
		}
	}
	slices.Sort(snapshots)
	slices.Sort(refs)
	return snapshots, refs
}

// branch keeps the snapshots of a branch that are young or few enough, and
// marks all that it leads to.
func (r retention) branch(head *table.Snapshot, ref table.SnapshotRef, byID map[int64]*table.Snapshot, now int64, keep, reached map[int64]bool) {
	least, age := r.minSnapshots, or(ref.MaxSnapshotAgeMs, r.maxSnapshotAge)
	if ref.MinSnapshotsToKeep != nil {
		least = *ref.MinSnapshotsToKeep
	}
	kept, ended := 0, false
	walked := map[int64]bool{}
	for s := head; s != nil && !walked[s.SnapshotID]; {
		walked[s.SnapshotID], reached[s.SnapshotID] = true, true
		if ended = ended || kept >= least && now-s.TimestampMs >= age; !ended {
			keep[s.SnapshotID] = true
			kept++
		}
		if s.ParentSnapshotID == nil {
			return
		}
		s = byID[*s.ParentSnapshotID]
	}
}

func or(value *int64, otherwise int64) int64 {
	if value != nil {
		return *value
	}
	return otherwise
}

// expire takes out of the metadata in the making what its table need not keep.
// t is how it would be otherwise.
func (e Expiry) expire(b *table.MetadataBuilder, properties map[string]string, t timeline) error {
	r, asked := e.retention(properties)
	if !asked {
		return nil
	}
	snapshots, refs := r.expired(t, time.Now().UnixMilli())
	for _, name := range refs {
		if err := b.RemoveSnapshotRef(name); err != nil {
			return err
		}
	}
	if len(snapshots) == 0 {
		return nil
	}
	return b.RemoveSnapshots(snapshots, false)
}
