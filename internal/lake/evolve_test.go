package lake

import (
	"fmt"
	"strings"
	"testing"
)

// withIDs prints a schema with its field ids.
func withIDs(fields []Field) string {
	var out []string
	for _, f := range fields {
		s := fmt.Sprintf("%d:%s", f.ID, f.Name)
		if f.Type.Nested() {
			var parts []Field
			for _, c := range f.Type.children() {
				parts = append(parts, *c)
			}
			s += "(" + withIDs(parts) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func nested(leaf Kind, more ...Field) Schema {
	return columns(column("id", Long),
		Field{Name: "tags", Type: ListOf(StructOf(append([]Field{column("a", leaf), column("b", String)}, more...)...))},
		Field{Name: "m", Type: MapOf(TypeOf(String), TypeOf(leaf))})
}

func TestFieldIDsStayWithTheirColumns(t *testing.T) {
	l := newLake(t)
	first := l.AssignIDs(nil, nested(Int))
	if got, want := withIDs(first.Fields), "1:id 2:tags(4:element(5:a 6:b)) 3:m(7:key 8:value)"; got != want {
		t.Fatalf("new table: %s, want %s", got, want)
	}
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: nested(Int)}))
	base := load(t, l, "o")
	for _, c := range []struct {
		what   string
		wanted Schema
		want   string
	}{
		{"the same", nested(Int), "1:id 2:tags(4:element(5:a 6:b)) 3:m(7:key 8:value)"},
		{"in another order, ids already there", Schema{Fields: []Field{first.Fields[2], first.Fields[0]}}, "3:m(7:key 8:value) 1:id"},
		{"wider", nested(Long), "1:id 2:tags(4:element(5:a 6:b)) 3:m(7:key 8:value)"},
		{"a new part", nested(Int, column("c", Date)), "1:id 2:tags(4:element(5:a 6:b 9:c)) 3:m(7:key 8:value)"},
		{"a part of another type", nested(String), "1:id 9:tags(11:element(12:a 13:b)) 10:m(14:key 15:value)"},
		{"a new column", columns(column("x", Int), column("ID", Long)), "9:x 1:ID"},
		{"another type", columns(column("id", String)), "9:id"},
		{"narrower", columns(column("id", Int)), "9:id"},
	} {
		if got := withIDs(l.AssignIDs(base, c.wanted).Fields); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
