package exchange

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// render runs a text that sees the functions and one value.
func render(text string, v any) (string, error) {
	t, err := (&jinja.Env{}).Parse("text", text)
	if err != nil {
		return "", err
	}
	words := map[string]any{"v": v}
	for name, f := range Functions() {
		words[name] = &jinja.Func{Name: name, Call: f}
	}
	return t.Render(words)
}

func TestYAMLComesBackAsItWas(t *testing.T) {
	for _, text := range []string{
		"{'a': [1, [2, {'b': none}], {'c': {'d': []}}], 'e': {}, 'f': 'yes', 'g': 'a: b', 'h': '1.5', 'i': true}",
		"[[], {}, '', ' ', '-', '- x', '#', 'a #b', \"'\", '\"', 'ü', 'two\\nlines', '\\t', '0x1F', '2020-01-01', 'null', '~', '<<', '=', '1:30']",
		"'text'", "12", "1.5", "none", "[1]",
	} {
		got, err := render("{% set v = "+text+" %}{{ fromyaml(toyaml(v)) == v }} {{ fromjson(tojson(v)) == v }}", nil)
		if err != nil || got != "True True" {
			made, _ := render("{{ toyaml("+text+") }}", nil)
			t.Errorf("%s: %s, %v\n%s", text, got, err, made)
		}
	}
}

func TestFunctionsRefuseWhatTheyCannotTake(t *testing.T) {
	for text, want := range map[string]string{
		"{{ tojson(set) }}":                          "`tojson`: ",
		"{{ fromjson(5) }}":                          "`fromjson`: needs a str",
		"{{ toyaml(set) }}":                          "`toyaml`: a function has no YAML",
		"{{ set_strict(5) }}":                        "`set_strict`: ",
		"{{ zip_strict(1) }}":                        "`zip_strict`: ",
		"{{ zip([1], missing=2) }}":                  "`zip`: has no argument `missing`",
		"{{ local_md5(1) }}":                         "`local_md5`: needs a str",
		"{{ diff_of_two_dicts([], {}) }}":            "`diff_of_two_dicts`: takes two dicts of lists",
		"{{ set([1]).remove(2) }}":                   "`remove`: the set does not hold what is to be removed",
		"{{ diff_of_two_dicts({'a': 5}, {}) }}":      "`diff_of_two_dicts`: ",
		"{{ diff_of_two_dicts({1: ['x']}, {}) }}":    "`diff_of_two_dicts`: the keys are strings",
		"{{ fromjson('[1] [2]', 'more') == 1 / 0 }}": "division by zero",
	} {
		_, err := render(text, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// FuzzText looks for text that does not come back out of YAML or JSON.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "yes", "1.5e+3", "a: b", "x\ny", "\u0085", "\ufeff", "- ", "0o7", "1_000", ".5", "'", "\\", "12:30:00", "!", "{", "%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ToValidUTF8(s, "") != s {
			return
		}
		got, err := render("{{ fromyaml(toyaml([v, {v: v}])) == [v, {v: v}] }} {{ fromjson(tojson([v, {v: v}])) == [v, {v: v}] }}", s)
		if err != nil || got != "True True" {
			made, _ := render("{{ toyaml([v, {v: v}]) }}", s)
			t.Errorf("%q: %s, %v\n%s", s, got, err, made)
		}
	})
}
