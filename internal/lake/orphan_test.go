package lake

import (
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// wantNoOrphans sweeps and then expects every file of the store to be needed:
// reachable from a metadata file that the journal or the catalog names, or
// below a prefix of a stage that is still in the making.
func wantNoOrphans(t testing.TB, l *Lake, live func(string) bool) {
	t.Helper()
	if _, err := l.Sweep(ctx, live); err != nil {
		t.Fatal(err)
	}
	var rows []stageRow
	if err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
		rows, err = stages(ctx, tx, `true`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	needed := map[string]bool{}
	var making, others []string
	for _, id := range theirs(t, l) {
		others = append(others, "/"+id+"/")
	}
	for _, r := range rows {
		switch r.State {
		case stateCommitted, stateHeld:
			reach(t, l, r, needed)
		case stateOpen, stateCandidate:
			making = append(making, r.DataPrefix+"/", r.MetadataPrefix+"/")
		default:
			t.Errorf("a %s stage was not swept", r.State)
		}
		for _, spare := range r.Spare {
			if r.State == stateHeld {
				needed[spare] = true
			} else if r.State == stateCommitted {
				t.Errorf("spare file %s was not swept", spare)
			}
		}
	}
	for info, err := range l.store.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		inMaking := slices.ContainsFunc(making, func(p string) bool { return strings.HasPrefix(info.Name, p) })
		isTheirs := slices.ContainsFunc(others, func(p string) bool { return strings.Contains(info.Name, p) })
		if !needed[info.Name] && !inMaking && !isTheirs {
			t.Errorf("orphan: %s", info.Name)
		}
		delete(needed, info.Name)
	}
	for file := range needed {
		t.Errorf("missing: %s", file)
	}
}

// reach marks the files that a stage's metadata file needs and that lie in the
// stage.
func reach(t testing.TB, l *Lake, r stageRow, needed map[string]bool) {
	t.Helper()
	mark := func(uri string) {
		file, found := l.store.Name(uri)
		if !found {
			t.Errorf("%s is outside the store", uri)
		}
		needed[file] = true
	}
	mark(r.Location)
	if r.Kind == ViewEntry {
		return
	}
	table, err := l.LoadAt(ctx, r.Name, r.Kind, r.Location)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := table.meta.CurrentSnapshot()
	if snapshot == nil {
		return
	}
	mark(snapshot.ManifestList)
	files := storeIO{ctx, l.store}
	manifests, err := snapshot.Manifests(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range manifests {
		mark(m.FilePath())
		for e, err := range m.Entries(files, false) {
			if err != nil {
				t.Fatal(err)
			}
			mark(e.DataFile().FilePath())
		}
	}
}
