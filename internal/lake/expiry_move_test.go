package lake

import (
	"testing"
	"time"
)

// A past of which a part has expired is neither lost when the lake moves nor
// missing in a backup, and what was still to be removed is removed after.
func TestAnExpiredPastIsNotMissedAnywhere(t *testing.T) {
	m := &movable{t: t, db: openDB(t), dir: t.TempDir() + "/a"}
	l := m.open()
	for n := range 5 {
		replaceAll(t, l, "o", n, keepOnly(2))
	}
	if out, err := l.Reclaim(ctx, time.Now()); err != nil || out.Snapshots != 3 {
		t.Fatalf("%+v, %v", out, err)
	}
	for n := range 2 {
		replaceAll(t, l, "o", 5+n, nil)
	}
	seen := func() {
		t.Helper()
		for n, err := range Reach(ctx, Options{DB: m.db, Store: m.store()}) {
			if err == nil {
				err = n.Err
			}
			if err == nil {
				_, err = m.store().Stat(ctx, n.Name)
			}
			if err != nil {
				t.Errorf("%s: %v", n.URI, err)
			}
		}
	}
	seen()
	m.move(t.TempDir() + "/b")
	if out := m.relocate(); len(out.Lost) > 0 {
		t.Errorf("lost %v", out.Lost)
	}
	l = m.open()
	wantRows(t, load(t, l, "o"), At{}, row(6))
	if _, err := l.Sweep(ctx, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if out, err := l.Reclaim(ctx, time.Now()); err != nil || out.Snapshots != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	seen()
	wantRows(t, load(t, l, "o"), At{}, row(6))
	wantOnlyKept(t, l)
}
