//go:build duckdb_arrow

package workspace

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
)

// scripts are run by the engine itself and by a workspace over a lake. After
// each statement all tables must be equal, row by row.
var scripts = map[string]string{
	"create and insert": `
		CREATE TABLE a (id INTEGER, name VARCHAR, amount DECIMAL(9,2), moment TIMESTAMP, tags VARCHAR[]);
		INSERT INTO a VALUES (1, 'x; y', 1.5, '2020-01-01', ['p', 'q']), (2, NULL, 2, NULL, NULL);
		INSERT INTO a (name, id) SELECT 'n' || range, range FROM range(5);
		INSERT INTO a BY NAME SELECT 9 AS id, 'nine' AS name;
		INSERT INTO a DEFAULT VALUES;
		CREATE TABLE b AS SELECT id, count(*) AS n, sum(amount) AS total FROM a GROUP BY id;
		CREATE TABLE c(k, v) AS SELECT id, name FROM main.a WHERE id > 1;
		CREATE TABLE IF NOT EXISTS c AS SELECT 1 AS other;
		CREATE OR REPLACE TABLE c AS FROM c ORDER BY ALL LIMIT 2;
		CREATE TABLE d AS SELECT * FROM a WITH NO DATA;
		WITH w AS (SELECT 40 AS id) INSERT INTO d (id) SELECT id + 1 FROM w;
		WITH w AS (SELECT 40 AS id) INSERT INTO d (id) WITH v AS (SELECT id FROM w) SELECT id + 2 FROM v;
		INSERT INTO a SELECT * FROM a`,
	"delete": `
		CREATE TABLE a AS SELECT range AS id, range % 3 AS g, 'n' || range AS name FROM range(100);
		INSERT INTO a SELECT range, 7, NULL FROM range(100, 120);
		DELETE FROM a WHERE id IN (3, 5) OR name = 'n9';
		DELETE FROM a AS x WHERE x.g = 7 AND id > 110;
		DELETE FROM main.a WHERE main.a.id = 20;
		DELETE FROM a WHERE name IS NULL AND id % 2 = 0;
		CREATE TABLE gone AS SELECT 30 AS id UNION ALL SELECT 31 UNION ALL SELECT 31;
		DELETE FROM a USING gone WHERE gone.id = a.id;
		DELETE FROM a USING gone AS g JOIN (SELECT 32 AS id) AS h ON true WHERE a.id = h.id;
		DELETE FROM a WHERE id IN (SELECT id + 3 FROM gone) AND EXISTS (SELECT 1 FROM a AS other WHERE other.id = a.id + 1);
		WITH doomed AS (SELECT 50 AS id) DELETE FROM a WHERE id IN (SELECT id FROM doomed);
		DELETE FROM a WHERE (id, g) IN (SELECT 51, 0);
		DELETE FROM a WHERE false;
		TRUNCATE gone;
		INSERT INTO gone VALUES (1);
		DELETE FROM gone;
		DELETE FROM a`,
	"update": `
		CREATE TABLE a AS SELECT range AS id, range % 3 AS g, 'n' || range AS name, 1.5::DOUBLE AS x FROM range(50);
		UPDATE a SET name = upper(name) WHERE id < 5;
		UPDATE a SET (g, x) = (g + 10, NULL), name = CASE WHEN id = 6 THEN 'six' ELSE name END WHERE id BETWEEN 6 AND 8;
		UPDATE a AS t SET x = t.id / 2 FROM (SELECT 10 AS id UNION ALL SELECT 11) AS f WHERE f.id = t.id;
		UPDATE a SET g = '42' WHERE name IS DISTINCT FROM 'n12' AND id = 13;
		UPDATE a SET x = (SELECT max(b.x) FROM a AS b WHERE b.g = a.g);
		UPDATE main.a SET id = id + 1000 WHERE main.a.id = 20;
		WITH w AS (SELECT 21 AS id) UPDATE a SET name = 'w' FROM w WHERE w.id = a.id;
		UPDATE a SET name = name IS NOT DISTINCT FROM NULL`,
	"merge": `
		CREATE TABLE t (id INTEGER, name VARCHAR, n BIGINT);
		INSERT INTO t SELECT range, 'old', range FROM range(20);
		CREATE TABLE s AS SELECT range + 10 AS id, 'new' || range AS name, 100 AS n FROM range(20);
		MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name, n = t.n + s.n WHEN NOT MATCHED THEN INSERT (id, name, n) VALUES (s.id, name, n);
		MERGE INTO t AS x USING (SELECT 5 AS id UNION ALL SELECT 6) AS y USING (id) WHEN MATCHED AND id = 5 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'six';
		MERGE INTO t USING s ON t.id = s.id AND s.id < 12 WHEN NOT MATCHED BY SOURCE AND t.n < 3 THEN DELETE WHEN NOT MATCHED BY SOURCE AND t.n < 5 THEN UPDATE SET n = -n WHEN MATCHED THEN DO NOTHING;
		MERGE INTO t USING (SELECT 7 AS id, 'seven' AS name, 7 AS n UNION ALL SELECT 700, 'new', 1) AS v USING (id) WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT;
		MERGE INTO t USING (SELECT 77 AS n, 8 AS id) AS v ON v.id = t.id WHEN MATCHED THEN UPDATE BY NAME WHEN NOT MATCHED THEN INSERT BY NAME;
		MERGE INTO t USING (SELECT 77 AS n, 800 AS id) AS v ON v.id = t.id WHEN MATCHED THEN UPDATE BY NAME WHEN NOT MATCHED THEN INSERT BY NAME;
		MERGE INTO t USING s AS a JOIN (SELECT 9 AS id, 'joined' AS label) AS b ON a.id = b.id + 3 ON t.id = b.id WHEN MATCHED THEN UPDATE SET name = label || a.id WHEN NOT MATCHED BY SOURCE AND t.id = 14 THEN DELETE;
		MERGE INTO t USING (SELECT NULL::INTEGER AS id) AS v ON v.id = t.id WHEN NOT MATCHED THEN INSERT (name) VALUES (CASE WHEN true THEN 'null id' END);
		WITH w AS (SELECT 15 AS id) MERGE INTO t USING w ON t.id = w.id WHEN MATCHED THEN DELETE;
		MERGE INTO t USING s ON false WHEN NOT MATCHED AND s.id = 11 THEN INSERT VALUES (s.id, 'again', NULL)`,
	"columns": `
		CREATE TABLE a AS SELECT range AS id, 'n' || range AS name, range::INTEGER AS g FROM range(10);
		ALTER TABLE a ADD COLUMN extra VARCHAR;
		INSERT INTO a VALUES (100, 'x', 1, 'e');
		UPDATE a SET extra = 'filled' WHERE id < 3;
		ALTER TABLE a RENAME COLUMN extra TO more;
		UPDATE a SET more = more || '!' WHERE more IS NOT NULL;
		ALTER TABLE a DROP COLUMN g;
		ALTER TABLE a ADD COLUMN g DOUBLE;
		ALTER TABLE a ALTER COLUMN id TYPE VARCHAR;
		ALTER TABLE a ALTER name SET DATA TYPE INTEGER USING length(name);
		ALTER TABLE a DROP COLUMN IF EXISTS nothing;
		ALTER TABLE a ADD COLUMN IF NOT EXISTS g VARCHAR;
		ALTER TABLE IF EXISTS nothing RENAME TO something;
		INSERT INTO a (id, g) VALUES ('z', 1.25)`,
	"names": `
		CREATE TABLE x AS SELECT 1 AS v;
		CREATE TABLE x__dbt_tmp AS SELECT 2 AS v;
		ALTER TABLE x RENAME TO x__dbt_backup;
		ALTER TABLE x__dbt_tmp RENAME TO x;
		DROP TABLE IF EXISTS x__dbt_backup CASCADE;
		INSERT INTO x VALUES (3);
		ALTER TABLE x RENAME TO y;
		CREATE TABLE x (v VARCHAR);
		CREATE VIEW big AS SELECT * FROM y WHERE v > 2;
		CREATE VIEW named(w) AS SELECT v FROM big;
		CREATE OR REPLACE VIEW big AS SELECT v * 10 AS v FROM y;
		ALTER VIEW named RENAME TO other;
		INSERT INTO x SELECT w FROM other;
		DROP VIEW other;
		DROP VIEW big;
		DROP TABLE y;
		DROP TABLE x;
		CREATE TABLE x AS SELECT 'anew' AS v;
		BEGIN; INSERT INTO x VALUES ('in a transaction'); COMMIT`,
	"temporary": `
		CREATE TABLE a AS SELECT 1 AS id;
		CREATE TEMP TABLE later AS SELECT 2 AS id;
		INSERT INTO later VALUES (3);
		INSERT INTO a SELECT id FROM later;
		DELETE FROM a WHERE id IN (SELECT id FROM temp.later WHERE id = 2);
		DROP TABLE later;
		CREATE TEMPORARY TABLE later (id VARCHAR);
		CREATE OR REPLACE TABLE a AS SELECT count(*) AS n FROM later;
		DROP TABLE later`,
	"schemas": `
		CREATE SCHEMA IF NOT EXISTS stage;
		CREATE TABLE stage.a AS SELECT 1 AS id;
		CREATE SCHEMA IF NOT EXISTS stage;
		CREATE VIEW stage.v AS SELECT * FROM stage.a;
		INSERT INTO stage.a SELECT id + 1 FROM stage.v;
		DROP VIEW stage.v;
		ALTER TABLE stage.a RENAME TO b;
		COMMENT ON TABLE stage.b IS 'it''s a table';
		COMMENT ON COLUMN stage.b.id IS 'a column';
		CREATE VIEW stage.w AS SELECT 1 AS x;
		COMMENT ON VIEW stage.w IS NULL;
		DROP SCHEMA stage CASCADE`,
	"not null": `
		CREATE TABLE a (id INTEGER NOT NULL, name VARCHAR);
		INSERT INTO a VALUES (1, NULL), (2, 'b');
		UPDATE a SET id = id + 1;
		DELETE FROM a WHERE id = 2;
		MERGE INTO a USING (SELECT 3 AS id) AS s USING (id) WHEN MATCHED THEN DELETE;
		INSERT INTO a VALUES (5, 'e');
		ALTER TABLE a ALTER COLUMN id DROP NOT NULL;
		INSERT INTO a VALUES (NULL, 'f');
		DELETE FROM a WHERE id IS NULL;
		ALTER TABLE a ALTER COLUMN name SET NOT NULL`,
	"texts": `
		CREATE TABLE "odd "" name" AS SELECT 1 AS "a;b", $$it's $1$$ AS "select"; -- a comment; with a semicolon
		INSERT INTO "odd "" name" VALUES (2, E'back\\slash \' quote'); /* another; /* nested; */ one */
		UPDATE "odd "" name" SET "select" = 'WHERE' WHERE "a;b" = 2;
		DELETE FROM "odd "" name" WHERE "select" = $tag$it's $1$tag$;
		INSERT INTO "odd "" name" SELECT 3 AS where_, 'FROM'`,
}

func TestScriptsMakeWhatTheEngineMakes(t *testing.T) {
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) { compareScript(t, script) })
	}
}

func compareScript(t *testing.T, script string) {
	s := newShop(t)
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2})
	must(t, err)
	defer e.Close()
	plain, err := e.Session(t.Context())
	must(t, err)
	defer plain.Close()
	w := s.open(t)
	st := statement(script)
	st.Scope = w.Scope()
	list, err := s.gate.Statements(t.Context(), st)
	must(t, err)
	published := 0
	for i, one := range list {
		sql := script[one.Start:one.End]
		want, wantErr := plain.Exec(t.Context(), sql)
		_, got, gotErr := w.run(t, sql)
		if (wantErr == nil) != (gotErr == nil) || wantErr == nil && strings.Contains("INSERT UPDATE DELETE MERGE", one.Word) && want != got {
			t.Fatalf("%s\nengine: %d %v\nworkspace: %d %v", sql, want, wantErr, got, gotErr)
		}
		compareTables(t, sql, plain, w)
		if i%3 == 2 && !strings.Contains(script, "TEMP") { // what is published in between makes no difference
			s.publish(t, w)
			w = s.open(t)
			published++
		}
	}
	s.publish(t, w)
	compareTables(t, "published", plain, s.open(t))
	swept, err := s.Sweep(t.Context(), func(string) bool { return false })
	must(t, err)
	if swept.Stages > 0 {
		t.Errorf("%d stages were left", swept.Stages)
	}
}

// compareTables compares all tables and views of both.
func compareTables(t *testing.T, after string, plain engine.Session, w *Workspace) {
	t.Helper()
	const list = "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_catalog <> 'temp' ORDER BY ALL"
	rows, err := plain.Query(t.Context(), list)
	must(t, err)
	tables := text(rows)
	rows.Release()
	if diff := cmp.Diff(tables, w.do(t, strings.Replace(list, "<> 'temp'", "= 'tarn' AND table_schema <> 'temp'", 1))); diff != "" {
		t.Fatalf("after %s: %s", after, diff)
	}
	for _, line := range tables {
		parts := strings.Split(line, " | ")
		query := fmt.Sprintf(`SELECT r FROM (SELECT r::VARCHAR AS r FROM "%s"."%s" AS r)`, parts[0], strings.ReplaceAll(parts[1], `"`, `""`))
		rows, err := plain.Query(t.Context(), query)
		must(t, err)
		want := text(rows)
		must(t, rows.Err())
		rows.Release()
		got := w.do(t, query)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("after %s: %s: %s", after, line, diff)
		}
	}
}
