package lake

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ident"
)

func TestKeysGoWithTheTable(t *testing.T) {
	l := newLake(t)
	declared := []Key{
		{Kind: PrimaryKey, Columns: []string{"ID"}}, {Kind: UniqueKey, Name: "once", Columns: []string{"id", "country"}},
		{Kind: ForeignKey, Columns: []string{"country"}, To: ident.Table{Namespace: "shop", Name: "prices"}, ToColumns: []string{"price"}},
		{Kind: UniqueKey, Columns: []string{"nothing"}},
	}
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Keys: declared}, row(1)))
	want := append([]Key{{Kind: PrimaryKey, Columns: []string{"id"}}}, declared[1:3]...)
	if diff := cmp.Diff(want, load(t, l, "o").Keys()); diff != "" {
		t.Error(diff)
	}
	// Who adds rows says nothing of keys, and a column may get another name.
	base := load(t, l, "o")
	renamed := Schema{Fields: cloneFields(base.Schema().Fields)}
	renamed.Fields[0].Name = "number"
	next, err := l.NewStage(ctx, "run-1", "step-2", base.Name())
	if err != nil {
		t.Fatal(err)
	}
	candidate, err := next.Build(ctx, Change{Base: base, Op: Append, Schema: renamed})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, candidate)
	want[0].Columns, want[1].Columns = []string{"number"}, []string{"number", "country"}
	if diff := cmp.Diff(want, load(t, l, "o").Keys()); diff != "" {
		t.Error(diff)
	}
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append, Keys: []Key{}}, `{"country":"FR","number":3}`))
	if got := load(t, l, "o").Keys(); len(got) != 0 {
		t.Error(got)
	}
}

// Identifier fields, which other tools set, are kept as columns are added, for as
// long as rows stay and the fields with them.
func TestIdentifierFieldsStay(t *testing.T) {
	l := newLake(t)
	schema := columns(column("id", Long), column("country", String))
	schema.Fields[0].Required = true
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: schema}, row(1)))
	foreignChange(t, l, "o", func(meta map[string]any) {
		for _, one := range meta["schemas"].([]any) {
			one.(map[string]any)["identifier-field-ids"] = []int{1}
		}
	})
	want := []Key{{Kind: PrimaryKey, Columns: []string{"id"}}}
	next := Schema{Fields: append(cloneFields(schema.Fields), column("more", String))}
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append, Schema: next}))
	if diff := cmp.Diff(want, load(t, l, "o").Keys()); diff != "" || len(load(t, l, "o").Schema().Fields) != 3 {
		t.Error(diff)
	}
	next.Fields[0].Required = false
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append, Schema: next}))
	if got := load(t, l, "o").Keys(); len(got) != 0 {
		t.Error(got)
	}
}
