package lake

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

func TestReplaceKeepsIdentityAndHistory(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Replace, Schema: orders}, `{"id": 1, "country": "FR"}`))
	first := load(t, l, "o")
	other := columns(column("country", String), column("total", DecimalOf(10, 2).Kind))
	other.Fields[1].Type = DecimalOf(10, 2)
	commit(t, l, stage(t, l, "o", Change{Base: first, Op: Replace, Schema: other}, `{"country": "FR", "total": "1.50"}`))
	second := load(t, l, "o")
	commit(t, l, stage(t, l, "o", Change{Base: second, Op: Replace, Schema: other}))
	third := load(t, l, "o")

	if first.UUID() != second.UUID() || second.UUID() != third.UUID() {
		t.Error("the table's UUID changed")
	}
	snapshots := third.Snapshots()
	if len(snapshots) != 3 {
		t.Fatalf("%d snapshots", len(snapshots))
	}
	wantRows(t, third, At{SnapshotID: snapshots[0].ID}, `{"country":"FR","id":1}`)
	wantRows(t, third, At{SnapshotID: snapshots[1].ID}, `{"country":"FR","total":"1.5"}`)
	wantRows(t, third, At{})
	if diff := cmp.Diff(first.Schema().Names(), third.SchemaAt(&snapshots[0]).Names()); diff != "" {
		t.Error("the old snapshot lost its schema:", diff)
	}
	if got := third.Schema().String(); got != "struct<country: string, total: decimal(10,2)>" {
		t.Error("the current schema is", got)
	}
	for i, want := range []string{"append", "overwrite", "overwrite"} {
		if snapshots[i].Operation != want {
			t.Errorf("snapshot %d is %s, want %s", i, snapshots[i].Operation, want)
		}
	}
	want := map[string]string{"deleted-data-files": "1", "deleted-records": "1", "total-data-files": "0", "total-records": "0",
		"removed-files-size": snapshots[1].Summary["added-files-size"], "total-files-size": "0",
		"total-delete-files": "0", "total-position-deletes": "0", "total-equality-deletes": "0"}
	if diff := cmp.Diff(want, snapshots[2].Summary); diff != "" {
		t.Error(diff)
	}
}

func TestReplaceGoesBackToAnEarlierSchemaAndPartition(t *testing.T) {
	l := newLake(t)
	byCountry := []PartitionField{{Column: "country", Transform: "identity"}}
	commit(t, l, stage(t, l, "o", Change{Op: Replace, Schema: orders, Partition: byCountry}, `{"id": 1, "country": "FR"}`))
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Replace, Schema: columns(column("id", Long))}, `{"id": 2}`))
	if p := load(t, l, "o").Partition(); p != nil {
		t.Errorf("partitioned by %v", p)
	}
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Replace, Schema: orders, Partition: byCountry},
		`{"id": 3, "country": "DE"}`))
	now := load(t, l, "o")
	wantRows(t, now, At{}, `{"country":"DE","id":3}`)
	for i, want := range []string{`{"country":"FR","id":1}`, `{"id":2}`} {
		wantRows(t, now, At{SnapshotID: now.Snapshots()[i].ID}, want)
	}
}

func TestAppendEvolvesTheSchema(t *testing.T) {
	l := newLake(t)
	small := columns(column("id", Int), column("price", Float))
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: small}, `{"id": 1, "price": 0.5}`))
	base := load(t, l, "o")
	wide := columns(column("id", Long), column("price", Float), column("note", String))
	commit(t, l, stage(t, l, "o", Change{Base: base, Op: Append, Schema: wide}, `{"id": 5000000000, "price": 1, "note": "x"}`))
	now := load(t, l, "o")
	if diff := cmp.Diff([]int{1, 2, 3}, fieldIDs(now.Schema())); diff != "" {
		t.Error("field ids:", diff)
	}
	files, err := now.Files(ctx, At{}, nil)
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	// Each file knows the schema that it was written with.
	for i, want := range []string{small.String(), wide.String()} {
		if got := (Schema{Fields: now.schemas[files[i].SchemaID].Fields}).String(); got != want {
			t.Errorf("file %d was written as %s, want %s", i, got, want)
		}
	}
}

func fieldIDs(s Schema) []int {
	var ids []int
	for _, f := range s.Fields {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestAppendRefusesWhatWouldLoseRows(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}))
	base := load(t, l, "o")
	for what, schema := range map[string]Schema{
		"a column less":   columns(column("id", Long)),
		"a narrower type": columns(column("id", Int), column("country", String)),
		"another type":    columns(column("id", String), column("country", String)),
		"a required one":  {Fields: append(cloneFields(orders.Fields), Field{Name: "x", Type: TypeOf(Long), Required: true})},
	} {
		s, err := l.NewStage(ctx, "r", "s", name("o"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Build(ctx, Change{Base: base, Op: Append, Schema: l.AssignIDs(base, schema)})
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != "schema-change" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOverwriteRemovesSomeFilesAndAddsOthers(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders},
		`{"id": 1, "country": "FR"}`, `{"id": 2, "country": "DE"}`, `{"id": 3, "country": "UK"}`))
	base := load(t, l, "o")
	files, err := base.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, stage(t, l, "o", Change{Base: base, Op: Overwrite, Remove: []string{files[1].URI}}, `{"id": 22, "country": "DE"}`))
	now := load(t, l, "o")
	wantRows(t, now, At{}, `{"country":"FR","id":1}`, `{"country":"UK","id":3}`, `{"country":"DE","id":22}`)
	commit(t, l, stage(t, l, "o", Change{Base: now, Op: Overwrite, Remove: []string{files[0].URI}}))
	now = load(t, l, "o")
	wantRows(t, now, At{}, `{"country":"UK","id":3}`, `{"country":"DE","id":22}`)
	if s := now.Current(); s.Operation != "delete" || s.Summary["total-records"] != "2" {
		t.Errorf("%+v", s)
	}
	// Files keep the sequence number of the snapshot that added them.
	files, err = now.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if files[0].Sequence != 1 || files[1].Sequence != 2 {
		t.Errorf("sequences %d, %d", files[0].Sequence, files[1].Sequence)
	}

	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Build(ctx, Change{Base: now, Op: Overwrite, Remove: []string{files[0].URI + "x"}}); err == nil {
		t.Error("a file that is not there was removed")
	}
}

func TestReadingAtATime(t *testing.T) {
	l := newLake(t)
	before := time.Now().Add(-time.Second)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`))
	first := load(t, l, "o")
	for at := first.Current().Time; !time.Now().After(at.Add(2 * time.Millisecond)); {
	}
	commit(t, l, stage(t, l, "o", Change{Base: first, Op: Append}, `{"id": 2, "country": "DE"}`))
	now := load(t, l, "o")
	wantRows(t, now, At{Time: first.Current().Time}, `{"country":"FR","id":1}`)
	wantRows(t, now, At{Time: time.Now()}, `{"country":"FR","id":1}`, `{"country":"DE","id":2}`)
	for _, at := range []At{{Time: before}, {SnapshotID: 42}} {
		if _, err := now.Snapshot(at); !errors.Is(err, ErrNoSnapshot) {
			t.Errorf("Snapshot(%+v) = %v", at, err)
		}
	}
}

func TestPinAtShowsWhatReadersKnewThen(t *testing.T) {
	l := newLake(t)
	a := stage(t, l, "a", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`)
	b := stage(t, l, "b", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`)
	built := time.Now()
	commit(t, l, a, b)
	published := time.Now()
	for !time.Now().After(published.Add(time.Millisecond)) {
	}
	commit(t, l, stage(t, l, "a", Change{Base: load(t, l, "a"), Op: Replace, Schema: orders}))
	for _, c := range []struct {
		when time.Time
		want []string
	}{
		{built, nil},
		{published, []string{"main.a " + a.Location, "main.b " + b.Location}},
		{time.Now(), []string{"main.a " + load(t, l, "a").Location(), "main.b " + b.Location}},
	} {
		v, err := l.PinAt(ctx, c.when)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range v.Entries() {
			got = append(got, e.Name.String()+" "+e.Location)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestViewsAreReplacedAndTakeTheNamesOfTables(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "v", Change{Op: Append, Schema: orders}, `{"id": 1, "country": "FR"}`))
	for _, sql := range []string{"SELECT 1 AS id", "SELECT 2 AS id", "SELECT 1 AS id"} {
		s, err := l.NewStage(ctx, "r", "s", name("v"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.BuildView(ctx, ViewChange{Base: load(t, l, "v"), SQL: sql, Schema: columns(column("id", Int)), Doc: "one"})
		if err != nil {
			t.Fatal(err)
		}
		commit(t, l, c)
		v := load(t, l, "v")
		if v.Kind() != ViewEntry || v.ViewSQL() != sql || v.Doc() != "one" || v.Schema().Names()[0] != "id" {
			t.Errorf("%s %q %q %v", v.Kind(), v.ViewSQL(), v.Doc(), v.Schema())
		}
	}
	commit(t, l, stage(t, l, "v", Change{Base: load(t, l, "v"), Op: Replace, Schema: orders}, `{"id": 3, "country": "UK"}`))
	wantRows(t, load(t, l, "v"), At{}, `{"country":"UK","id":3}`)
}

func TestNamesBecomeSafeFolders(t *testing.T) {
	seen := map[string]string{}
	for _, n := range []string{"orders", "..", ".", "a/b", "a b", "a_b", "a=b", "Größe", "a.b", ".a", strings.Repeat("x", 300), "%2e", "#", "~"} {
		f := folderName(n)
		if strings.ContainsAny(f, "/=#%? ") || strings.HasPrefix(f, ".") || len(f) > 120 {
			t.Errorf("%q becomes %q", n, f)
		}
		if other, taken := seen[f]; taken {
			t.Errorf("%q and %q share %q", n, other, f)
		}
		seen[f] = n
	}
	l := newLocalLake(t)
	odd := ident.Table{Namespace: "a.b c", Name: `../"x'=#`}
	s, err := l.NewStage(ctx, "r", "s", odd)
	if err != nil {
		t.Fatal(err)
	}
	schema := l.AssignIDs(nil, orders)
	c, err := s.Build(ctx, Change{Op: Append, Schema: schema, Files: []NewFile{writeData(t, s, schema, `{"id": 1, "country": "FR"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, c)
	v, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	table, err := v.Load(ctx, odd)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, table, At{}, `{"country":"FR","id":1}`)
}
