package lake

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

func newName() string { return uuid.NewString() }

func openDB(t testing.TB) *metadb.DB {
	t.Helper()
	return metadbtest.Open(t, t.TempDir(), "catalog.db")
}

func openLake(t testing.TB, db *metadb.DB, store objstore.Store) *Lake {
	t.Helper()
	o := Options{DB: db, Store: store}
	if withREST(t) {
		o.Outside = outsideFor(t, db, store)
	}
	l, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newLake(t testing.TB) *Lake { t.Helper(); return openLake(t, openDB(t), mem.New()) }

func newLocalLake(t testing.TB) *Lake {
	t.Helper()
	store, err := local.New(filepath.Join(t.TempDir(), "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	return openLake(t, openDB(t), store)
}

func name(s string) ident.Table {
	t, err := ident.ParseTable(s)
	if err != nil {
		panic(err)
	}
	return t
}

// column makes a field without an id.
func column(name string, kind Kind) Field { return Field{Name: name, Type: TypeOf(kind)} }

func columns(fields ...Field) Schema { return Schema{Fields: fields} }

var orders = columns(column("id", Long), column("country", String))

// stage builds a change of one table with the given rows, one file each.
func stage(t testing.TB, l *Lake, table string, c Change, files ...string) *Candidate {
	t.Helper()
	s, err := l.NewStage(ctx, "run-1", "step-1", name(table))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Schema.Fields) == 0 && c.Base != nil {
		c.Schema = c.Base.Schema()
	}
	c.Schema = l.AssignIDs(c.Base, c.Schema)
	for _, rows := range files {
		c.Files = append(c.Files, writeData(t, s, c.Schema, rows))
	}
	candidate, err := s.Build(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return candidate
}

func commit(t testing.TB, l *Lake, candidates ...*Candidate) {
	t.Helper()
	if err := l.Commit(ctx, candidates, nil); err != nil {
		t.Fatal(err)
	}
}

// load returns the current state of a table, nil when there is none.
func load(t testing.TB, l *Lake, table string) *Table {
	t.Helper()
	v, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := v.Load(ctx, name(table))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func rowsAt(t testing.TB, table *Table, at At, predicates ...Predicate) []string {
	t.Helper()
	files, err := table.Files(ctx, at, predicates)
	if err != nil {
		t.Fatal(err)
	}
	return readRows(t, table.lake, files)
}

func wantRows(t testing.TB, table *Table, at At, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, rowsAt(t, table, at)); diff != "" {
		t.Errorf("%s at %+v: %s", table.Name(), at, diff)
	}
}

func TestACandidateIsSeenByNobodyUntilItIsCommitted(t *testing.T) {
	l := newLake(t)
	c := stage(t, l, "shop.orders", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`)
	if got := load(t, l, "shop.orders"); got != nil {
		t.Fatalf("before the commit there is %v", got)
	}
	candidate, err := l.LoadAt(ctx, c.Name, c.Kind, c.Location)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, candidate, At{}, `{"country":"FR","id":1}`)
	commit(t, l, c)
	wantRows(t, load(t, l, "SHOP.Orders"), At{}, `{"country":"FR","id":1}`)
}

func TestNotFoundNamesWhatIsNear(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "shop.orders", Change{Op: Append, Schema: orders}))
	v, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.Load(ctx, name("shop.ordres"))
	var p *diag.Problem
	if !errors.Is(err, ErrNotFound) || !errors.As(err, &p) || !strings.Contains(p.Hint, "shop.orders") {
		t.Errorf("Load = %v", err)
	}
}

func TestAMovedLakeIsRefused(t *testing.T) {
	db := openDB(t)
	for _, folder := range []string{"a", "b"} {
		store, err := local.New(filepath.Join(t.TempDir(), folder))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(ctx, Options{DB: db, Store: store})
		var p *diag.Problem
		if moved := errors.As(err, &p) && p.Code == "lake-moved" && strings.Contains(p.Hint, "move it back"); moved != (folder == "b") {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

func TestABrokenTableLeavesTheOthersReadable(t *testing.T) {
	l := newLake(t)
	good := stage(t, l, "shop.good", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`)
	bad := stage(t, l, "shop.bad", Change{Op: Append, Schema: orders}, `{"id": 2, "country": "FR"}`)
	commit(t, l, good, bad)
	file, _ := l.store.Name(bad.Location)
	for _, damage := range []string{"missing", "corrupt"} {
		if err := l.store.Delete(ctx, file); err != nil {
			t.Fatal(err)
		}
		if damage == "corrupt" {
			if err := objstore.WriteAll(ctx, l.store, file, []byte(`{"format-version": 2, "table`)); err != nil {
				t.Fatal(err)
			}
		}
		l.cache = newCache[*Table](cachedMetadata)
		v, err := l.Pin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.Load(ctx, bad.Name)
		if err == nil || !strings.Contains(err.Error(), "shop.bad") || !strings.Contains(err.Error(), bad.Location) {
			t.Errorf("%s: %v", damage, err)
		}
		wantRows(t, load(t, l, "shop.good"), At{}, `{"country":"FR","id":1}`)
	}
}
