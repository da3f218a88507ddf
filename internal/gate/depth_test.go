//go:build duckdb_arrow

package gate

import (
	"errors"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Text that nests deeper than anybody means it passes or is a problem; it is
// not the end of the process.
func TestDeepNestingIsHarmless(t *testing.T) {
	s := newShop(t)
	r := strings.Repeat
	for _, n := range []int{900, 5000} {
		for name, sql := range map[string]string{
			"parentheses": "SELECT " + r("(", n) + "1" + r(")", n),
			"not":         "SELECT " + r("NOT ", n) + "true",
			"minus":       "SELECT " + r("- ", n) + "1",
			"subqueries":  r("SELECT (", n) + "SELECT 1" + r(")", n),
			"from":        r("SELECT * FROM (", n) + "SELECT 1" + r(")", n),
			"lists":       "SELECT " + r("[", n) + r("]", n),
			"and":         "SELECT 1 WHERE true" + r(" AND id = 1", n),
			"plus":        "SELECT 1" + r(" + 1", n),
			"concat":      "SELECT 'a'" + r(" || 'a'", n),
			"case":        "SELECT " + r("CASE WHEN true THEN ", n) + "1" + r(" END", n),
			"unions":      "SELECT 1" + r(" UNION ALL SELECT 1", n),
			"joins":       "SELECT 1 FROM orders" + r(" JOIN orders USING (id)", min(n, 100)),
			"functions":   "SELECT " + r("abs(", n) + "1" + r(")", n),
			"casts":       "SELECT 1" + r("::INT", n),
			"with":        r("WITH a AS (", n) + "SELECT 1" + r(") SELECT * FROM a", n),
			"types":       "SELECT NULL::" + r("STRUCT(a ", n) + "INT" + r(")", n),
			"arrays":      "SELECT NULL::INT" + r("[]", n),
			"lambdas":     "SELECT " + r("list_transform([1], lambda x: ", n) + "1" + r(")", n),
			"columns":     "SELECT 1" + r(", 1", n),
			"brackets":    "SELECT " + r("(", n),
		} {
			p, err := s.gate.pass(t.Context(), s.statement(t, sql))
			var problem *diag.Problem
			switch {
			case err == nil:
				p.close()
			case !errors.As(err, &problem):
				t.Errorf("%s, %d deep: %v is no problem", name, n, err)
			}
		}
	}
}
