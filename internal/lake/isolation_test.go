package lake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same changes meet in both levels: one writes the file with row 1 again, as
// row 10, while another does something else.
func TestWhatMeetsInEachIsolationLevel(t *testing.T) {
	for _, c := range []struct {
		what   string
		meets  func(t *testing.T, l *Lake, base *Table) Change
		rows   []string
		either bool // a conflict in both
		want   []string
	}{
		{"rows are added", func(*testing.T, *Lake, *Table) Change { return Change{Op: Append} }, []string{row(3)}, false, []string{row(10), row(2), row(3)}},
		{"another file is written again", func(t *testing.T, l *Lake, base *Table) Change {
			return Change{Op: Overwrite, Remove: []string{fileWith(t, l, base, row(2))}}
		}, []string{row(20)}, false, []string{row(10), row(20)}},
		{"the same file is written again", func(t *testing.T, l *Lake, base *Table) Change {
			return Change{Op: Overwrite, Remove: []string{fileWith(t, l, base, row(1))}}
		}, []string{row(11)}, true, []string{row(11), row(2)}},
		{"everything is replaced", func(*testing.T, *Lake, *Table) Change { return Change{Op: Replace} }, []string{row(4)}, true, []string{row(4)}},
		{"a column is added", func(*testing.T, *Lake, *Table) Change {
			return Change{Op: Append, Schema: Schema{Fields: append(cloneFields(orders.Fields), column("note", String))}}
		}, nil, false, []string{row(10), row(2)}},
	} {
		for _, level := range []Isolation{Serializable, SnapshotIsolation} {
			t.Run(fmt.Sprintf("%s, %s", c.what, level), func(t *testing.T) {
				l := newLake(t)
				commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1), row(2)))
				base := load(t, l, "o")
				mine := stage(t, l, "o", Change{Base: base, Op: Overwrite, Isolation: level, Remove: []string{fileWith(t, l, base, row(1))}}, row(10))
				between := c.meets(t, l, base)
				between.Base = base
				if len(between.Schema.Fields) == 0 {
					between.Schema = orders
				}
				commit(t, l, stage(t, l, "o", between, c.rows...))
				err := l.Commit(ctx, []*Candidate{mine}, nil)
				if c.either || level == Serializable {
					if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "o was changed by run run-1") {
						t.Errorf("Commit = %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				now := load(t, l, "o")
				got := rowsAt(t, now, At{})
				for i := range got { // without the column that was added
					got[i] = strings.Replace(got[i], `,"note":null`, "", 1)
				}
				slices.Sort(got)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
				if s := now.Current().Summary; s["added-records"] != "1" || s["deleted-records"] != "1" || s["total-records"] != fmt.Sprint(len(c.want)) {
					t.Errorf("summary %v", s)
				}
				wantNoOrphans(t, l, func(string) bool { return false })
			})
		}
	}
}

// fileWith finds the data file that has a row.
func fileWith(t *testing.T, l *Lake, base *Table, want string) string {
	t.Helper()
	files, err := base.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if slices.Contains(readRows(t, l, []DataFile{f}), want) {
			return f.URI
		}
	}
	t.Fatalf("no file has %s", want)
	return ""
}

func TestIsolationLevelsAreThoseOfIceberg(t *testing.T) {
	for _, c := range []struct {
		properties map[string]string
		verb       Verb
		want       Isolation
	}{
		{nil, Update, Serializable},
		{map[string]string{"write.update.isolation-level": "snapshot"}, Update, SnapshotIsolation},
		{map[string]string{"write.update.isolation-level": "snapshot"}, Delete, Serializable},
		{map[string]string{"write.merge.isolation-level": "SNAPSHOT"}, Merge, SnapshotIsolation},
		{map[string]string{"write.delete.isolation-level": "dirty"}, Delete, ""},
	} {
		got, err := IsolationOf(c.verb, c.properties)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s of %v: %q, %v", c.verb, c.properties, got, err)
		}
	}
}
