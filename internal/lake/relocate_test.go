package lake

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

// movable is a lake whose warehouse can be moved.
type movable struct {
	t   *testing.T
	db  *metadb.DB
	dir string
}

func (m *movable) store() *local.Store {
	m.t.Helper()
	s, err := local.New(m.dir)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func (m *movable) open() *Lake { m.t.Helper(); return openLake(m.t, m.db, m.store()) }

func (m *movable) move(to string) {
	m.t.Helper()
	if err := os.Rename(m.dir, to); err != nil {
		m.t.Fatal(err)
	}
	m.dir = to
}

func (m *movable) relocate() Relocated {
	m.t.Helper()
	out, err := Relocate(ctx, Options{DB: m.db, Store: m.store()}, nil, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// everything reads all states of all tables.
func everything(t *testing.T, l *Lake, moments ...time.Time) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	now, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	views := map[string]*View{"now": now}
	for _, at := range moments {
		if views[at.String()], err = l.PinAt(ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	for when, v := range views {
		for _, e := range v.Entries() {
			table, err := v.Load(ctx, e.Name)
			if err != nil {
				t.Fatal(err)
			}
			key := when + " " + e.Name.String()
			if e.Kind == ViewEntry {
				out[key] = []string{table.ViewSQL()}
				continue
			}
			for _, s := range table.Snapshots() {
				out[key] = append(out[key], rowsAt(t, table, At{SnapshotID: s.ID})...)
			}
		}
	}
	return out
}

// newMovable makes tables with a past, a view, a table that was dropped, and a
// candidate that is held.
func newMovable(t *testing.T) (m *movable, past time.Time) {
	m = &movable{t: t, db: openDB(t), dir: filepath.Join(t.TempDir(), "a")}
	l := m.open()
	commit(t, l, stage(t, l, "shop.orders", Change{Op: Append, Schema: orders}, row(1), row(2)), stage(t, l, "gone", Change{Op: Append, Schema: orders}, row(9)))
	past = time.Now()
	base := load(t, l, "shop.orders")
	files, err := base.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, stage(t, l, "shop.orders", Change{Base: base, Op: Overwrite, Remove: []string{files[0].URI}}, row(3)))
	commit(t, l, stage(t, l, "shop.orders", Change{Base: load(t, l, "shop.orders"), Op: Append}, row(4)))
	s, err := l.NewStage(ctx, "run-1", "view", name("v"))
	if err != nil {
		t.Fatal(err)
	}
	view, err := s.BuildView(ctx, ViewChange{SQL: "select 'file://a' as place", Schema: columns(column("place", String))})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(ctx, Publication{Candidates: []*Candidate{view}, Drops: []Drop{{Name: name("gone"), Base: load(t, l, "gone").Location()}}}, nil); err != nil {
		t.Fatal(err)
	}
	held := stage(t, l, "shop.orders", Change{Base: load(t, l, "shop.orders"), Op: Append}, row(5))
	if err := l.Hold(ctx, []*Candidate{held}, "a test failed"); err != nil {
		t.Fatal(err)
	}
	return m, past
}

func TestAMovedLakeReadsAsBeforeOnceItIsRelocated(t *testing.T) {
	m, past := newMovable(t)
	want := everything(t, m.open(), past)
	for _, place := range []string{"b", "c d é", "a"} {
		from := m.dir
		m.move(filepath.Join(t.TempDir(), place))
		if _, err := Open(ctx, Options{DB: m.db, Store: m.store()}); err == nil || !strings.Contains(err.Error(), "--relocate") {
			t.Fatalf("the moved lake opens: %v", err)
		}
		out := m.relocate()
		if !strings.HasSuffix(out.From, from) || len(out.Lost) > 0 || out.Tables != 3 {
			t.Errorf("Relocate = %+v", out)
		}
		l := m.open()
		if diff := cmp.Diff(want, everything(t, l, past)); diff != "" {
			t.Errorf("at %s: %s", place, diff)
		}
		nothingNames(t, l, from)
		wantNoOrphans(t, l, func(string) bool { return false })
		if again := m.relocate(); again.From != again.To || again.Files != 0 {
			t.Errorf("relocated again: %+v", again)
		}
	}
	l := m.open()
	commit(t, l, stage(t, l, "shop.orders", Change{Base: load(t, l, "shop.orders"), Op: Append}, row(6)))
	wantRows(t, load(t, l, "shop.orders"), At{}, row(2), row(3), row(4), row(6))
	wantNoOrphans(t, l, func(string) bool { return false })
}

// nothingNames fails where a file of metadata names a place, but for those that
// wait to be swept with what is held.
func nothingNames(t *testing.T, l *Lake, place string) {
	t.Helper()
	if _, err := l.Sweep(ctx, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	var waiting []string
	if err := l.db.View(ctx, func(tx metadb.Tx) error {
		rows, err := stages(ctx, tx, `true`)
		for _, r := range rows {
			waiting = append(waiting, r.Spare...)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for info, err := range l.store.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(waiting, info.Name) {
			continue
		}
		path, _ := l.store.LocalPath(info.Name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), place+"/") {
			t.Errorf("%s names %s", info.Name, place)
		}
	}
}

func TestARelocationThatWasBrokenOffGoesOn(t *testing.T) {
	m, past := newMovable(t)
	want := everything(t, m.open(), past)
	m.move(filepath.Join(t.TempDir(), "b"))
	broken := errors.New("the process died")
	_, err := Relocate(ctx, Options{DB: m.db, Store: m.store()}, func(metadb.Tx, func(string) string) error { return broken }, nil)
	if !errors.Is(err, broken) {
		t.Fatalf("Relocate = %v", err)
	}
	if _, err := Open(ctx, Options{DB: m.db, Store: m.store()}); err == nil {
		t.Fatal("half a relocation counts")
	}
	if out := m.relocate(); out.Files != 0 || out.Tables != 3 {
		t.Errorf("the second attempt wrote files again that were there: %+v", out)
	}
	l := m.open()
	if diff := cmp.Diff(want, everything(t, l, past)); diff != "" {
		t.Error(diff)
	}
	wantNoOrphans(t, l, func(string) bool { return false })
}

func TestWhatIsLostOfAMovedLakeIsTold(t *testing.T) {
	m, _ := newMovable(t)
	l := m.open()
	orders := load(t, l, "shop.orders")
	list, _ := l.store.Name(orders.meta.Snapshots()[0].ManifestList)
	if err := os.Truncate(filepath.Join(m.dir, list), 100); err != nil {
		t.Fatal(err)
	}
	view := load(t, l, "v")
	gone, _ := l.store.Name(view.Location())
	if err := os.Remove(filepath.Join(m.dir, gone)); err != nil {
		t.Fatal(err)
	}
	m.move(filepath.Join(t.TempDir(), "b"))
	var told []string
	for _, lost := range m.relocate().Lost {
		told = append(told, lost.Table.String()+" "+strings.TrimPrefix(lost.File, m.store().URI("")+"/"))
	}
	if diff := cmp.Diff([]string{"main.v " + gone, "shop.orders " + list}, told); diff != "" {
		t.Error(diff)
	}
	l = m.open()
	wantRows(t, load(t, l, "shop.orders"), At{}, row(2), row(3), row(4))
	v, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Load(ctx, name("v")); err == nil || !strings.Contains(err.Error(), m.dir+"/"+gone) {
		t.Errorf("the lost view: %v", err)
	}
}
