package ident

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTable(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Table
		bad  bool
	}{
		{in: "orders", want: Table{"main", "orders"}},
		{in: " retail.invoices ", want: Table{"retail", "invoices"}},
		{in: "a.b.c", want: Table{"a.b", "c"}},
		{in: "", bad: true},
		{in: "retail.", bad: true},
		{in: ".invoices", bad: true},
	} {
		got, err := ParseTable(c.in)
		if (err != nil) != c.bad || got != c.want {
			t.Errorf("ParseTable(%q) = %v, %v; want %v, error %v", c.in, got, err, c.want, c.bad)
		}
	}
}

func TestQuotedNamesCannotEndTheirQuotes(t *testing.T) {
	if got, want := Quote(`a"b`), `"a""b"`; got != want {
		t.Errorf("Quote = %s, want %s", got, want)
	}
	if got, want := Literal(`a'; DROP`), `'a''; DROP'`; got != want {
		t.Errorf("Literal = %s, want %s", got, want)
	}
	if got, want := QuoteAll([]string{"a", "b c"}), `"a", "b c"`; got != want {
		t.Errorf("QuoteAll = %s, want %s", got, want)
	}
}

func TestNear(t *testing.T) {
	known := []string{"materialized", "tags", "schema", "enabled", "Alias"}
	for _, c := range []struct {
		wanted string
		want   []string
	}{
		{"materialised", []string{"materialized"}},
		{"shcema", []string{"schema"}},
		{"alias", []string{"Alias"}},
		{"something_else", nil},
	} {
		if diff := cmp.Diff(c.want, Near(c.wanted, known)); diff != "" {
			t.Errorf("Near(%q): %s", c.wanted, diff)
		}
	}
}
