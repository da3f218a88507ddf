package postgres

import "testing"

func TestNamesOfTables(t *testing.T) {
	for text, want := range map[string][2]string{
		"orders": {"", "orders"}, "sales.orders": {"sales", "orders"}, `"My.Schema"."a ""b"""`: {"My.Schema", `a "b"`}, `s."T"`: {"s", "T"},
	} {
		schema, name, err := splitName(text)
		if err != nil || schema != want[0] || name != want[1] {
			t.Errorf("%s: %q %q %v", text, schema, name, err)
		}
	}
	for _, text := range []string{"", ".", "a.", ".a", "a.b.c", `"a`, `"a"b`, `"a""`, "a\x00"} {
		if schema, name, err := splitName(text); err == nil {
			t.Errorf("%q: %q %q", text, schema, name)
		}
	}
}

func TestLiteralsCannotEndTheirQuotes(t *testing.T) {
	for text, want := range map[string]string{`it's`: `'it''s'`, `a\' OR 1=1`: ` E'a\\'' OR 1=1'`} {
		if got := literal(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
