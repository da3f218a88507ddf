package lake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsRememberedIsWhatIsRead: the states that this process wrote are what
// another one reads.
func TestWhatIsRememberedIsWhatIsRead(t *testing.T) {
	l := newLake(t)
	other := openLake(t, l.db, l.store)
	var base *Table
	for _, change := range []struct {
		of    Change
		files []string
	}{
		{Change{Op: Replace, Schema: orders, Properties: map[string]string{"a": "b"}, Doc: "what was ordered"}, nil},
		{Change{Op: Replace, Schema: orders, Summary: map[string]string{"run": "1"}}, []string{`{"id": 1, "country": "FR"}`}},
		{Change{Op: Append, Schema: columns(column("id", Long), column("country", String), column("at", TimestampTZ))}, []string{`{"id": 2, "country": "DE"}`}},
		{Change{Op: Replace, Schema: orders, Partition: []PartitionField{{Column: "country", Transform: "identity"}}}, []string{`{"id": 3, "country": "UK"}`}},
		{Change{Op: Append}, []string{`{"id": 4, "country": "UK"}`, `{"id": 5, "country": null}`}},
		{Change{Op: Replace, Schema: orders, Partition: []PartitionField{}}, []string{`{"id": 6, "country": "FR"}`}},
	} {
		change.of.Base = base
		c := stage(t, l, "shop.orders", change.of, change.files...)
		remembered, found := l.cache.get(c.Location)
		if !found {
			t.Fatal("the state was not remembered")
		}
		read, err := other.LoadAt(ctx, c.Name, c.Kind, c.Location)
		if err != nil {
			t.Fatal(err)
		}
		if !remembered.meta.Equals(read.meta) {
			t.Errorf("%v: the metadata differ", change)
		}
		if diff := cmp.Diff(told(t, read), told(t, remembered)); diff != "" {
			t.Errorf("%v: %s", change, diff)
		}
		commit(t, l, c)
		base = load(t, l, "shop.orders")
	}
}

// told is everything that a table says of itself.
func told(t *testing.T, table *Table) []any {
	t.Helper()
	files := map[int64][]DataFile{}
	for _, s := range table.Snapshots() {
		var err error
		if files[s.ID], err = table.Files(ctx, At{SnapshotID: s.ID}, nil); err != nil {
			t.Fatal(err)
		}
		if len(files[s.ID]) == 0 {
			files[s.ID] = nil
		}
	}
	return []any{table.Name(), table.Location(), table.Schemas(), table.Schema(), table.Partition(), table.Properties(), table.Doc(),
		table.Snapshots(), table.Current(), table.UUID(), files}
}
