package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// origin is a lake of views, which take no data.
type origin struct {
	t     *testing.T
	dir   string
	lake  *lake.Lake
	store objstore.Store
	Source
}

func newOrigin(t *testing.T) *origin {
	t.Helper()
	o := &origin{t: t, dir: t.TempDir()}
	store, err := local.New(filepath.Join(o.dir, "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	o.store = store
	o.Source = Source{Catalog: o.database("catalog.db"), State: o.database("state.db"), Warehouse: store, Program: "test"}
	if o.lake, err = lake.Open(t.Context(), lake.Options{DB: o.Catalog, Store: store}); err != nil {
		t.Fatal(err)
	}
	if err := o.State.Migrate(t.Context(), "notes", fstest.MapFS{"00001_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE note (n INTEGER);\n-- +goose Down\n")}}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *origin) database(name string) *metadb.DB {
	o.t.Helper()
	db, err := metadb.Open(o.t.Context(), filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			o.t.Error(err)
		}
	})
	return db
}

// view makes a state of a view and publishes it, or holds it.
func (o *origin) view(name, sql string, hold bool) {
	o.t.Helper()
	ctx := o.t.Context()
	table := ident.Table{Namespace: "main", Name: name}
	base, err := o.lake.Find(ctx, table)
	if err != nil {
		o.t.Fatal(err)
	}
	s, err := o.lake.NewStage(ctx, "run", name, table)
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := s.BuildView(ctx, lake.ViewChange{Base: base, SQL: sql, Schema: lake.Schema{Fields: []lake.Field{{Name: "n", Type: lake.TypeOf(lake.Long)}}}})
	if err != nil {
		o.t.Fatal(err)
	}
	if hold {
		err = o.lake.Hold(ctx, []*lake.Candidate{c}, "a test failed")
	} else {
		err = o.lake.Commit(ctx, []*lake.Candidate{c}, nil)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// place is where a lake is restored.
func place(t *testing.T) Target {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lake")
	store, err := local.New(filepath.Join(dir, "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	to := Target{Dir: dir, Catalog: filepath.Join(dir, "catalog.db"), State: filepath.Join(dir, "state.db"), Warehouse: store}
	to.Relocate = func(ctx context.Context) error {
		db, err := metadb.Open(ctx, to.Catalog)
		if err != nil {
			return err
		}
		_, err = lake.Relocate(ctx, lake.Options{DB: db, Store: store}, nil, nil)
		return errors.Join(err, db.Close())
	}
	return to
}

// shown is what the views of a restored lake say.
func shown(t *testing.T, to Target) string {
	t.Helper()
	db, err := metadb.Open(t.Context(), to.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: to.Warehouse})
	if err != nil {
		t.Fatal(err)
	}
	v, err := l.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range v.Entries() {
		table, err := v.Load(t.Context(), e.Name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e.Name.Name+": "+table.ViewSQL())
	}
	return strings.Join(out, "; ")
}

func TestABackupIsOfOneMomentWhileOthersWrite(t *testing.T) {
	o := newOrigin(t)
	o.view("a", "select 1", false)
	target := filepath.Join(t.TempDir(), "copies")
	written := false
	o.Warehouse = &during{Store: o.store, do: func() {
		if !written {
			written = true
			o.view("a", "select 2", false)
			o.view("b", "select 3", false)
		}
	}}
	m, err := Make(t.Context(), o.Source, target, true, nil)
	if err != nil || len(m.Missing) > 0 || !written {
		t.Fatalf("Make = %+v, %v", m, err)
	}
	to := place(t)
	if r, err := Restore(t.Context(), target, to, nil); err != nil || len(r.Missing) > 0 {
		t.Fatalf("Restore = %+v, %v", r, err)
	}
	if got := shown(t, to); got != "a: select 1" {
		t.Errorf("the restored lake shows %s", got)
	}
}

// during does something each time when a file is looked for.
type during struct {
	objstore.Store
	do func()
}

func (d *during) Stat(ctx context.Context, name string) (objstore.Info, error) {
	d.do()
	return d.Store.Stat(ctx, name)
}

func TestFilesThatACleanRemovesMeanwhileAreTold(t *testing.T) {
	o := newOrigin(t)
	o.view("a", "select 1", false)
	o.view("a", "select 2", true)
	o.Warehouse = &opening{Store: o.store, do: func() {
		o.view("a", "select 3", false) // what was held is dropped
		if _, err := o.lake.Sweep(t.Context(), func(string) bool { return false }); err != nil {
			t.Error(err)
		}
	}}
	m, err := Make(t.Context(), o.Source, filepath.Join(t.TempDir(), "copies"), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Missing) != 1 || m.Missing[0].Current || m.Missing[0].Table.Name != "a" || !strings.Contains(m.Missing[0].Why, "while the backup was made") {
		t.Errorf("missing: %+v", m.Missing)
	}
}

// opening does something when a copied file is about to be opened: after all
// were looked for.
type opening struct {
	objstore.Store
	looked int
	once   sync.Once // others wait until it is done
	do     func()
}

func (o *opening) Stat(ctx context.Context, name string) (objstore.Info, error) {
	o.looked++
	return o.Store.Stat(ctx, name)
}

func (o *opening) Open(ctx context.Context, name string) (objstore.File, error) {
	if o.looked == 2 {
		o.once.Do(o.do)
	}
	return o.Store.Open(ctx, name)
}

func TestWhatIsMissingOrDamagedIsToldByTable(t *testing.T) {
	o := newOrigin(t)
	o.view("good", "select 1", false)
	o.view("gone", "select 1", false)
	o.view("broken", "select 1", false)
	for _, name := range []string{"gone", "broken"} {
		table, err := o.lake.Find(t.Context(), ident.Table{Namespace: "main", Name: name})
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(table.Location(), "file://")
		if name == "gone" {
			err = os.Remove(path)
		} else {
			err = os.Truncate(path, 10)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	target := filepath.Join(t.TempDir(), "copies")
	m, err := Make(t.Context(), o.Source, target, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, missing := range m.Missing {
		if !missing.Current || missing.Problem().Error() == "" {
			t.Errorf("%+v", missing)
		}
		told = append(told, missing.Table.Name+" "+strings.Fields(missing.Why)[1])
	}
	if got := strings.Join(told, ", "); got != "broken cannot, gone is" {
		t.Errorf("told: %s", got)
	}
	to := place(t)
	if r, err := Restore(t.Context(), target, to, nil); err != nil || len(r.Missing) != 2 {
		t.Errorf("Restore = %+v, %v", r, err)
	}
}

func TestABackupThatFailsIsNoneAndTheOldOneStays(t *testing.T) {
	o := newOrigin(t)
	o.view("a", "select 1", false)
	target := filepath.Join(t.TempDir(), "copies")
	if _, err := Make(t.Context(), o.Source, target, true, nil); err != nil {
		t.Fatal(err)
	}
	first, _, err := Open(target)
	if err != nil {
		t.Fatal(err)
	}
	o.view("a", "select 2", false)
	// The catalog's states are looked at first, and then copied.
	failing, err := fault.New(o.store, "open json 5th+ -> EIO")
	if err != nil {
		t.Fatal(err)
	}
	o.Warehouse = failing
	if _, err := Make(t.Context(), o.Source, target, true, nil); !errors.Is(err, syscall.EIO) {
		t.Errorf("Make = %v", err)
	}
	if m, _, err := Open(target); err != nil || m.ID != first.ID {
		t.Errorf("Open = %+v, %v", m, err)
	}
	o.Warehouse = o.store
	second, err := Make(t.Context(), o.Source, target, true, nil)
	if m, _, err2 := Open(target); err != nil || err2 != nil || m.ID != second.ID {
		t.Errorf("Make = %v, Open = %+v, %v", err, m, err2)
	}
	entries, err := os.ReadDir(target)
	if err != nil || len(entries) != 3 {
		t.Errorf("there are %v, %v", entries, err)
	}
}

func TestAFullDiskEndsARestoreThatTheNextOneDoes(t *testing.T) {
	o := newOrigin(t)
	o.view("a", "select 1", false)
	target := filepath.Join(t.TempDir(), "copies")
	if _, err := Make(t.Context(), o.Source, target, true, nil); err != nil {
		t.Fatal(err)
	}
	to := place(t)
	disk := to.Warehouse
	full, err := fault.New(disk, "write json -> ENOSPC")
	if err != nil {
		t.Fatal(err)
	}
	to.Warehouse = full
	if _, err := Restore(t.Context(), target, to, nil); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), ".metadata.json") {
		t.Errorf("Restore = %v", err)
	}
	to.Warehouse = disk
	if _, err := Restore(t.Context(), target, to, nil); err != nil {
		t.Fatal(err)
	}
	if got := shown(t, to); got != "a: select 1" {
		t.Errorf("the restored lake shows %s", got)
	}
}

func TestARestoreThatWasBrokenOffIsDoneByTheNext(t *testing.T) {
	o := newOrigin(t)
	o.view("a", "select 1", false)
	target := filepath.Join(t.TempDir(), "copies")
	if _, err := Make(t.Context(), o.Source, target, true, nil); err != nil {
		t.Fatal(err)
	}
	to := place(t)
	relocate, died := to.Relocate, errors.New("the process died")
	to.Relocate = func(context.Context) error { return died }
	if _, err := Restore(t.Context(), target, to, nil); !errors.Is(err, died) {
		t.Fatalf("Restore = %v", err)
	}
	if err := Unfinished(to.Dir); err == nil || !strings.Contains(err.Error(), "tarn restore "+target) {
		t.Errorf("Unfinished = %v", err)
	}
	to.Relocate = relocate
	if _, err := Restore(t.Context(), target, to, nil); err != nil {
		t.Fatal(err)
	}
	if got := shown(t, to); got != "a: select 1" || Unfinished(to.Dir) != nil {
		t.Errorf("the restored lake shows %s, %v", got, Unfinished(to.Dir))
	}
	if _, err := Restore(t.Context(), target, to, nil); err == nil || !strings.Contains(err.Error(), "lake-there") {
		t.Errorf("a lake that is there is replaced: %v", err)
	}
}
