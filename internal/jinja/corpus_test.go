package jinja

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// corpusEntry is one template with what Python's jinja2 makes of it.
type corpusEntry struct {
	Template string
	Output   string
	Error    string
}

// readCorpus returns the corpus, and an environment with the templates that its
// entries load.
func readCorpus(t testing.TB) (env *Env, vars json.RawMessage, entries []corpusEntry) {
	t.Helper()
	text, err := os.ReadFile("testdata/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var corpus struct {
		Vars      json.RawMessage
		Files     map[string]string
		Templates []corpusEntry
	}
	if err := json.Unmarshal(text, &corpus); err != nil {
		t.Fatal(err)
	}
	env = &Env{Load: func(name string) (string, bool, error) {
		source, ok := corpus.Files[name]
		return source, ok, nil
	}}
	return env, corpus.Vars, corpus.Templates
}

// values decodes JSON as Python does: in order, and with integers.
func values(t testing.TB, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for i := range v.(*python.Dict).Len() {
		key, value := v.(*python.Dict).Entry(i)
		out[key.(string)] = value
	}
	return out
}

func value(d *json.Decoder) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Number:
		if n, ok := new(big.Int).SetString(tok.String(), 10); ok {
			return python.Normal(n), nil
		}
		return tok.Float64()
	case json.Delim:
		if tok == '[' {
			l := python.NewList()
			for d.More() {
				item, err := value(d)
				if err != nil {
					return nil, err
				}
				l.Items = append(l.Items, item)
			}
			_, err := d.Token()
			return l, err
		}
		o := python.NewDict()
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			item, err := value(d)
			if err != nil {
				return nil, err
			}
			o.SetString(key.(string), item)
		}
		_, err := d.Token()
		return o, err
	}
	return tok, nil
}

// TestOutputIsThatOfPythonsJinja2 compares every template of the corpus, which
// testdata/corpus.py makes. Where the two differ on purpose, the template
// stands in testdata/differences.txt.
func TestOutputIsThatOfPythonsJinja2(t *testing.T) {
	env, vars, entries := readCorpus(t)
	allowed := map[string]bool{}
	text, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			allowed[line] = true
		}
	}
	differ := 0
	for _, e := range entries {
		got, err := renderCorpus(t, env, e.Template, vars)
		want := e.Output
		if e.Error != "" {
			want = "error"
		}
		if err != nil {
			got = "error"
		}
		quoted := fmt.Sprintf("%q", e.Template)
		switch {
		case got == want && allowed[quoted]:
			t.Errorf("%s is the same now: take it out of testdata/differences.txt", quoted)
		case got != want && !allowed[quoted]:
			differ++
			t.Errorf("%s\n   got %q (%v)\n  want %q %s", quoted, got, err, want, e.Error)
		}
	}
	same := len(entries) - differ - len(allowed)
	t.Logf("%d templates, %d equal to Python's (%.2f %%), %d differ on purpose", len(entries), same,
		100*float64(same)/float64(len(entries)), len(allowed))
}

func renderCorpus(t testing.TB, env *Env, template string, vars []byte) (string, error) {
	tmpl, err := env.Parse("t", template)
	if err != nil {
		return "", err
	}
	return tmpl.Render(values(t, vars))
}
