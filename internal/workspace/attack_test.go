//go:build duckdb_arrow

package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Every one of these would reach a file, another catalog, the engine itself or
// what is published, if it ran.
var attacks = []struct{ name, sql, code string }{
	{"insert a file", "INSERT INTO t SELECT 1, * FROM '$FILE'", "file-in-from"},
	{"insert what a function reads", "INSERT INTO t SELECT 1, content FROM read_text('$FILE')", "function-refused"},
	{"insert values that read", "INSERT INTO t VALUES (1, (SELECT content FROM read_text('$FILE')))", "function-refused"},
	{"insert behind a comment", "INSERT /* SELECT */ INTO t -- VALUES (1)\n SELECT 1, content FROM read_text('$FILE')", "function-refused"},
	{"insert with WITH", "WITH w AS (SELECT content FROM read_text('$FILE')) INSERT INTO t SELECT 1, content FROM w", "function-refused"},
	{"insert with WITH of the file's name", "WITH w AS (SELECT 1) INSERT INTO t SELECT 1, column0 FROM \"$FILE\"", "file-in-from"},
	{"create a table of a file", "CREATE TABLE x AS FROM '$FILE'", "file-in-from"},
	{"create a table of the lake's files", "CREATE TABLE x AS FROM read_parquet('$LAKE/**')", "function-refused"},
	{"create a view of a file", "CREATE VIEW x AS SELECT * FROM read_csv('$FILE')", "function-refused"},
	{"create a view with columns of a file", "CREATE VIEW x(a) AS SELECT content FROM read_text('$FILE')", "function-refused"},
	{"end a view's query early", "CREATE VIEW x(a) AS SELECT 1) AS v(b), (SELECT content FROM read_text('$FILE')", "syntax"},
	{"update to what a file says", "UPDATE t SET name = (SELECT content FROM read_text('$FILE'))", "function-refused"},
	{"update from a file", "UPDATE t SET name = f.column0 FROM '$FILE' AS f", "file-in-from"},
	{"update where a file says", "UPDATE t SET name = 'x' WHERE EXISTS (FROM '$FILE')", "file-in-from"},
	{"end a value early", "UPDATE t SET name = 'x'), (SELECT content FROM read_text('$FILE')", "syntax"},
	{"several values for one", "UPDATE t SET name = 'x' name2, id = 2", "syntax"},
	{"a row's place", "UPDATE t SET name = _tarn_path", "sql"},
	{"a row's place by its table", "DELETE FROM t WHERE t._tarn_row = 0", "sql"},
	{"delete using a file", "DELETE FROM t USING '$FILE' AS f WHERE f.column0 = t.name", "file-in-from"},
	{"delete using a function", "DELETE FROM t USING read_text('$FILE') AS f WHERE f.content = t.name", "function-refused"},
	{"delete where a file says", "DELETE FROM t WHERE (SELECT count(*) FROM glob('$FILE')) > 0", "function-refused"},
	{"delete with a second statement inside", "DELETE FROM t WHERE id = 1; COPY t TO '$NEW'", "statement-refused"},
	{"merge a file", "MERGE INTO t USING '$FILE' AS f ON true WHEN MATCHED THEN DELETE", "file-in-from"},
	{"merge on what a file says", "MERGE INTO t USING t AS s ON EXISTS (FROM '$FILE') WHEN MATCHED THEN DELETE", "file-in-from"},
	{"merge when a file says", "MERGE INTO t USING t AS s ON s.id = t.id WHEN MATCHED AND EXISTS (FROM '$FILE') THEN DELETE", "file-in-from"},
	{"merge values that read", "MERGE INTO t USING t AS s ON s.id = t.id WHEN MATCHED THEN UPDATE SET name = (SELECT content FROM read_text('$FILE'))", "function-refused"},
	{"merge inserts that read", "MERGE INTO t USING t AS s ON false WHEN NOT MATCHED THEN INSERT VALUES (1, (SELECT content FROM read_text('$FILE')))", "function-refused"},
	{"merge errors that read", "MERGE INTO t USING t AS s ON true WHEN MATCHED THEN ERROR (SELECT content FROM read_text('$FILE'))", "function-refused"},
	{"a type that reads", "CREATE TABLE x (a ENUM (SELECT content FROM read_text('$FILE')))", ""},
	{"a type that ends early", "CREATE TABLE x (a INTEGER) AS b FROM read_text('$FILE')", ""},
	{"a type change that reads", "ALTER TABLE t ALTER name TYPE VARCHAR USING (SELECT content FROM read_text('$FILE'))", "function-refused"},

	{"another catalog", "CREATE TABLE memory.main.x AS SELECT 1 AS id", "unknown-catalog"},
	{"another catalog's table", "INSERT INTO memory.main.t VALUES (1, 'x')", "unknown-catalog"},
	{"the engine's catalog", "DROP TABLE IF EXISTS system.main.duckdb_tables", "unknown-catalog"},
	{"the system's tables", "DROP TABLE system.loads", "denied"},
	{"the system's tables in capitals", `DELETE FROM "SYSTEM".loads`, "denied"},
	{"the system's tables by catalog", "CREATE TABLE tarn.system.x AS SELECT 1 AS id", "denied"},
	{"the standard's tables", "UPDATE information_schema.tables SET table_name = 'x'", "denied"},
	{"the system's schema", "CREATE SCHEMA system", "denied"},
	{"drop the system's schema", "DROP SCHEMA information_schema CASCADE", "denied"},
	{"rename into the system's schema", "ALTER TABLE t RENAME TO system.loads", "syntax"},

	{"copy out", "COPY t TO '$NEW'", "statement-refused"},
	{"copy a query out", "COPY (SELECT 1) TO '$NEW'", "statement-refused"},
	{"copy in", "COPY t FROM '$FILE'", "statement-refused"},
	{"copy behind WITH", "WITH w AS (SELECT 1) COPY t TO '$NEW'", ""},
	{"export", "EXPORT DATABASE '$NEW'", "statement-refused"},
	{"import", "IMPORT DATABASE '$NEW'", "statement-refused"},
	{"attach", "ATTACH '$NEW' AS other", "statement-refused"},
	{"detach", "DETACH memory", "statement-refused"},
	{"use", "USE memory", "statement-refused"},
	{"set", "SET memory_limit = '1MB'", "statement-refused"},
	{"reset", "RESET memory_limit", "statement-refused"},
	{"pragma", "PRAGMA enable_external_access = true", "statement-refused"},
	{"load", "LOAD httpfs", "statement-refused"},
	{"install", "INSTALL httpfs", "statement-refused"},
	{"call", "CALL pragma_version()", "statement-refused"},
	{"prepare", "PREPARE p AS DELETE FROM t", "statement-refused"},
	{"execute", "EXECUTE p", "statement-refused"},
	{"explain", "EXPLAIN ANALYZE DELETE FROM t", "statement-refused"},
	{"macro", "CREATE MACRO f(x) AS x", "statement-refused"},
	{"table macro", "CREATE OR REPLACE TEMP MACRO f() AS TABLE FROM '$FILE'", "statement-refused"},
	{"secret", "CREATE SECRET s (TYPE s3)", "statement-refused"},
	{"type", "CREATE TYPE e AS ENUM (SELECT content FROM read_text('$FILE'))", "statement-refused"},
	{"sequence", "CREATE SEQUENCE s", "statement-refused"},
	{"index", "CREATE INDEX i ON t (id)", "statement-refused"},
	{"drop a macro", "DROP MACRO f", "statement-refused"},
	{"alter a sequence", "ALTER SEQUENCE s OWNED BY t", "statement-refused"},
	{"grant", "GRANT SELECT ON t TO somebody", ""},
	{"a placeholder", "DELETE FROM t WHERE id = $1", "parameter"},
	{"rows that come back", "DELETE FROM t WHERE id = 1 RETURNING (SELECT content FROM read_text('$FILE'))", "function-refused"},
	{"on conflict", "INSERT INTO t VALUES (1, 'x') ON CONFLICT DO NOTHING", "statement-refused"},
	{"or replace", "INSERT OR REPLACE INTO t VALUES (1, 'x')", "syntax"},
	{"a default that reads", "CREATE TABLE x (a VARCHAR DEFAULT (SELECT content FROM read_text('$FILE')))", "syntax"},
	{"a check that reads", "CREATE TABLE x (a VARCHAR CHECK (EXISTS (FROM '$FILE')))", "syntax"},
	{"a generated column", "CREATE TABLE x (a INTEGER, b AS (a + 1))", "syntax"},
	{"a semicolon in a comment", "DELETE FROM t WHERE id = 1 /* ; */ ; /* ' */ COPY t TO '$NEW' /* ' */", "statement-refused"},
	{"a semicolon after dollars", "INSERT INTO t VALUES (1, $a$;$b$;$a$); COPY t TO '$NEW'", "statement-refused"},
	{"no-break space", "COPY\u00a0t TO '$NEW'", "statement-refused"},
	{"nothing", " ; -- nothing", ""},
}

func TestAttacksAreRefusedAndLeaveNothing(t *testing.T) {
	s := newShop(t)
	s.Append(t, "t", "SELECT range::INTEGER AS id, 'n' || range AS name FROM range(5)")
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	must(t, os.WriteFile(secret, []byte("secret,secret\n"), 0o600))
	aim := strings.NewReplacer("$FILE", secret, "$LAKE", s.Dir, "$NEW", filepath.Join(dir, "new.csv"))
	w := s.open(t)
	for _, a := range attacks {
		_, _, err := w.run(t, aim.Replace(a.sql))
		var p *diag.Problem
		if !errors.As(err, &p) || a.code != "" && p.Code != a.code {
			t.Errorf("%s: %s\nreturned %v; want %s", a.name, a.sql, err, a.code)
		}
		if !w.Changes().IsEmpty() {
			t.Fatalf("%s changed something", a.name)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("files beside the secret: %v %v", left, err)
	}
	rows(t, "0, 1, 2, 3, 4", s.read(t, "SELECT id FROM t"))
	swept, err := s.Sweep(t.Context(), func(string) bool { return false })
	if err != nil || swept.Stages > 0 {
		t.Errorf("%+v %v", swept, err)
	}
}

func TestNobodyMayChangeAnything(t *testing.T) {
	s := newShop(t)
	s.Append(t, "t", "SELECT 1 AS id")
	w := s.open(t)
	for _, sql := range []string{"DELETE FROM t", "DROP TABLE t", "CREATE SCHEMA x", "COMMIT", "CREATE TABLE x (id INTEGER)"} {
		st := statement(sql)
		st.Who = policy.Who{}
		_, _, err := w.Execute(t.Context(), st)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != "no-principal" || !w.Changes().IsEmpty() {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// Every statement asks, for each thing that it does.
func TestChangesAreDecided(t *testing.T) {
	s := newShop(t)
	for do, name := range map[policy.Action]string{policy.Create: "system", policy.Drop: "System", policy.Insert: "information_schema", policy.Select: ""} {
		err := s.gate.Allow(statement("x"), do, ident.Table{Namespace: name, Name: "t"}, 0)
		if (err != nil) != (name != "") {
			t.Errorf("%s %s: %v", do, name, err)
		}
	}
}

// Where something is wrong, problems say so in the author's text, whatever
// statement the text is in and whatever was put around it.
func TestProblemsHaveTheirPlaces(t *testing.T) {
	s := newShop(t)
	s.Append(t, "t", "SELECT 1 AS id, 'x' AS name")
	s.View(t, "v", "SELECT 1 AS id", "id")
	for sql, want := range map[string]string{
		"INSERT INTO t SELECT 1, 'a';\nDELETE FROM tt":  "hook.sql:12:13: unknown-table",
		"DELETE FROM t\nWHERE idd = 1":                  "hook.sql:12:7: sql",
		"UPDATE t SET\n  nam = 'x'":                     "hook.sql:12:3: unknown-column",
		"UPDATE t SET name = 'x',\n name = 'y'":         "hook.sql:12:2: sql",
		"UPDATE t SET id = id +\n  other":               "hook.sql:12:3: sql",
		"DELETE FROM t WHERE id =\n  nosuch(1)":         "hook.sql:12:3: unknown-function",
		"DELETE FROM t WHERE id IN (SELECT id\nFROM u)": "hook.sql:12:6: unknown-table",
		"UPDATE t SET id = 1 +":                         "syntax",
		"MERGE INTO t USING (SELECT 1 AS id) AS s ON s.id = t.id\nWHEN MATCHED THEN UPDATE SET name = s.nothing": "hook.sql:12:37: sql",
		"DELETE FROM\n v WHERE id = 1":                   "hook.sql:12:2: not-a-table",
		"INSERT INTO t\nSELECT 1":                        "hook.sql:12:1: sql",
		"CREATE TABLE x (\n a INTEGR)":                   "hook.sql:11:5: sql",
		"CREATE TABLE t AS SELECT 1":                     "hook.sql:11:18: exists",
		"CREATE TABLE x AS\n SELECT INTERVAL 1 DAY AS y": "hook.sql:12:2: unsupported-type",
		"SELECT 1;\n SET x = 1":                          "hook.sql:12:2: statement-refused",
		"DROP TABLE t;\nDROP TABLE t":                    "hook.sql:12:12: unknown-table",
		"BEGIN;\nROLLBACK":                               "hook.sql:12:1: rollback",
	} {
		w := s.open(t)
		st := statement(sql)
		st.Place = diag.Place{File: "hook.sql", Line: 11, Column: 5}
		_, _, err := w.Execute(t.Context(), st)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v; want %s", sql, err, want)
		}
		must(t, w.Discard(t.Context()))
	}
}
