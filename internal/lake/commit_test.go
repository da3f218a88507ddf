package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

func row(id int) string { return fmt.Sprintf(`{"country":"FR","id":%d}`, id) }

func TestAConflictNamesTheTableAndWhoMovedIt(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}))
	base := load(t, l, "o")
	late := stage(t, l, "o", Change{Base: base, Op: Replace, Schema: orders}, row(1))
	other := stage(t, l, "p", Change{Op: Append, Schema: orders}, row(1))
	commit(t, l, stage(t, l, "o", Change{Base: base, Op: Replace, Schema: orders}, row(2)))
	called := false
	err := l.Commit(ctx, []*Candidate{other, late}, func(metadb.Tx) error { called = true; return nil })
	var conflict *ConflictError
	if !errors.Is(err, ErrConflict) || !errors.As(err, &conflict) {
		t.Fatalf("Commit = %v", err)
	}
	if conflict.Table != name("o") || conflict.Run != "run-1" || conflict.Step != "step-1" || called {
		t.Errorf("%v, called %v", conflict, called)
	}
	if load(t, l, "p") != nil {
		t.Error("half of the commit happened")
	}
	wantRows(t, load(t, l, "o"), At{}, row(2))

	again := stage(t, l, "O", Change{Op: Append, Schema: orders}, row(1))
	if err := l.Commit(ctx, []*Candidate{again}, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("a name that differs by case was created: %v", err)
	}
}

func TestWhatBelongsToACommitHappensWithItOrNotAtAll(t *testing.T) {
	l := newLake(t)
	if err := l.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE ledger (x INTEGER)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	entry := func(fail error) func(metadb.Tx) error {
		return func(tx metadb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO ledger VALUES (1)`)
			return errors.Join(err, fail)
		}
	}
	count := func() (n int) {
		if err := l.db.View(ctx, func(tx metadb.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM ledger`).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	c := stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1))
	full := errors.New("the ledger is full")
	if err := l.Commit(ctx, []*Candidate{c}, entry(full)); !errors.Is(err, full) {
		t.Fatalf("Commit = %v", err)
	}
	if load(t, l, "o") != nil || count() != 0 {
		t.Error("something of the failed commit is there")
	}
	if err := l.Commit(ctx, []*Candidate{c}, entry(nil)); err != nil {
		t.Fatal(err)
	}
	if load(t, l, "o") == nil || count() != 1 {
		t.Error("something of the commit is missing")
	}
	if err := l.Commit(ctx, []*Candidate{c}, entry(nil)); !errors.Is(err, ErrConflict) || count() != 1 {
		t.Errorf("a second commit = %v", err)
	}
}

func TestConcurrentAppendsAllLandOnce(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}))
	base := load(t, l, "o")
	const writers, each = 8, 2
	candidates := make([][]*Candidate, writers)
	var want []string
	for w := range candidates {
		for i := range each {
			id := w*each + i
			candidates[w] = append(candidates[w], stage(t, l, "o", Change{Base: base, Op: Append}, row(id)))
			want = append(want, row(id))
		}
	}
	var wg sync.WaitGroup
	for _, own := range candidates {
		wg.Go(func() {
			for _, c := range own {
				if err := l.Commit(ctx, []*Candidate{c}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	now := load(t, l, "o")
	got := rowsAt(t, now, At{})
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(now.Snapshots()); n != 1+writers*each {
		t.Errorf("%d snapshots", n)
	}
	if s := now.Current().Summary; s["total-records"] != "16" || s["total-data-files"] != "16" || s["added-records"] != "1" {
		t.Errorf("summary %v", s)
	}
	wantNoOrphans(t, l, func(string) bool { return false })
}

func TestAnAppendMovesAlongOnlyWhereItFits(t *testing.T) {
	wide := Schema{Fields: append(cloneFields(orders.Fields), column("note", String))}
	other := Schema{Fields: append(cloneFields(orders.Fields), column("price", String))}
	typed := Schema{Fields: append(cloneFields(orders.Fields), column("note", Long))}
	for _, c := range []struct {
		what  string
		mine  Schema // of the append
		moved Change // what came in between
		want  string // the schema after, "" for a conflict
	}{
		{"another append", orders, Change{Op: Append}, "id country"},
		{"they evolved", orders, Change{Op: Append, Schema: wide}, "id country note"},
		{"I evolved", wide, Change{Op: Append}, "id country note"},
		{"both evolved alike", wide, Change{Op: Append, Schema: wide}, "id country note"},
		{"both evolved, to other columns", wide, Change{Op: Append, Schema: other}, ""},
		{"both evolved, to other types", wide, Change{Op: Append, Schema: typed}, ""},
		{"replaced by the same columns", orders, Change{Op: Replace, Schema: orders}, "id country"},
		{"replaced by fewer columns", orders, Change{Op: Replace, Schema: columns(column("id", Long))}, ""},
		{"replaced by another type", orders, Change{Op: Replace, Schema: columns(column("id", String), column("country", String))}, ""},
		{"repartitioned", orders, Change{Op: Replace, Schema: orders, Partition: []PartitionField{{Column: "id", Transform: "bucket[4]"}}}, "id country"},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := newLake(t)
			commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}))
			base := load(t, l, "o")
			late := stage(t, l, "o", Change{Base: base, Op: Append, Schema: c.mine}, `{"id": 7, "country": "FR"}`)
			c.moved.Base = base
			commit(t, l, stage(t, l, "o", c.moved))
			err := l.Commit(ctx, []*Candidate{late}, nil)
			if c.want == "" {
				if !errors.Is(err, ErrConflict) {
					t.Fatalf("Commit = %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			now := load(t, l, "o")
			if got := fmt.Sprint(now.Schema().Names()); got != "["+c.want+"]" {
				t.Errorf("columns %s", got)
			}
			if rows := rowsAt(t, now, At{}); len(rows) != 1 {
				t.Errorf("rows %v", rows)
			}
			if late.Location != now.Location() {
				t.Error("the candidate was not updated")
			}
			wantNoOrphans(t, l, func(string) bool { return true })
		})
	}
}

func TestReadersNeverSeeTablesOfOneCommitApart(t *testing.T) {
	l := newLocalLake(t)
	tables := []string{"a", "b", "c"}
	commitAll := func(n int) {
		var all []*Candidate
		for _, table := range tables {
			all = append(all, stage(t, l, table, Change{Base: load(t, l, table), Op: Replace, Schema: orders,
				Summary: map[string]string{"round": fmt.Sprint(n)}}, row(n)))
		}
		commit(t, l, all...)
	}
	commitAll(0)
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				wantSameRound(t, l, tables)
			}
		})
	}
	for n := 1; n < 5; n++ {
		commitAll(n)
	}
	cancel()
	wg.Wait()
}

func wantSameRound(t *testing.T, l *Lake, tables []string) {
	v, err := l.Pin(context.Background())
	if err != nil {
		t.Error(err)
		return
	}
	rounds := map[string]bool{}
	for _, table := range tables {
		loaded, err := v.Load(context.Background(), name(table))
		if err != nil {
			t.Error(err)
			return
		}
		rounds[loaded.Current().Summary["round"]] = true
	}
	if len(rounds) != 1 {
		t.Errorf("tables of the rounds %v together", rounds)
	}
}

func TestNamesAreOneWhateverTheirCase(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "Shop.Größen", Change{Op: Append, Schema: orders}, row(1)))
	base := load(t, l, "shop.GRÖSSEN")
	if base != nil {
		t.Fatal("ß is not SS here: names fold one letter at a time")
	}
	base = load(t, l, "shop.GRÖßEN")
	commit(t, l, stage(t, l, "shop.gröSSen", Change{Op: Append, Schema: orders}, row(2)))
	commit(t, l, stage(t, l, "SHOP.grÖßen", Change{Base: base, Op: Append}, row(3)))
	now := load(t, l, "shop.größen")
	wantRows(t, now, At{}, row(1), row(3))
	if now.Name() != (ident.Table{Namespace: "Shop", Name: "Größen"}) {
		t.Errorf("the name became %v", now.Name())
	}
}
