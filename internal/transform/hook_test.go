package transform

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/project"
)

// There is nothing here that could run a statement.
func TestHooksThatSayNothingRunNothing(t *testing.T) {
	for _, sql := range []string{"", " \t\r\n", ";", " ; ;\n", "-- a remark", "/* one\nmore */ ;", "-- a\n-- b\n;"} {
		if err := (&Transformer{}).run(t.Context(), sql, diag.Place{}, Env{}); err != nil {
			t.Errorf("%q: %v", sql, err)
		}
	}
}

func TestMaterializationsSeeHooksAsMappings(t *testing.T) {
	got, err := python.Str(python.NewList(hookValues([]project.Hook{{SQL: "analyze", Transaction: true}, {SQL: "vacuum"}})...))
	if err != nil {
		t.Fatal(err)
	}
	want := "[{'sql': 'analyze', 'transaction': True, 'index': None}, {'sql': 'vacuum', 'transaction': False, 'index': None}]"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
