//go:build duckdb_arrow

package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// statements are what people send over PostgreSQL's protocol, and over HTTP, who
// may not do what they want, and the SQLSTATE that they get; "" is that it is done, and shows
// nothing. Each is done by ada, too: then it shows the secret, or proof does,
// which asks for what was changed.
var statements = []struct{ who, sql, proof, state string }{
	// what comes in from where one may not read
	{"cat", "INSERT INTO mine.notes SELECT * FROM secret.plans", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "INSERT INTO mine.notes SELECT * FROM shop.people", "SELECT text FROM mine.notes", "42501"},
	{"cat", "INSERT INTO mine.notes VALUES (9, (SELECT max(text) FROM secret.plans WHERE id = 1))", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "WITH notes AS (SELECT * FROM secret.plans) INSERT INTO mine.notes SELECT * FROM notes", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "INSERT INTO mine.notes WITH plans AS (SELECT 1) SELECT * FROM secret.plans", "SELECT text FROM mine.notes", "42P01"},
	{"cat", `INSERT INTO mine.notes SELECT * FROM "SECRET"."Plans"`, "SELECT text FROM mine.notes", "42P01"},
	{"cat", "INSERT INTO mine.notes TABLE secret.plans", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "UPDATE mine.notes SET text = (SELECT text FROM secret.plans WHERE id = 1)", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "UPDATE mine.notes SET text = p.text FROM secret.plans p WHERE p.id = notes.id", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "WITH s AS (FROM secret.plans) UPDATE mine.notes SET text = s.text FROM s WHERE s.id = notes.id", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "UPDATE mine.notes SET text = 'plan-' || id WHERE EXISTS (FROM secret.plans WHERE text = 'plan-b')", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "UPDATE mine.notes SET text = 'plan-' || (SELECT count(*) FROM shop.people)", "SELECT text FROM mine.notes", "42501"},
	{"cat", "DELETE FROM mine.notes WHERE (SELECT count(*) FROM secret.plans WHERE text LIKE 'plan-b%') = 1", "SELECT 'plan-' || count(*) FROM mine.notes HAVING count(*) = 0", "42P01"},
	{"cat", "DELETE FROM mine.notes USING secret.plans p WHERE p.text = 'plan-b'", "SELECT 'plan-' || count(*) FROM mine.notes HAVING count(*) = 0", "42P01"},
	{"cat", "MERGE INTO mine.notes USING secret.plans s ON s.id = notes.id WHEN MATCHED THEN UPDATE SET text = s.text", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "MERGE INTO mine.notes USING (FROM secret.plans) s ON s.id = notes.id WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.text)", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "MERGE INTO mine.notes n USING mine.notes s ON n.id = s.id AND EXISTS (FROM secret.plans) WHEN MATCHED THEN UPDATE SET text = 'plan-'", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "MERGE INTO mine.notes n USING mine.notes s ON n.id = s.id WHEN MATCHED THEN UPDATE SET text = (SELECT max(text) FROM secret.plans WHERE id = 1)", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "MERGE INTO mine.notes n USING mine.notes s ON n.id = s.id WHEN MATCHED AND (SELECT max(text) FROM secret.plans WHERE id = 1) = 'plan-b' THEN UPDATE SET text = 'plan-'", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "CREATE TABLE mine.copy AS SELECT * FROM secret.plans", "SELECT text FROM mine.copy", "42P01"},
	{"cat", "CREATE TABLE mine.copy AS WITH x AS (SELECT * FROM shop.people) SELECT * FROM x", "SELECT text FROM mine.copy", "42501"},
	{"cat", "CREATE OR REPLACE TABLE mine.notes AS SELECT * FROM secret.plans", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "CREATE TABLE mine.shape AS SELECT * FROM secret.plans LIMIT 0", "SELECT 'plan-' || column_name FROM information_schema.columns WHERE table_name = 'shape'", "42P01"},
	{"cat", "CREATE VIEW mine.look AS SELECT * FROM secret.plans", "SELECT * FROM mine.look", "42P01"},
	{"cat", "CREATE OR REPLACE VIEW mine.look AS SELECT * FROM mine.notes UNION ALL SELECT * FROM secret.plans", "SELECT * FROM mine.look", "42P01"},
	{"cat", "CREATE TEMP TABLE t AS SELECT * FROM secret.plans", "SELECT * FROM t", "42P01"},
	{"cat", "CREATE TEMP VIEW t AS SELECT * FROM secret.plans", "SELECT * FROM t", "42P01"},
	{"bob", "CREATE TEMP TABLE t AS SELECT * FROM shop.people", "SELECT * FROM t", "42P01"},
	{"cat", "ALTER TABLE mine.notes ALTER text TYPE VARCHAR USING (SELECT max(text) FROM secret.plans WHERE id = 1)", "SELECT text FROM mine.notes", "42P01"},
	// what one may not change
	{"bob", "INSERT INTO shop.items VALUES (9, 'plan-z')", "SELECT text FROM shop.items", "42501"},
	{"bob", "UPDATE shop.items SET text = 'plan-z'", "SELECT text FROM shop.items", "42501"},
	{"bob", "DELETE FROM shop.items", "SELECT 'plan-' || count(*) FROM shop.items HAVING count(*) = 0", "42501"},
	{"bob", "TRUNCATE shop.items", "SELECT 'plan-' || count(*) FROM shop.items HAVING count(*) = 0", "42501"},
	{"bob", "MERGE INTO shop.items USING shop.orders o ON o.id = items.id WHEN MATCHED THEN UPDATE SET text = 'plan-'", "SELECT text FROM shop.items", "42501"},
	{"bob", "DROP TABLE shop.items", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'items')", "42501"},
	{"bob", "ALTER TABLE shop.items ADD COLUMN more VARCHAR", "SELECT 'plan-' || column_name FROM information_schema.columns WHERE column_name = 'more'", "42501"},
	{"bob", "ALTER TABLE shop.items RENAME TO things", "SELECT 'plan-' || count(*) FROM shop.things", "42501"},
	{"bob", "COMMENT ON TABLE shop.items IS 'plan-z'", "SELECT 'plan-'", "42501"},
	{"bob", "CREATE TABLE shop.mine AS SELECT 'plan-z' AS text", "SELECT text FROM shop.mine", "42501"},
	{"bob", "CREATE VIEW shop.mine AS SELECT 'plan-z' AS text", "SELECT text FROM shop.mine", "42501"},
	{"bob", "CREATE SCHEMA bobs", "SELECT 'plan-' || schema_name FROM information_schema.schemata WHERE schema_name = 'bobs'", "42501"},
	{"cat", "CREATE SCHEMA yours", "SELECT 'plan-' || schema_name FROM information_schema.schemata WHERE schema_name = 'yours'", "42501"},
	{"bob", "CREATE OR REPLACE VIEW main.part AS SELECT 1 AS id, 'plan-z' AS text", "SELECT text FROM main.part", "42501"},
	{"bob", "DROP VIEW main.part", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'main' AND table_name = 'part')", "42501"},
	{"etl", "UPDATE shop.orders SET text = 'plan-z'", "SELECT text FROM shop.orders", "42501"},
	{"etl", "DELETE FROM shop.orders WHERE id = 1", "SELECT 'plan-' || count(*) FROM shop.orders HAVING count(*) = 2", "42501"},
	{"etl", "TRUNCATE shop.orders", "SELECT 'plan-' || count(*) FROM shop.orders HAVING count(*) = 0", "42501"},
	{"etl", "INSERT INTO shop.orders SELECT id, 'plan-z' FROM shop.orders", "SELECT text FROM shop.orders", "42501"},
	{"etl", "MERGE INTO shop.orders USING (SELECT 9 AS id) s ON s.id = orders.id WHEN NOT MATCHED THEN INSERT VALUES (9, 'plan-z')", "SELECT text FROM shop.orders", "42501"},
	{"up", "INSERT INTO shop.orders VALUES (9, 'plan-z')", "SELECT text FROM shop.orders", "42501"},
	{"up", "MERGE INTO shop.orders USING (SELECT 9 AS id) s ON s.id = orders.id WHEN NOT MATCHED THEN INSERT VALUES (9, 'plan-z')", "SELECT text FROM shop.orders", "42501"},
	{"up", "UPDATE shop.orders SET text = (SELECT max(text) FROM shop.people WHERE id = 1)", "SELECT text FROM shop.orders", "42P01"},
	{"up", "DELETE FROM shop.orders WHERE id IN (SELECT id FROM shop.people WHERE text = 'plan-b')", "SELECT 'plan-' || count(*) FROM shop.orders HAVING count(*) = 2", "42P01"},
	{"up", "DROP TABLE shop.orders", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'orders')", "42501"},
	{"up", "CREATE OR REPLACE TABLE shop.orders AS SELECT 1 AS id, 'plan-z' AS text", "SELECT text FROM shop.orders", "42501"},
	// what one may change and not read tells by how many rows there are, or by errors
	{"blind", "DELETE FROM secret.plans WHERE text = 'plan-b'", "SELECT 'plan-' || count(*) FROM secret.plans HAVING count(*) = 2", "42501"},
	{"blind", "UPDATE secret.plans SET id = id WHERE text = 'plan-b'", "SELECT 'plan-' || count(*) FROM secret.plans", "42501"},
	{"blind", "UPDATE secret.plans SET id = CAST(text AS INTEGER) WHERE text = '7'", "SELECT 'plan-' || count(*) FROM secret.plans", "42501"},
	{"blind", "INSERT INTO secret.plans SELECT * FROM secret.plans", "SELECT 'plan-' || count(*) FROM secret.plans HAVING count(*) = 6", "42501"},
	{"blind", "ALTER TABLE secret.plans RENAME TO open", "SELECT text FROM secret.open", "42501"},
	{"blind", "ALTER TABLE secret.plans ALTER text TYPE VARCHAR USING upper(text)", "SELECT lower(text) FROM secret.plans", "42501"},
	{"blind", "MERGE INTO secret.plans USING (SELECT 'plan-b' AS t) s ON s.t = plans.text WHEN MATCHED THEN DELETE", "SELECT 'plan-' || count(*) FROM secret.plans HAVING count(*) = 2", "42501"},
	{"blind", "TRUNCATE secret.plans; ROLLBACK; SELECT text FROM secret.plans", "", "42501"},
	// what is hidden is not there, whatever is to be done with it
	{"bob", "INSERT INTO secret.plans VALUES (9, 'plan-z')", "SELECT text FROM secret.plans", "42P01"},
	{"bob", "UPDATE shop.people SET id = 1", "SELECT 'plan-' || sum(id) FROM shop.people", "42P01"},
	{"bob", "DELETE FROM shop.people WHERE text = 'plan-b'", "SELECT 'plan-' || count(*) FROM shop.people HAVING count(*) = 2", "42P01"},
	{"bob", "TRUNCATE secret.plans", "SELECT 'plan-' || count(*) FROM secret.plans HAVING count(*) = 0", "42P01"},
	{"bob", "MERGE INTO secret.plans USING shop.items i ON i.id = plans.id WHEN MATCHED THEN DELETE", "SELECT 'plan-' || count(*) FROM secret.plans HAVING count(*) = 0", "42P01"},
	{"bob", "ALTER TABLE secret.plans RENAME TO shop_plans", "SELECT text FROM secret.shop_plans", "42P01"},
	{"bob", "ALTER TABLE shop.people DROP COLUMN text", "SELECT 'plan-' || count(*) FROM shop.people", "42P01"},
	{"bob", "DROP TABLE secret.plans", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'secret' AND table_name = 'plans')", "42P01"},
	{"bob", "DROP TABLE IF EXISTS secret.plans", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'secret' AND table_name = 'plans')", ""},
	{"bob", "ALTER TABLE IF EXISTS secret.plans RENAME TO gone", "SELECT text FROM secret.gone", ""},
	{"bob", "COMMENT ON TABLE secret.plans IS 'plan-z'", "SELECT 'plan-'", "42P01"},
	{"bob", "COMMENT ON COLUMN shop.people.text IS 'plan-z'", "SELECT 'plan-'", "42P01"},
	{"bob", "DROP SCHEMA secret CASCADE", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'secret' AND table_name = 'plans')", "3F000"},
	{"cat", "DROP SCHEMA IF EXISTS secret CASCADE", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'secret' AND table_name = 'plans')", ""},
	{"cat", "ALTER TABLE shop.people RENAME TO others", "SELECT text FROM shop.others", "42501"},
	{"cat", "ALTER TABLE shop.people ALTER text TYPE VARCHAR USING concat(text, '')", "SELECT text FROM shop.people", "42501"},
	{"cat", "DROP TABLE shop.people", "SELECT 'plan-' WHERE NOT EXISTS (FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = 'people')", "42501"},
	// plans, errors and what is prepared
	{"cat", "EXPLAIN SELECT * FROM secret.plans", "SELECT text FROM secret.plans", "42P01"},
	{"bob", "EXPLAIN (FORMAT JSON) SELECT * FROM main.part p JOIN shop.people USING (id)", "SELECT text FROM shop.people", "42P01"},
	{"cat", "PREPARE p AS INSERT INTO mine.notes SELECT * FROM secret.plans; EXECUTE p", "SELECT text FROM mine.notes", "42P01"},
	{"cat", "PREPARE p(int) AS UPDATE mine.notes SET text = (SELECT text FROM secret.plans WHERE id = $1); EXECUTE p(1)", "SELECT text FROM mine.notes", "42P01"},
	{"bob", "COPY shop.people TO STDOUT", "", "42P01"}, {"bob", "COPY (SELECT * FROM secret.plans) TO STDOUT", "", "42P01"},
	{"bob", "COPY (WITH items AS (FROM secret.plans) FROM items) TO STDOUT (FORMAT csv)", "", "42P01"},
	{"bob", "COPY shop.people (text) TO STDOUT (FORMAT binary)", "", "42P01"},
	{"cat", "INSERT INTO mine.notes VALUES (9, 'x'); SELECT text FROM secret.plans", "", "42P01"},
	{"cat", "CREATE TABLE mine.plans AS SELECT 1 AS id; SELECT p.text FROM secret.plans p JOIN mine.plans USING (id)", "", "42P01"},
}

// The state of the lake, as an owner sees it, is the same before and after.
const fingerprint = "SELECT string_agg(namespace || '.' || table_name || ':' || coalesce(CAST(snapshot_id AS VARCHAR), '-') || coalesce(description, ''), ' ' ORDER BY namespace, table_name) FROM system.tables"

func TestStatementsThatChangeReachNothingThatIsHidden(t *testing.T) {
	g := newTarget(t)
	before, err := g.connect("ada").all(fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range statements {
		t.Run(a.who+" "+a.sql, func(t *testing.T) {
			for _, form := range []string{"BEGIN; %s", "%s"} {
				c := g.connect(a.who)
				got, err := c.all(fmt.Sprintf(form, a.sql))
				if state := stateOf(err); state != a.state {
					t.Errorf("%s: %q, %v", state, got, err)
				}
				if strings.Contains(got, secret) || strings.Contains(strings.ReplaceAll(told(err), a.sql, ""), secret) {
					t.Errorf("tells %q, %s", got, told(err))
				}
			}
			status, over := g.query(a.who, a.sql)
			if (status == http.StatusOK) != (a.state == "") || strings.Contains(strings.ReplaceAll(over, a.sql, ""), secret) {
				t.Errorf("HTTP tells %d %s", status, over)
			}
			c := g.connect("ada")
			got, err := c.all("BEGIN; " + a.sql)
			if err == nil && a.proof != "" {
				got, err = c.all(a.proof)
			}
			if err != nil || !strings.Contains(got, secret) {
				t.Errorf("it would do nothing where it is allowed: %q, %v", got, err)
			}
		})
	}
	if after, err := g.connect("ada").all(fingerprint); err != nil || after != before {
		t.Errorf("the lake was\n%s\nand is\n%s\n%v", before, after, err)
	}
}

// client is a session.
type client struct {
	*pgx.Conn
	t *testing.T
}

func (g *target) connect(name string) client {
	g.t.Helper()
	c, err := pgx.Connect(g.t.Context(), strings.Replace("postgres://"+name+":PASSWORD@"+g.postgres+"?sslmode=disable", "PASSWORD", strings.ReplaceAll(password, " ", "%20"), 1))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		_ = c.Close(ctx) // may be gone
	})
	return client{c, g.t}
}

// all runs a text and returns the values and the rows that are copied.
func (c client) all(sql string) (string, error) {
	if strings.Contains(sql, "TO STDOUT") {
		var out strings.Builder
		_, err := c.PgConn().CopyTo(c.t.Context(), &out, strings.TrimPrefix(sql, "BEGIN; "))
		return out.String(), err
	}
	results, err := c.PgConn().Exec(c.t.Context(), sql).ReadAll()
	var values []string
	for _, r := range results {
		for _, row := range r.Rows {
			for _, v := range row {
				values = append(values, string(v))
			}
		}
	}
	return strings.Join(values, "|"), err
}

func stateOf(err error) string {
	var e *pgconn.PgError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return err.Error()
}

// told is all that an error tells.
func told(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	return fmt.Sprint(e.Message, "|", e.Hint, "|", e.Detail, "|", e.Where)
}
