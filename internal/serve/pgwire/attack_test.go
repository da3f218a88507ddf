//go:build duckdb_arrow

package pgwire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// attacks are statements of those who may not read what they ask for, and the
// SQLSTATE that they get; "" is that they run and show nothing of it. Each of
// them shows it to ada, an owner, whom no policy keeps away: what is asserted of
// the others is the work of policies, and of nothing else.
var attacks = []struct{ who, sql, state string }{
	// names, in all ways to write them
	{"bob", `SELECT * FROM secret.plans`, "42P01"}, {"none", `SELECT * FROM secret.plans`, "42P01"}, {"rita", `SELECT text FROM shop.people`, "42P01"},
	{"cat", `SELECT * FROM secret.plans`, "42P01"}, {"etl", `TABLE secret.plans`, "42P01"}, {"bob", `FROM secret.plans`, "42P01"},
	{"bob", `SELECT * FROM "secret"."plans"`, "42P01"}, {"bob", `SELECT * FROM SECRET.PLANS`, "42P01"}, {"bob", `SELECT * FROM "Secret"."pLANS"`, "42P01"},
	{"bob", `SELECT * FROM tarn.secret.plans`, "42P01"}, {"bob", `SELECT * FROM "TARN".secret.plans`, "42P01"},
	{"bob", "SELECT * FROM shop.\"\u212Aeys\"", "42P01"}, {"bob", "SELECT * FROM shop.\u212Aeys", "42P01"},
	{"bob", "SELECT * FROM secret/**/./**/plans", "42P01"}, {"bob", `SELECT * FROM shop.people`, "42P01"}, {"bob", `SELECT * FROM shop.PEOPLE p`, "42P01"},
	{"cat", `SELECT * FROM shop.people WHERE id = 1`, "42501"},
	// everywhere in a statement
	{"bob", `WITH x AS (SELECT * FROM secret.plans) SELECT * FROM x`, "42P01"}, {"bob", `WITH items AS (SELECT * FROM secret.plans) SELECT * FROM items`, "42P01"},
	{"bob", `WITH plans AS (SELECT 1) SELECT * FROM secret.plans`, "42P01"}, {"bob", `WITH RECURSIVE r AS (SELECT text FROM secret.plans UNION SELECT text FROM r) FROM r`, "42P01"},
	{"bob", `SELECT (SELECT max(text) FROM secret.plans WHERE id = 1)`, "42P01"}, {"bob", `SELECT i.id, p.text FROM shop.items i JOIN secret.plans p USING (id)`, "42P01"},
	{"bob", `SELECT 'plan-b' FROM shop.items WHERE EXISTS (FROM secret.plans WHERE text = 'plan-b')`, "42P01"}, {"bob", `SELECT text FROM shop.items UNION ALL SELECT text FROM secret.plans`, "42P01"},
	{"bob", `SELECT * FROM shop.items, LATERAL (SELECT text AS t FROM secret.plans)`, "42P01"}, {"bob", `PIVOT secret.plans ON id IN (1) USING max(text)`, "42P01"},
	{"bob", `SUMMARIZE secret.plans`, "42P01"},
	{"bob", `SELECT * FROM secret.plans AT (TIMESTAMP => '2200-01-01')`, "42P01"}, {"bob", `SELECT max((SELECT min(text) FROM secret.plans)) OVER () FROM shop.items`, "42P01"},
	{"bob", `VALUES ((SELECT max(text) FROM secret.plans WHERE id = 1))`, "42P01"}, {"bob", `SELECT 'plan-' || column_name FROM (DESCRIBE secret.plans)`, "42P01"},
	// views
	{"bob", `SELECT * FROM shop.grab`, "42P01"}, {"bob", `SELECT count(*) || hex(max(text)), 'plan-b' FROM shop.grab`, "42P01"}, {"cat", `SELECT * FROM mine.grab`, "42P01"},
	{"bob", `SELECT * FROM shop.trusting`, "42000"}, {"bob", `SELECT * FROM shop.replaced`, "42P01"},
	{"bob", `SELECT * FROM shop.changed`, "42P01"}, {"bob", `SELECT * FROM shop.back`, "42P01"}, {"cat", `SELECT * FROM mine.over UNION FROM mine.grab`, "42P01"},
	{"bob", `WITH grab AS (FROM shop.grab) FROM grab`, "42P01"},
	// lists
	{"bob", `SELECT 'plan-' || table_name FROM information_schema.tables WHERE table_name = 'plans'`, ""},
	{"bob", `SELECT 'plan-' || column_name FROM information_schema.columns WHERE table_schema = 'secret'`, ""},
	{"bob", `SELECT 'plan-' || schema_name FROM information_schema.schemata WHERE schema_name IN ('secret', 'mine')`, ""},
	{"none", `SELECT 'plan-' || schema_name FROM information_schema.schemata WHERE schema_name = 'shop'`, ""},
	{"rita", `SELECT 'plan-' || table_name FROM information_schema.tables WHERE table_name = 'people'`, ""},
	{"bob", `SELECT 'plan-' || relname FROM pg_class WHERE relname = 'people'`, ""}, {"bob", `SELECT 'plan-' || relname FROM pg_catalog.pg_class WHERE oid = 'secret.plans'::regclass`, "42P01"},
	{"bob", `SELECT 'plan-' || relname FROM pg_class WHERE oid = to_regclass('secret.plans')`, ""}, {"bob", `SELECT 'plan-' || nspname FROM pg_namespace WHERE nspname = 'secret'`, ""},
	{"bob", `SELECT 'plan-' || attname FROM pg_attribute WHERE attrelid = 'shop.people'::regclass`, "42P01"}, {"bob", `SELECT 'plan-' || tablename FROM pg_tables WHERE schemaname = 'secret'`, ""},
	{"bob", `SELECT 'plan-' || relname FROM pg_class WHERE relname = 'plans' AND has_table_privilege(oid, 'select')`, ""},
	{"bob", `SELECT 'plan-' || note FROM system.notes WHERE note IN ('secret.plans', 'shop.people')`, ""}, {"etl", `SELECT 'plan-' || note FROM system.notes`, ""},
	{"bob", `SELECT 'plan-' || note FROM system.runs`, "42P01"}, {"rita", `SELECT 'plan-' || note FROM system.runs`, "42P01"},
	{"none", `SELECT 'plan-' || text FROM shop.names WHERE text = 'plans'`, "42P01"}, {"bob", `SELECT 'plan-' || text FROM shop.names WHERE text = 'plans'`, ""},
	// statements about statements
	{"bob", `DECLARE c CURSOR WITH HOLD FOR SELECT * FROM secret.plans; FETCH ALL FROM c`, "42P01"},
	{"bob", `BEGIN; SELECT * FROM secret.plans; COMMIT`, "42P01"}, {"bob", `PREPARE p AS SELECT * FROM secret.plans; EXECUTE p`, "42P01"},
	{"bob", `PREPARE p AS SELECT text FROM shop.people WHERE id = $1; EXECUTE p(1)`, "42P01"},
}

func TestWhatPoliciesHideIsNotFound(t *testing.T) {
	g := newGoverned(t)
	for _, a := range attacks {
		t.Run(a.who+" "+a.sql, func(t *testing.T) {
			got, err := rows(t, g.connect(t, a.who), a.sql)
			if state := code(err); err == nil && a.state != "" || err != nil && state != a.state {
				t.Errorf("%s: %q, %v", state, got, err)
			}
			if strings.Contains(got, hidden) || strings.Contains(told(err), hidden) {
				t.Errorf("tells %q, %v", got, err)
			}
			if got, err := rows(t, g.connect(t, "ada"), a.sql); err != nil || !strings.Contains(got, hidden) {
				t.Errorf("it would tell nothing where it is allowed: %q, %v", got, err)
			}
		})
	}
}

// told is all that an error tells.
func told(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	return fmt.Sprint(e.Code, "|", e.Message, "|", e.Hint, "|", e.Detail, "|", e.Where, "|", e.Position, "|", e.SchemaName, e.TableName, e.ColumnName)
}
