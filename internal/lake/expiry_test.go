package lake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/iceberg-go/table"
)

// keepOnly lets a table keep n snapshots, however young they are.
func keepOnly(n int) map[string]string {
	return map[string]string{table.MaxSnapshotAgeMsKey: "0", table.MinSnapshotsToKeepKey: fmt.Sprint(n)}
}

// replaceAll gives a table other rows.
func replaceAll(t testing.TB, l *Lake, table string, n int, properties map[string]string) {
	t.Helper()
	commit(t, l, stage(t, l, table, Change{Base: load(t, l, table), Op: Replace, Schema: orders, Properties: properties}, row(n)))
}

func allFiles(t testing.TB, l *Lake) (names []string) {
	t.Helper()
	for info, err := range l.store.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

// wantOnlyKept expects the files of the store to be those that are needed for
// what readers see, for the past that is kept, and for what is held.
func wantOnlyKept(t testing.TB, l *Lake) {
	t.Helper()
	kept, err := l.keptStates(ctx)
	if err != nil {
		t.Fatal(err)
	}
	needed := map[string]bool{}
	for _, k := range kept {
		mark := func(uri string) {
			file, _ := l.store.Name(uri)
			needed[file] = true
		}
		mark(k.location)
		loaded, err := l.loadPast(ctx, k.name, k.location)
		if err != nil {
			if k.current || k.snapshot != 0 {
				t.Errorf("%s: %v", k.location, err)
			}
			continue
		}
		for entry := range loaded.meta.PreviousFiles() {
			mark(entry.MetadataFile)
		}
		if k.snapshot == 0 {
			continue
		}
		for _, s := range (&reclaiming{lake: l}).of(k, loaded) {
			mark(s.ManifestList)
			files := storeIO{ctx, l.store}
			manifests, err := s.Manifests(files)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range manifests {
				mark(m.FilePath())
				for e, err := range m.Entries(files, true) {
					if err != nil {
						t.Fatal(err)
					}
					mark(e.DataFile().FilePath())
				}
			}
		}
	}
	there := map[string]bool{}
	for _, file := range allFiles(t, l) {
		there[file] = true
		if !needed[file] {
			t.Errorf("nobody needs %s", file)
		}
	}
	for file := range needed {
		if !there[file] && !strings.HasSuffix(file, ".metadata.json") {
			t.Errorf("missing: %s", file)
		}
	}
}

func TestWhatExpiresIsWhatIcebergSays(t *testing.T) {
	age := func(ms int64) *int64 { return &ms }
	few := func(n int) *int { return &n }
	// Snapshot n was made at n*10 and follows n-1, but for those of a side branch.
	line := func(parents map[int64]int64, ids ...int64) (out []table.Snapshot) {
		for _, id := range ids {
			s := table.Snapshot{SnapshotID: id, TimestampMs: id * 10}
			parent, given := parents[id]
			if !given {
				parent = id - 1
			}
			if parent > 0 {
				s.ParentSnapshotID = &parent
			}
			out = append(out, s)
		}
		return out
	}
	main := table.SnapshotRef{SnapshotID: 5, SnapshotRefType: table.BranchRef}
	for _, c := range []struct {
		what string
		r    retention
		t    timeline
		want []int64
		refs []string
	}{
		{"nothing is old", retention{100, 100, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main}}, nil, nil},
		{"by age", retention{25, 100, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main}}, []int64{1, 2, 3}, nil},
		{"by number", retention{0, 100, 2}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main}}, []int64{1, 2, 3}, nil},
		{"main says so itself", retention{100, 100, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{
			"main": {SnapshotID: 5, SnapshotRefType: table.BranchRef, MaxSnapshotAgeMs: age(0), MinSnapshotsToKeep: few(4)}}}, []int64{1}, nil},
		{"a tag keeps its own", retention{0, 100, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main,
			"tag": {SnapshotID: 2, SnapshotRefType: table.TagRef}}}, []int64{1, 3, 4}, nil},
		{"an old tag goes", retention{0, 25, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main,
			"tag": {SnapshotID: 2, SnapshotRefType: table.TagRef}}}, []int64{1, 2, 3, 4}, []string{"tag"}},
		{"a tag may be kept longer", retention{0, 25, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main,
			"tag": {SnapshotID: 2, SnapshotRefType: table.TagRef, MaxRefAgeMs: age(1000)}}}, []int64{1, 3, 4}, nil},
		{"main never goes", retention{0, 0, 1}, timeline{line(nil, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main}}, []int64{1, 2, 3, 4}, nil},
		{"a branch has its own past", retention{0, 100, 2}, timeline{line(map[int64]int64{4: 1}, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main,
			"side": {SnapshotID: 3, SnapshotRefType: table.BranchRef}}}, []int64{1}, nil},
		{"what no branch leads to goes by age", retention{35, 100, 1}, timeline{line(map[int64]int64{5: 1}, 1, 2, 3, 4, 5), map[string]table.SnapshotRef{"main": main}}, []int64{1, 2}, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, refs := c.r.expired(c.t, 55)
			if !slices.Equal(got, c.want) || !slices.Equal(refs, c.refs) {
				t.Errorf("snapshots %v, refs %v; want %v, %v", got, refs, c.want, c.refs)
			}
		})
	}
}

func TestATableKeepsWhatItsPropertiesOrTheLakeSay(t *testing.T) {
	for _, c := range []struct {
		what       string
		lake       Expiry
		properties map[string]string
		want       int
	}{
		{"nothing says anything", Expiry{}, nil, 6},
		{"the table", Expiry{}, keepOnly(3), 3},
		{"the lake", Expiry{MaxSnapshotAge: time.Millisecond, MinSnapshots: 6, MaxRefAge: time.Hour}, keepOnly(2), 2},
		{"five days are not over", Expiry{MinSnapshots: 2}, nil, 6},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := newLake(t)
			l.history = c.lake
			for n := range 6 {
				replaceAll(t, l, "o", n, c.properties)
			}
			if got := len(load(t, l, "o").Snapshots()); got != c.want {
				t.Errorf("%d snapshots, want %d", got, c.want)
			}
		})
	}
}

func TestATableOfAnEngineExpiresAsItAsks(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l)
	for n := range 4 {
		replaceAll(t, l, "main.o", n, nil)
	}
	l.history = Expiry{MaxSnapshotAge: time.Nanosecond, MinSnapshots: 1}
	next := func(id int64, more string) *Table {
		t.Helper()
		base := load(t, l, "main.o")
		s := base.meta.CurrentSnapshot()
		all, err := w.Alter(ctx, []TableUpdate{{Name: name("main.o"), Updates: json.RawMessage(fmt.Sprintf(
			`[%s {"action": "add-snapshot", "snapshot": {"snapshot-id": %d, "parent-snapshot-id": %d, "sequence-number": %d, "timestamp-ms": %d, "manifest-list": %q, "summary": {"operation": "append"}}},
			{"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": %d}]`,
			more, id, s.SnapshotID, s.SequenceNumber+1, s.TimestampMs, s.ManifestList, id))}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	if n := len(next(1, "").Snapshots()); n != 5 {
		t.Errorf("%d snapshots of a table that asked for nothing", n)
	}
	asks := `{"action": "set-properties", "updates": {"history.expire.max-snapshot-age-ms": "0", "history.expire.min-snapshots-to-keep": "2"}},`
	if n := len(next(2, asks).Snapshots()); n != 2 {
		t.Errorf("%d snapshots, want 2", n)
	}
	if n := len(next(3, "").Snapshots()); n != 2 {
		t.Errorf("%d snapshots, want 2", n)
	}
}
