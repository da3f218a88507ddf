package lake

import (
	"errors"
	"slices"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// publishTagged builds a table again and publishes it with tags of some names.
func publishTagged(t *testing.T, l *Lake, table string, tags map[string][]string, fn func(metadb.Tx) error) error {
	t.Helper()
	c := stage(t, l, table, Change{Op: Replace, Base: load(t, l, table), Schema: orders}, row(1))
	return l.Publish(ctx, Publication{Candidates: []*Candidate{c}, Tags: tags}, fn)
}

// Whoever sees a state that another process has published has its tags, too, also
// those of names that the publication leaves where they are.
func TestTagsComeWithWhatIsPublished(t *testing.T) {
	db, store := openDB(t), mem.New()
	writer, reader := catalogOver(t, db, store), catalogOver(t, db, store)
	if _, noted := reader.Tags().Of("main.orders"); noted {
		t.Error("there are tags before anything was read")
	}
	want := func(key string, noted bool, tags ...string) {
		t.Helper()
		pin(t, reader)
		if got, is := reader.Tags().Of(key); is != noted || !slices.Equal(got, tags) {
			t.Errorf("%s has %q, %t, want %q, %t", key, got, is, tags, noted)
		}
	}
	want("main.orders", false)
	for _, p := range []struct {
		table string
		tags  []string
	}{{"orders", []string{"money", "pii"}}, {"orders__quarantine", []string{"pii"}}, {"orders", nil}} {
		if err := publishTagged(t, writer, p.table, map[string][]string{"main.orders": p.tags}, nil); err != nil {
			t.Fatal(err)
		}
		want("main.orders", true, p.tags...)
		if _, found := pin(t, reader).Entry(name(p.table)); !found {
			t.Errorf("there is no %s", p.table)
		}
	}
	before, known := pin(t, reader), reader.Tags()
	if err := publishTagged(t, writer, "orders", map[string][]string{"main.orders": nil}, nil); err != nil {
		t.Fatal(err)
	}
	if pin(t, reader) == before || reader.Tags() != known {
		t.Error("the tags are others, and nothing of them has changed; or the table has not")
	}
}

func TestTagsOfAPublicationThatFailsDoNotCount(t *testing.T) {
	l := catalogOnly(t, openDB(t))
	undone := errors.New("undone")
	err := publishTagged(t, l, "orders", map[string][]string{"main.orders": {"pii"}}, func(metadb.Tx) error { return undone })
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	pin(t, l)
	if tags, noted := l.Tags().Of("main.orders"); noted {
		t.Errorf("it has %q", tags)
	}
}

// A name whose letters differ by case alone is the same.
func TestTagsOfANameThatIsWrittenOtherwise(t *testing.T) {
	db, store := openDB(t), mem.New()
	writer, reader := catalogOver(t, db, store), catalogOver(t, db, store)
	pin(t, reader)
	if err := publishTagged(t, writer, "Orders", map[string][]string{name("Orders").Key(): {"pii"}}, nil); err != nil {
		t.Fatal(err)
	}
	pin(t, reader)
	if tags, _ := reader.Tags().Of(name("ORDERS").Key()); !slices.Equal(tags, []string{"pii"}) {
		t.Errorf("it has %q", tags)
	}
	// A state that is published without a word of tags keeps them.
	if err := publishTagged(t, writer, "Orders", nil, nil); err != nil {
		t.Fatal(err)
	}
	pin(t, reader)
	if tags, _ := reader.Tags().Of(name("orders").Key()); !slices.Equal(tags, []string{"pii"}) {
		t.Errorf("after a change that says nothing of tags it has %q", tags)
	}
}
