//go:build duckdb_arrow

package gate

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
)

// written is a dialect of functions alone.
type written map[string]string

func (written) View(ident.Table, Wanted) (string, bool) { return "", false }

func (written) Relation(ident.Table) *Relation { return nil }

func (written) Named(string, string) (Meant, bool) { return Meant{}, false }

func (written) Query(string) (string, bool) { return "", false }

func (w written) Macro(name string) (parameters, body string, known bool) {
	body, known = w[name]
	return "(x)", body, known
}

// TestOnlyFunctionsThatAStatementCallsAreDefined: to define one costs more than
// most statements.
func TestOnlyFunctionsThatAStatementCallsAreDefined(t *testing.T) {
	s := newShop(t)
	for _, test := range []struct{ sql, want string }{
		{"SELECT count(*)::text, upper(region)::varchar FROM orders GROUP BY 2", ""},
		{"SELECT id::text, 'x'::varchar FROM orders", ""},
		{"SELECT twice(id) FROM orders", "twice"},
		{"SELECT twice(id)::text FROM orders", "twice"},
		{"SELECT 4711::regclass::text FROM orders", "regclass regclasstext"},
	} {
		st := s.statement(t, test.sql)
		st.Dialect = written{"twice": "x * 2", "regclass": "x", "regclasstext": "'t' || x", "regtype": "x", "regtypetext": "x"}
		p, err := s.gate.pass(t.Context(), st)
		if err != nil {
			t.Fatalf("%s: %v", test.sql, err)
		}
		names := slices.Sorted(maps.Keys(p.macros))
		if got := strings.ReplaceAll(strings.Join(names, " "), macroPrefix, ""); got != test.want {
			t.Errorf("%s defines %q, want %q", test.sql, got, test.want)
		}
		p.close()
	}
}
