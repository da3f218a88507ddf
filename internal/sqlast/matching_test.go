package sqlast

import "testing"

func TestPatternsOfOneText(t *testing.T) {
	for _, c := range []struct{ pattern, only string }{
		{"^(orders)$", "orders"}, {"^orders$", "orders"}, {`^(a\.b\$)$`, "a.b$"}, {"^()$", ""}, {"^(übung_1)$", "übung_1"},
		{"^(a|b)$", "-"}, {"^(a)(b)$", "-"}, {"^(o.*)$", "-"}, {"orders", "-"}, {"^orders", "-"}, {"orders$", "-"}, {`^\d$`, "-"}, {`^a\$`, "-"}, {"^$$", "-"}, {"$", "-"}, {"^", "-"},
	} {
		if only, ok := matchedText(c.pattern); ok != (c.only != "-") || ok && only != c.only {
			t.Errorf("%s matches %q, %v", c.pattern, only, ok)
		}
	}
	for _, c := range []struct {
		pattern, only string
		escape        byte
	}{
		{"orders", "orders", 0}, {`a\_b`, "a_b", '\\'}, {`a\\b`, `a\b`, '\\'}, {"a!%b", "a%b", '!'}, {"", "", 0},
		{"a_b", "-", 0}, {"a%", "-", 0}, {`a\_b`, "-", 0}, {`a\`, "-", '\\'}, {`a\_b_`, "-", '\\'},
	} {
		if only, ok := likeText(c.pattern, c.escape); ok != (c.only != "-") || ok && only != c.only {
			t.Errorf("%s is like %q, %v", c.pattern, only, ok)
		}
	}
}
