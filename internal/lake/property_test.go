package lake

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPropertiesThatAreUnsetStayUnset(t *testing.T) {
	l := newLocalLake(t)
	commit(t, l, stage(t, l, "o", Change{
		Op: Append, Schema: orders, Properties: map[string]string{"a": "1", "b": "2", "c": "3"}, Doc: "Orders.",
	}, row(1)))
	base := load(t, l, "o")
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Build(ctx, Change{
		Base: base, Op: Append, Properties: map[string]string{"b": "4"}, Unset: []string{"a", "b", "comment", "nothing"},
		Files: []NewFile{writeData(t, s, base.Schema(), row(2))},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"b": "4", "c": "3"} // what is set, too, is set
	properties := func(c *Candidate) map[string]string {
		t.Helper()
		table, err := l.LoadAt(ctx, c.Name, c.Kind, c.Location)
		if err != nil {
			t.Fatal(err)
		}
		return maps.Clone(table.Properties())
	}
	if diff := cmp.Diff(want, properties(c)); diff != "" {
		t.Error(diff)
	}
	c = again(t, l, s, c, Change{Base: base, Op: Append}, row(3))
	if diff := cmp.Diff(want, properties(c)); diff != "" {
		t.Errorf("of a stage that was built again: %s", diff)
	}
	commit(t, l, c)
	if diff := cmp.Diff(want, load(t, l, "o").Properties()); diff != "" {
		t.Error(diff)
	}
	c = stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Replace, Schema: orders, Unset: []string{"comment"}, Doc: "Anew."}, row(9))
	if have := properties(c)["comment"]; have != "Anew." {
		t.Errorf("the description is %q", have)
	}
}
