package pymodule

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// corpusVars are what the expressions see.
func corpusVars() map[string]any {
	return map[string]any{
		"modules": Modules(func() time.Time { return time.Now().UTC() }),
		"D": &jinja.Func{Name: "D", Call: func(c *jinja.Call) (any, error) {
			b, err := c.Bind("text")
			if err != nil {
				return nil, err
			}
			s, err := b.String(0, "")
			if err != nil {
				return nil, err
			}
			return ParseDecimal(s)
		}},
	}
}

func evaluate(env *jinja.Env, expression string) (string, error) {
	t, err := env.Parse("t", "{{ "+expression+" }}")
	if err != nil {
		return "", err
	}
	return t.Render(corpusVars())
}

// TestValuesAreThoseOfPython compares every expression of the corpus, which
// testdata/corpus.py makes. Where the two differ on purpose, the expression
// stands in testdata/differences.txt.
func TestValuesAreThoseOfPython(t *testing.T) {
	text, err := os.ReadFile("testdata/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var corpus []struct{ Expression, Output, Error string }
	if err := json.Unmarshal(text, &corpus); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	if text, err = os.ReadFile("testdata/differences.txt"); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			allowed[line] = true
		}
	}
	env, differ := &jinja.Env{}, 0
	for _, e := range corpus {
		got, err := evaluate(env, e.Expression)
		same := err == nil && e.Error == "" && got == e.Output || err != nil && e.Error != ""
		switch {
		case same && allowed[e.Expression]:
			t.Errorf("%s is the same now: take it out of testdata/differences.txt", e.Expression)
		case !same && !allowed[e.Expression]:
			differ++
			t.Errorf("%s\n   got %q (%v)\n  want %q %s", e.Expression, got, err, e.Output, e.Error)
		}
	}
	t.Logf("%d expressions, %d differ, %d differ on purpose", len(corpus), differ, len(allowed))
}
