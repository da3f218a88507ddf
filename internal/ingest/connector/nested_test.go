package connector

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"pgregory.net/rapid"
)

// rows is a sink that keeps batches as text.
type rows struct{ lines []string }

func (r *rows) Rows(b arrow.RecordBatch) error {
	for i := range int(b.NumRows()) {
		var cells []string
		for _, c := range b.Columns() {
			v := c.GetOneForMarshal(i)
			if raw, ok := v.(json.RawMessage); ok {
				v = string(raw)
			}
			cells = append(cells, fmt.Sprint(v))
		}
		r.lines = append(r.lines, strings.Clone(strings.Join(cells, " ")))
	}
	return nil
}

func (r *rows) Reject(Reject) error { return nil }

func TestVectorsNest(t *testing.T) {
	typ, err := ParseType("list<struct<name: string, sizes: list<long>, more: map<string, double>>>")
	if err != nil {
		t.Fatal(err)
	}
	sink := &rows{}
	b := NewBatch(&Layout{Columns: []Column{{Name: "a", Type: typ}}, DiscardValues: true}, sink)
	defer b.Close()
	set := func(elements int) {
		b.Reserve(1)
		row, elem := b.Rows(), b.Vector(0).Elem()
		for e := range elements {
			i := elem.Extend()
			elem.Child(0).SetText(i, fmt.Appendf(nil, "e%d", e))
			sizes := elem.Child(1)
			for s := range e {
				k := sizes.Elem().Extend()
				sizes.Elem().Int64s()[k] = int64(s)
			}
			sizes.SetList(i)
			entries := elem.Child(2).Entries()
			k := entries.Extend()
			entries.Child(0).SetText(k, []byte("k"))
			entries.Child(1).Float64s()[k] = 1.5
			elem.Child(2).SetList(i)
		}
		b.Vector(0).SetList(row)
		b.Lines()[row] = int64(row + 1)
	}
	set(2)
	b.Discard(0, "n", []byte("x"), "no number")
	if err := b.Add(1); err != nil {
		t.Fatal(err)
	}
	set(3)
	b.Discard(1, "n", []byte("y"), "no number")
	b.Rewind(1)
	b.Reserve(1)
	b.Vector(0).SetNull(1)
	b.Lines()[1] = 7
	if err := b.Add(1); err != nil {
		t.Fatal(err)
	}
	set(0)
	if err := b.Add(1); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`[{"more":[{"key":"k","value":1.5}],"name":"e0","sizes":[]},{"more":[{"key":"k","value":1.5}],"name":"e1","sizes":[0]}] 1 [{"column":"n","reason":"no number","value":"x"}]`,
		`<nil> 7 <nil>`,
		`[] 3 <nil>`,
	}
	if got := strings.Join(sink.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestListsKeepTheirElementsOverManyBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got [][]int64
		sink := sinkFunc(func(b arrow.RecordBatch) error {
			list := b.Column(0).(*array.List)
			for i := range list.Len() {
				lo, hi := list.ValueOffsets(i)
				got = append(got, append([]int64(nil), list.ListValues().(*array.Int64).Int64Values()[lo:hi]...))
			}
			return nil
		})
		b := NewBatch(&Layout{Columns: []Column{{Name: "a", Type: ListOf(Type{Kind: Long})}}}, sink)
		defer b.Close()
		want := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64(), 0, 9), 1, 200).Draw(t, "rows")
		for n, row := range want {
			b.Reserve(1)
			for _, x := range row {
				elem := b.Vector(0).Elem()
				i := elem.Extend()
				elem.Int64s()[i] = x
			}
			b.Vector(0).SetList(b.Rows())
			if err := b.Add(1); err != nil {
				t.Fatal(err)
			}
			if n%7 == 3 {
				if err := b.Flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// sinkFunc is a sink of rows.
type sinkFunc func(arrow.RecordBatch) error

func (f sinkFunc) Rows(b arrow.RecordBatch) error { return f(b) }
func (f sinkFunc) Reject(Reject) error            { return nil }

func TestNestedTypesWiden(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"list<int>", "list<long>", true},
		{"list<long>", "list<int>", false},
		{"struct<a: int>", "struct<a: long, b: string>", true},
		{"struct<a: int, b: string>", "struct<a: int>", false},
		{"map<string, float>", "map<string, double>", true},
		{"map<int, float>", "map<long, float>", false},
		{"struct<a: list<struct<b: int>>>", "struct<A: list<struct<B: long, c: date>>>", true},
		{"list<string>", "string", false},
	} {
		from, err1 := ParseType(c.from)
		to, err2 := ParseType(c.to)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := from.WidensTo(to); got != c.want {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
		if !from.Equal(from) || from.Equal(to) {
			t.Errorf("%s equals %s", from, to)
		}
	}
}
