package lake

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
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

func TestEvolve(t *testing.T) {
	base := nested(Int)
	for _, c := range []struct {
		what   string
		wanted Schema
		want   string // "" for a problem
	}{
		{"less", columns(column("id", Long)), base.String()},
		{"narrower rows fit", columns(column("id", Int)), base.String()},
		{"nested parts widen and grow", nested(Long, column("c", Date)),
			"struct<id: long, tags: list<struct<a: long, b: string, c: date>>, m: map<string, long>>"},
		{"narrower and wider parts at once", columns(Field{Name: "tags", Type: ListOf(StructOf(column("a", Long)))}),
			"struct<id: long, tags: list<struct<a: long, b: string>>, m: map<string, int>>"},
		{"a nested part changes", nested(String), ""},
		{"a list becomes text", columns(column("tags", String)), ""},
	} {
		got, err := Evolve(base, c.wanted)
		var p *diag.Problem
		switch {
		case c.want == "" && !errors.As(err, &p):
			t.Errorf("%s: %v, %v", c.what, got, err)
		case c.want != "" && (err != nil || got.String() != c.want):
			t.Errorf("%s: %v, %v; want %s", c.what, got, err, c.want)
		}
	}
}

// TestEvolvedTablesHoldOldAndNewRows: what Evolve allows, rows of both schemas
// fit into, and evolving again changes nothing.
func TestEvolvedTablesHoldOldAndNewRows(t *testing.T) {
	kind := rapid.SampledFrom([]Type{TypeOf(Int), TypeOf(Long), TypeOf(Float), TypeOf(Double), TypeOf(String),
		DecimalOf(9, 2), DecimalOf(12, 2), DecimalOf(12, 3), ListOf(TypeOf(Int)), ListOf(TypeOf(Long)),
		StructOf(column("x", Int)), StructOf(column("y", Int))})
	schema := rapid.Custom(func(t *rapid.T) Schema {
		var s Schema
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID).Draw(t, "names") {
			s.Fields = append(s.Fields, Field{Name: name, Type: kind.Draw(t, "type")})
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		base, wanted := schema.Draw(t, "base"), schema.Draw(t, "wanted")
		got, err := Evolve(base, wanted)
		if err != nil {
			return
		}
		for _, from := range []Schema{base, wanted} {
			if !Widens(StructOf(from.Fields...), StructOf(got.Fields...)) {
				t.Errorf("%s does not hold rows of %s", got, from)
			}
			if again, err := Evolve(got, from); err != nil || again.String() != got.String() {
				t.Errorf("%s evolved again by %s: %s, %v", got, from, again, err)
			}
		}
	})
}
