//go:build duckdb_arrow

package gate

import "testing"

// The names of columns are what the author wrote, whatever takes the place of
// tables.
func TestColumnsAreNamedAsTheyAreWritten(t *testing.T) {
	s := newShop(t)
	for sql, want := range map[string]string{
		"SELECT (SELECT max(id) FROM customers)":                                       `(SELECT max(id) FROM customers)`,
		"SELECT 1 + (SELECT max(id) FROM customers), 2 AS two":                         `(1 + (SELECT max(id) FROM customers))`,
		"SELECT EXISTS (FROM customers)":                                               `EXISTS(SELECT * FROM customers)`,
		"SELECT id IN (SELECT id FROM customers) FROM customers":                       `(id = ANY(SELECT id FROM customers))`,
		"FROM (SELECT (SELECT max(id) FROM customers))":                                `(SELECT max(id) FROM customers)`,
		"WITH c AS (SELECT (SELECT max(id) FROM customers)) FROM c":                    `(SELECT max(id) FROM customers)`,
		"SELECT (SELECT max(id) FROM customers) AS m":                                  `m`,
		"SELECT (SELECT count(*) FROM customers c WHERE c.id = d.id) FROM customers d": `(SELECT count_star() FROM customers AS c WHERE (c.id = d.id))`,
		"SELECT * REPLACE ((SELECT max(id) FROM customers) AS id) FROM customers":      "id",
		"SELECT max(id) FROM customers":                                                `max(id)`,
	} {
		plan, err := s.gate.Plan(t.Context(), s.statement(t, sql))
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		if got := plan.Columns[0].Name; got != want {
			t.Errorf("%s: the column is %s, want %s", sql, got, want)
		}
	}
	st := s.statement(t, "SELECT (SELECT max(id) FROM customers WHERE id < $1)")
	st.Parameters = []string{"2"}
	if plan, err := s.gate.Plan(t.Context(), st); err != nil || plan.Columns[0].Name != "(SELECT max(id) FROM customers WHERE (id < $1))" {
		t.Error(plan, err)
	}
	for _, sql := range []string{"SELECT COLUMNS('id') + (SELECT max(id) FROM customers) FROM customers", "SELECT alias((SELECT max(id) FROM customers)) AS a"} {
		if plan, err := s.gate.Plan(t.Context(), s.statement(t, sql)); err == nil {
			t.Errorf("%s: %v", sql, plan.Columns)
		}
	}
}
