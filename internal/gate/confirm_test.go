//go:build duckdb_arrow

package gate

import (
	"errors"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// What a head is read as is what the engine takes it for; where it is not, the
// statement is refused. Here reading is done wrong on purpose.
func TestTheEngineTellsTheKindOfAStatement(t *testing.T) {
	s := newShop(t)
	for sql, read := range map[string]any{
		"DELETE FROM customers WHERE id = 1":       &sqlast.Update{Table: sqlast.Target{Name: sqlast.Name{Span: sqlast.Span{Start: 12, End: 21}}}, Where: sqlast.Span{Start: 28, End: 34}},
		"DROP TABLE customers":                     &sqlast.CreateTable{Name: sqlast.Name{Span: sqlast.Span{Start: 11, End: 20}}},
		"INSERT INTO customers VALUES (1, 'name')": &sqlast.Delete{From: sqlast.Target{Name: sqlast.Name{Span: sqlast.Span{Start: 12, End: 21}}}},
		"COPY customers TO '/tmp/x'":               &sqlast.Transaction{},
		"COMMIT":                                   &sqlast.Drop{},
	} {
		st := s.statement(t, sql)
		err := s.gate.Confirm(t.Context(), st, sqlast.Statement{Span: sqlast.Span{End: len(sql)}, Head: read}, s.Table(t, "customers"))
		var p *diag.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{"DELETE FROM customers USING orders WHERE true", "UPDATE customers SET name = upper(name)", "TRUNCATE customers",
		"INSERT INTO customers BY NAME SELECT 1 AS id", "MERGE INTO customers USING orders USING (id) WHEN MATCHED THEN UPDATE SET name = 'x' WHEN NOT MATCHED THEN INSERT (id) VALUES (orders.id)"} {
		st := s.statement(t, sql)
		list, err := s.gate.Statements(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.gate.Confirm(t.Context(), st, list[0], s.Table(t, "customers")); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
		st.SQL = strings.Replace(sql, "customers", "customers AS SELECT 1 /*", 1)
		if _, err := s.gate.Statements(t.Context(), st); err == nil {
			t.Errorf("%s was read", st.SQL)
		}
	}
}
