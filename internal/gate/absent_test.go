//go:build duckdb_arrow

package gate

import (
	"errors"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
)

// What other databases have and a lake has not is called by its name.
func TestStatementsOfOtherDatabasesAreRefusedByName(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct{ sql, code, message, hint string }{
		{"GRANT SELECT ON orders TO bob", "statement-refused", "GRANT is not supported", byPolicies},
		{"create role x", "statement-refused", "CREATE ROLE is not supported", byPrincipals},
		{"CREATE UNIQUE INDEX ON orders (id)", "statement-refused", "CREATE INDEX is not supported", byLake},
		{"CREATE OR REPLACE FUNCTION f() RETURNS int", "statement-refused", "CREATE FUNCTION is not supported", byLake},
		{"CREATE MATERIALIZED VIEW m AS SELECT 1", "statement-refused", "CREATE MATERIALIZED VIEW is not supported", byLake},
		{"ALTER TABLE orders OWNER TO bob", "statement-refused", "ALTER … OWNER TO is not supported", byPolicies},
		{"ALTER TABLE orders SET SCHEMA main", "statement-refused", "ALTER … SET SCHEMA is not supported", byCopy},
		{"ALTER SCHEMA retail RENAME TO x", "statement-refused", "ALTER SCHEMA is not supported", byCopy},
		{"ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "statement-refused", "ROW LEVEL SECURITY is not supported", byPolicies},
		{"INSERT INTO orders (id) VALUES (1) ON CONFLICT DO NOTHING", "statement-refused", "ON CONFLICT is not supported", byMerge},
		{"DROP TABLE orders, customers", "statement-refused", "DROP of several things is not supported", byOne},
		{"TRUNCATE orders, customers", "statement-refused", "TRUNCATE of several tables is not supported", byOne},
		{"DROP TABLE orders; GRANT SELECT ON orders TO bob", "statement-refused", "GRANT is not supported", byPolicies},
		// Names may be such words, and what is wrong for another reason says so.
		{`CREATE TABLE "role" (`, "syntax", "syntax error at end of input", ""},
		{"DROP TABLE orders; DELETE orders", "syntax", `syntax error at or near "orders"`, ""},
	} {
		_, err := s.gate.Statements(t.Context(), s.statement(t, c.sql))
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != c.code || p.Message != c.message || p.Hint != c.hint {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if at := strings.Index(c.sql, "GRANT"); at > 0 && p.Place.Column != at+1 {
			t.Errorf("%s: at %s", c.sql, p.Place)
		}
	}
	if _, err := s.query(t, "GRANT SELECT ON orders TO bob"); err == nil || !strings.Contains(err.Error(), "GRANT is not supported") {
		t.Errorf("as a query: %v", err)
	}
	if _, err := s.query(t, "SELECT (SELECT id FROM orders)"); err == nil || strings.Contains(err.Error(), "SET ") {
		t.Errorf("advice about a setting that is locked: %v", err)
	}
}
