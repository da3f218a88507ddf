//go:build duckdb_arrow

package gate

import (
	"errors"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestExpressionsPassAsTheyAre(t *testing.T) {
	s := newShop(t)
	for expression, want := range map[string]string{
		"a.id > 3":                   "(a.id > 3)",
		"(id, grp) -- both":          `main."row"(id, grp)`,
		"name = 'x;y' or lower(a)=b": "((\"name\" = 'x;y') OR (lower(a) = b))",
	} {
		got, err := s.gate.Expression(t.Context(), s.statement(t, expression))
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", expression, got, err, want)
		}
	}
	got, err := s.gate.Expression(t.Context(), s.statement(t, "id > (SELECT max(id) FROM customers)"))
	if err != nil || !strings.Contains(got, "read_parquet") || strings.Contains(got, "customers WHERE") {
		t.Errorf("a table in a subquery is no relation over files: %s, %v", got, err)
	}
}

func TestExpressionsAreNothingElse(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct{ sql, code string }{
		{"1 AS x", "bad-expression"},
		{"id FROM customers", "bad-expression"},
		{"1, 2", "bad-expression"},
		{"*", "bad-expression"},
		{"DISTINCT 1", "bad-expression"},
		{"1 WHERE true", "bad-expression"},
		{"1 LIMIT 1", "bad-expression"},
		{"1 UNION ALL SELECT 2", "bad-expression"},
		{"1; SELECT 2", "several-statements"},
		{"1); DROP TABLE x; --", "syntax"},
		{"read_text('/etc/passwd')", "function-refused"},
		{"(SELECT content FROM read_text('/etc/passwd'))", "function-refused"},
		{"(SELECT a FROM nowhere)", "unknown-table"},
		{"", "syntax"},
	} {
		st := s.statement(t, c.sql)
		st.Place = diag.Place{File: "models/m.sql", Line: 3, Column: 5}
		_, err := s.gate.Expression(t.Context(), st)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != c.code || p.Place.Line < 3 || p.Place.Column < 5 || p.Place.Column > 50 {
			t.Errorf("%q: %v, want %s", c.sql, err, c.code)
		}
	}
}
