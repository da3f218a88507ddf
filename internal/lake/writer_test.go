package lake

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

const draftSchema = `{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"long"}]}`

// set is an update that gives a table a property.
func set(table, key, value string) TableUpdate {
	return TableUpdate{Name: name(table), Requirements: json.RawMessage(`[]`),
		Updates: json.RawMessage(fmt.Sprintf(`[{"action":"set-properties","updates":{%q:%q}}]`, key, value))}
}

// newWriter returns a writer of a lake that has a table for each name.
func newWriter(t testing.TB, l *Lake, tables ...string) *Writer {
	t.Helper()
	w := l.Writer(Writer{Run: "server"})
	for _, table := range tables {
		if err := l.CreateNamespace(ctx, name(table).Namespace, nil, nil); err != nil && !errors.Is(err, ErrExists) {
			t.Fatal(err)
		}
		if _, err := w.Create(ctx, NewTable{Name: name(table), Schema: json.RawMessage(draftSchema)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// Writers of one process take turns, those of two find out and try again: each
// change lands once, those of two tables together.
func TestChangesOfManyWritersLandEachOnce(t *testing.T) {
	db, store := openDB(t), mem.New()
	one := newWriter(t, openLake(t, db, store), "o", "p")
	two := openLake(t, db, store).Writer(Writer{Run: "another"})
	const writers, changes = 4, 10
	var all sync.WaitGroup
	for i := range writers {
		w := []*Writer{one, two}[i%2]
		all.Go(func() {
			for j := range changes {
				key := fmt.Sprintf("k%d_%d", i, j)
				if _, err := w.Alter(ctx, []TableUpdate{set("o", key, "v"), set("p", key, "v")}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, table := range []string{"o", "p"} {
		if got := load(t, one.lake, table).Properties(); len(got) != writers*changes {
			t.Errorf("%s has %d changes of %d", table, len(got), writers*changes)
		}
	}
	wantNoOrphans(t, one.lake, func(string) bool { return false })
}

// Whatever operation of the store fails, or is the last of its process, readers
// see the old state or the new, of both tables.
func TestAChangeThatFailsAtAnyOperationLeavesTheOldStateOrTheNew(t *testing.T) {
	db, below := openDB(t), mem.New()
	clean := openLake(t, db, below)
	newWriter(t, clean, "o", "p")
	store, err := fault.New(below)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range []string{"crash", "EIO"} {
		for n, reached := 1, true; reached; n++ {
			w := openLake(t, db, store).Writer(Writer{Run: "server"})
			if err := store.Set(fmt.Sprintf("* . %dth -> %s", n, failure)); err != nil {
				t.Fatal(err)
			}
			value := fmt.Sprintf("%s %d", failure, n)
			_, err := w.Alter(ctx, []TableUpdate{set("o", "k", value), set("p", "k", value)}, nil)
			reached = len(store.Trace()) >= n
			if err := store.Set(); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"o", "p"} {
				if got := load(t, clean, table).Properties()["k"]; (got == value) != (err == nil) {
					t.Errorf("%s: %v, and %s has %q", value, err, table, got)
				}
			}
		}
	}
	wantNoOrphans(t, openLake(t, db, below), func(string) bool { return false })
}

// What belongs to a change fails with it and makes it fail.
func TestWhatComesAfterAChangeIsPartOfIt(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "o")
	broken := errors.New("broken")
	_, err := w.Alter(ctx, []TableUpdate{set("o", "k", "v")}, func(metadb.Tx, []*Table) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("the change ended with %v", err)
	}
	if got := load(t, l, "o").Properties(); len(got) != 0 {
		t.Errorf("the table has %v", got)
	}
	wantNoOrphans(t, l, func(string) bool { return true })
}

func TestAPurgeLeavesNothingOfTheTable(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "o", "p")
	if _, err := w.Alter(ctx, []TableUpdate{set("o", "k", "v")}, nil); err != nil {
		t.Fatal(err)
	}
	folder, inside := l.folder(load(t, l, "o").home())
	if !inside {
		t.Fatal("the table is not in the warehouse")
	}
	before := time.Now()
	if err := w.Remove(ctx, TableEntry, name("o"), true, nil); err != nil {
		t.Fatal(err)
	}
	for info, err := range l.store.List(ctx, folder) {
		t.Errorf("left: %s %v", info.Name, err)
	}
	past, err := l.PinAt(ctx, before)
	if err != nil {
		t.Fatal(err)
	}
	if _, found := past.Entry(name("o")); found {
		t.Error("the table has a past")
	}
	load(t, l, "p")
	wantNoOrphans(t, l, func(string) bool { return false })
}

// What Tarn built and dropped stays in the history; a purge takes what was
// written in all its stages.
func TestAPurgeOfATableThatTarnBuilds(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append, Schema: orders}, row(2)))
	if err := l.Writer(Writer{}).Remove(ctx, TableEntry, name("o"), true, nil); err != nil {
		t.Fatal(err)
	}
	for info, err := range l.store.List(ctx, "") {
		t.Errorf("left: %s %v", info.Name, err)
	}
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(3)))
	wantRows(t, load(t, l, "o"), At{}, row(3))
}

// A table that lies where a purge would remove files stops it.
func TestAPurgeSparesTheNeighbours(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "o")
	if err := w.Rename(ctx, TableEntry, name("o"), name("q"), nil); err != nil {
		t.Fatal(err)
	}
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	inside := strings.TrimSuffix(load(t, l, "q").home(), "/")
	_, err := w.Create(ctx, NewTable{Name: name("r"), Location: inside + "/r", Schema: json.RawMessage(draftSchema)}, nil)
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("a table in another's folder: %v", err)
	}
	if err := w.Remove(ctx, TableEntry, name("q"), true, nil); err != nil {
		t.Fatal(err)
	}
	wantRows(t, load(t, l, "o"), At{}, row(1))
	wantNoOrphans(t, l, func(string) bool { return false })
}

// A name that was renamed is found as it was, where somebody asks for the past.
func TestARenamedTableHasItsPast(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "o")
	before := time.Now()
	if err := w.Rename(ctx, TableEntry, name("o"), name("q"), nil); err != nil {
		t.Fatal(err)
	}
	past, err := l.PinAt(ctx, before)
	if err != nil {
		t.Fatal(err)
	}
	_, old := past.Entry(name("o"))
	_, young := past.Entry(name("q"))
	if !old || young {
		t.Errorf("before the renaming there was o: %v, q: %v", old, young)
	}
	wantRows(t, load(t, l, "q"), At{})
}

// What a purge leaves to rows of an earlier process is swept.
func TestAWriterThatIsGoneLeavesNothing(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "o")
	base := load(t, l, "o")
	c, _, err := w.propose(ctx, revision{name: name("o"), kind: TableEntry}, base, state{table: base.meta})
	if err != nil {
		t.Fatal(err)
	}
	wantNoOrphans(t, l, func(string) bool { return false })
	if err := l.Commit(ctx, []*Candidate{c}, nil); !errors.Is(err, ErrStageGone) {
		t.Errorf("a candidate that was swept: %v", err)
	}
}

// A job that asks for a place outside the warehouse is refused, or has one
// inside where the settings say so; what climbs is refused in any case.
func TestPlacesOutsideTheWarehouse(t *testing.T) {
	l := newLocalLake(t)
	newWriter(t, l, "o")
	for _, c := range []struct {
		location string
		assign   bool
		want     error
	}{
		{"s3://bucket/x", false, ErrInvalid}, {"s3://bucket/x", true, nil}, {"file:/tmp/x", true, nil},
		{"file:///tmp/../etc", true, ErrInvalid}, {l.store.URI("main/../../x"), true, ErrInvalid},
	} {
		w := l.Writer(Writer{Run: "server", AssignPlaces: c.assign})
		draft, err := w.Draft(ctx, NewTable{Name: name("x"), Location: c.location, Schema: json.RawMessage(draftSchema)})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.location, err, c.want)
			continue
		}
		var meta struct{ Location string }
		if err == nil && (json.Unmarshal(draft, &meta) != nil || !strings.HasPrefix(meta.Location, l.store.URI(""))) {
			t.Errorf("%s became %s", c.location, meta.Location)
		}
	}
}

// Engines on this machine find the folders of a table that they are to fill.
func TestADraftHasFolders(t *testing.T) {
	l := newLocalLake(t)
	draft, err := newWriter(t, l, "o").Draft(ctx, NewTable{Name: name("x"), Schema: json.RawMessage(draftSchema)})
	if err != nil {
		t.Fatal(err)
	}
	var meta struct{ Location string }
	if err := json.Unmarshal(draft, &meta); err != nil {
		t.Fatal(err)
	}
	folder, _ := l.folder(meta.Location)
	for _, part := range []string{"/data", "/metadata"} {
		path, _ := l.store.LocalPath(folder + part)
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", part, err)
		}
	}
	if _, err := l.Find(ctx, name("x")); err != nil {
		t.Error(err)
	}
}
