package pyvalue

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

func TestValuesShowAsInPython(t *testing.T) {
	for _, c := range []struct{ yaml, str, repr, sorted string }{
		{"a", "a", "'a'", "'a'"},
		{"it's", "it's", `"it's"`, `"it's"`},
		{`'"it''s"'`, `"it's"`, `'"it\'s"'`, `'"it\'s"'`},
		{`"tab\there\\"`, "tab\there\\", `'tab\there\\'`, `'tab\there\\'`},
		{`"é\u200b\u0007"`, "é\u200b\a", `'é\u200b\x07'`, `'é\u200b\x07'`},
		{"1", "1", "1", "'1'"},
		{"1.0", "1.0", "1.0", "'1.0'"},
		{"0.00001", "1e-05", "1e-05", "'1e-05'"},
		{"123456789012345680.0", "1.2345678901234568e+17", "1.2345678901234568e+17", "'1.2345678901234568e+17'"},
		{".inf", "inf", "inf", "'inf'"},
		{"yes", "True", "True", "'True'"},
		{"~", "None", "None", "'None'"},
		{"2020-01-02", "2020-01-02", "datetime.date(2020, 1, 2)", "'2020-01-02'"},
		{"'2020-01-02'", "2020-01-02", "'2020-01-02'", "'2020-01-02'"},
		{"[1, a, [2.5, true]]", "[1, 'a', [2.5, True]]", "[1, 'a', [2.5, True]]", "['1', 'a', ['2.5', 'True']]"},
		{"{b: 1, a: {c: x}}", "{'b': 1, 'a': {'c': 'x'}}", "{'b': 1, 'a': {'c': 'x'}}", "{'a': {'c': 'x'}, 'b': '1'}"},
		{"[]", "[]", "[]", "[]"},
	} {
		r := &yamldoc.Reader{Problems: &diag.Problems{}}
		n := r.Parse("x.yml", []byte("v: "+c.yaml+"\n")).Get("v")
		if got := Str(n); got != c.str {
			t.Errorf("str of %s: %s, want %s", c.yaml, got, c.str)
		}
		if got := Repr(n); got != c.repr {
			t.Errorf("repr of %s: %s, want %s", c.yaml, got, c.repr)
		}
		if got := Sorted(n); got != c.sorted {
			t.Errorf("sorted %s: %s, want %s", c.yaml, got, c.sorted)
		}
	}
}
