//go:build duckdb_arrow

package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Every one of these would read what is no table of the lake, tell about the
// engine, or change something, if it ran. code is the problem; "" is that the
// statement runs and returns want, which holds nothing that it should not.
var attacks = []struct{ name, sql, code, want string }{
	// files named as tables
	{"file as a table", `SELECT * FROM '$FILE'`, "file-in-from", ""},
	{"file in double quotes", `SELECT * FROM "$FILE"`, "file-in-from", ""},
	{"file without FROM's keyword", `FROM '$FILE'`, "file-in-from", ""},
	{"TABLE of a file", `TABLE "$FILE"`, "file-in-from", ""},
	{"lake file", `SELECT * FROM '$LAKE'`, "file-in-from", ""},
	{"file in a join", `SELECT * FROM orders JOIN '$FILE' f ON true`, "file-in-from", ""},
	{"file in a scalar subquery", `SELECT (SELECT max(column0) FROM '$FILE')`, "file-in-from", ""},
	{"file in EXISTS", `SELECT 1 WHERE EXISTS (FROM '$FILE')`, "file-in-from", ""},
	{"file in IN", `SELECT 1 WHERE 'x' IN (FROM '$FILE')`, "file-in-from", ""},
	{"file in WITH", `WITH x AS (FROM '$FILE') SELECT * FROM x`, "file-in-from", ""},
	{"file in LATERAL", `SELECT * FROM orders, LATERAL (SELECT * FROM '$FILE') t`, "file-in-from", ""},
	{"file in a set operation", `SELECT 'x' UNION ALL FROM '$FILE'`, "file-in-from", ""},
	{"file in PIVOT", `PIVOT '$FILE' ON a IN ('x') USING count(*)`, "file-in-from", ""},
	{"file in UNPIVOT", `UNPIVOT '$FILE' ON a INTO NAME n VALUE v`, "file-in-from", ""},
	{"file in DESCRIBE", `DESCRIBE FROM '$FILE'`, "file-in-from", ""},
	{"DESCRIBE of a file's name", `DESCRIBE '$FILE'`, "file-in-from", ""},
	{"file in SUMMARIZE", `SUMMARIZE '$FILE'`, "file-in-from", ""},
	{"SUMMARIZE in a subquery", `SELECT * FROM (SUMMARIZE FROM '$FILE')`, "file-in-from", ""},
	{"file in ORDER BY", `SELECT 1 ORDER BY (SELECT max(column0) FROM '$FILE')`, "file-in-from", ""},
	{"file in LIMIT", `SELECT 1 LIMIT (SELECT count(*) FROM '$FILE')`, "file-in-from", ""},
	{"file in QUALIFY", `SELECT 1 FROM orders QUALIFY row_number() OVER (ORDER BY (SELECT max(column0) FROM '$FILE')) = 1`, "file-in-from", ""},
	{"file in a window", `SELECT sum((SELECT count(*) FROM '$FILE')) OVER () FROM orders`, "file-in-from", ""},
	{"file in a FILTER", `SELECT count(*) FILTER (WHERE EXISTS (FROM '$FILE')) FROM orders`, "file-in-from", ""},
	{"file in a lambda", `SELECT list_transform([1], lambda x: (SELECT max(column0) FROM '$FILE'))`, "file-in-from", ""},
	{"file in VALUES", `VALUES ((SELECT max(column0) FROM '$FILE'))`, "file-in-from", ""},
	{"file in REPLACE", `SELECT * REPLACE ((SELECT max(column0) FROM '$FILE') AS id) FROM orders`, "file-in-from", ""},
	{"file in a JOIN condition", `SELECT 1 FROM orders a JOIN orders b ON EXISTS (FROM '$FILE')`, "file-in-from", ""},
	{"file behind a schema", `SELECT * FROM main."$FILE"`, "file-in-from", ""},
	{"recursive first half", `WITH RECURSIVE "$FILE" AS (SELECT * FROM "$FILE" UNION ALL SELECT 'x' FROM "$FILE") SELECT * FROM "$FILE"`, "file-in-from", ""},
	{"not recursive, itself", `WITH "$FILE" AS (SELECT * FROM "$FILE") SELECT * FROM "$FILE"`, "file-in-from", ""},
	{"used before it is there", `WITH a AS (FROM "$FILE"), "$FILE" AS (SELECT 1) FROM a`, "file-in-from", ""},
	{"out of its scope", `SELECT * FROM (WITH "$FILE" AS (SELECT 1 x) FROM "$FILE") a, "$FILE" b`, "file-in-from", ""},
	{"out of a sibling's scope", `(WITH "$FILE" AS (SELECT 'x') FROM "$FILE") UNION ALL (FROM "$FILE")`, "file-in-from", ""},
	{"recurring of nothing", `SELECT * FROM recurring."$FILE"`, "file-in-from", ""},
	{"recurring of no recursion", `WITH "$FILE" AS (SELECT 1) SELECT * FROM recurring."$FILE"`, "sql", ""},
	{"URL", `SELECT * FROM 'https://example.com/x.csv'`, "file-in-from", ""},
	{"S3", `SELECT * FROM 's3://bucket/x.parquet'`, "file-in-from", ""},

	// functions that read files
	{"read_csv", `SELECT * FROM read_csv('$FILE')`, "function-refused", ""},
	{"read_csv by schema", `SELECT * FROM main.read_csv('$FILE')`, "function-refused", ""},
	{"read_csv by catalog", `SELECT * FROM system.main.read_csv('$FILE')`, "function-refused", ""},
	{"read_csv in capitals", `SELECT * FROM READ_CSV('$FILE')`, "function-refused", ""},
	{"read_csv in quotes", `SELECT * FROM "Read_Csv"('$FILE')`, "function-refused", ""},
	{"read_parquet of the lake", `SELECT * FROM read_parquet('$LAKE')`, "function-refused", ""},
	{"parquet_scan", `SELECT * FROM parquet_scan('$LAKE')`, "function-refused", ""},
	{"read_text", `SELECT content FROM read_text('$FILE')`, "function-refused", ""},
	{"read_blob", `SELECT content FROM read_blob('$FILE')`, "function-refused", ""},
	{"read_json", `SELECT * FROM read_json_auto('$FILE')`, "function-refused", ""},
	{"glob", `SELECT * FROM glob('/*')`, "function-refused", ""},
	{"sniff_csv", `SELECT * FROM sniff_csv('$FILE')`, "function-refused", ""},
	{"parquet_metadata", `SELECT * FROM parquet_metadata('$LAKE')`, "function-refused", ""},
	{"parquet_schema in LATERAL", `SELECT * FROM (SELECT '$LAKE' AS f) t, LATERAL parquet_schema(t.f)`, "function-refused", ""},
	{"function as a join side", `SELECT * FROM orders LEFT JOIN read_csv('$FILE') ON true`, "function-refused", ""},
	{"function in a recursive half", `WITH RECURSIVE r AS (SELECT 'x' AS a UNION ALL SELECT content FROM r, read_text('$FILE')) FROM r`, "function-refused", ""},
	{"function in a comment's shadow", "SELECT * FROM /* read */ read_csv /* -- */ ('$FILE')", "function-refused", ""},
	{"function in Unicode", "SELECT * FROM U&\"read\\005fcsv\"('$FILE')", "syntax", ""},
	{"function in full-width letters", "SELECT * FROM ｒead_csv('$FILE')", "unknown-function", ""},
	{"no-break space", "SELECT\u00a0*\u00a0FROM\u00a0'$FILE'", "file-in-from", ""},

	// SQL in texts
	{"query()", `SELECT * FROM query('FROM ''$FILE''')`, "function-refused", ""},
	{"query_table()", `SELECT * FROM query_table('$FILE')`, "function-refused", ""},
	{"query_table() of several", `SELECT * FROM query_table(['orders', '$FILE'])`, "function-refused", ""},
	{"serialised SQL", `SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM ''$FILE'''))`, "function-refused", ""},
	{"a plan of SQL", `SELECT json_serialize_plan('FROM ''$FILE''')`, "function-refused", ""},
	{"histogram of a table's name", `SELECT * FROM histogram('$FILE', column0)`, "function-refused", ""},
	{"histogram_values", `SELECT * FROM histogram_values('$FILE', column0)`, "function-refused", ""},

	// the engine and its surroundings
	{"getenv", `SELECT getenv('HOME')`, "unknown-function", ""},
	{"getenv in a lambda", `SELECT list_transform(['HOME'], lambda x: getenv(x))`, "unknown-function", ""},
	{"getenv as a method", `SELECT ('HOME').getenv()`, "unknown-function", ""},
	{"current_setting", `SELECT current_setting('allowed_directories')`, "function-refused", ""},
	{"current_setting as a method", `SELECT ('temp_directory').current_setting()`, "function-refused", ""},
	{"current_setting through an aggregate's name", `SELECT list_aggregate(['temp_directory'], 'current_setting')`, "sql", ""},
	{"current_query", `SELECT current_query()`, "function-refused", ""},
	{"getvariable", `SELECT getvariable('x')`, "function-refused", ""},
	{"settings", `SELECT * FROM duckdb_settings()`, "function-refused", ""},
	{"settings as a view", `SELECT * FROM duckdb_settings`, "unknown-table", ""},
	{"secrets", `SELECT * FROM duckdb_secrets()`, "function-refused", ""},
	{"which_secret", `SELECT * FROM which_secret('s3://x', 's3')`, "function-refused", ""},
	{"databases", `SELECT * FROM duckdb_databases()`, "function-refused", ""},
	{"views over files", `SELECT sql FROM duckdb_views`, "unknown-table", ""},
	{"logs", `SELECT * FROM duckdb_logs`, "unknown-table", ""},
	{"write_log", `SELECT write_log('x')`, "function-refused", ""},
	{"temporary files", `SELECT * FROM duckdb_temporary_files()`, "function-refused", ""},
	{"catalog tables", `SELECT * FROM memory.information_schema.tables`, "unknown-table", ""},
	{"catalog tables of Postgres", `SELECT * FROM pg_catalog.pg_class`, "unknown-table", ""},
	{"pg_class alone", `SELECT * FROM pg_class`, "unknown-table", ""},
	{"sqlite_master", `SELECT * FROM sqlite_master`, "unknown-table", ""},
	{"system's own schema", `SELECT * FROM system.main.duckdb_settings`, "unknown-table", ""},
	{"system's information", `SELECT * FROM system.information_schema.tables`, "unknown-table", ""},
	{"temp schema", `SELECT * FROM temp.main.x`, "unknown-table", ""},
	{"memory's placeholder", `SELECT * FROM memory.main.tarn_0_`, "unknown-table", ""},
	{"registered readers", `SELECT * FROM memory.main.tarn_reader_1`, "unknown-table", ""},
	{"pointer", `SELECT * FROM arrow_scan(1, 2, 3)`, "function-refused", ""},
	{"pragma as a function", `SELECT * FROM pragma_database_size()`, "function-refused", ""},
	{"enable_logging", `SELECT * FROM enable_logging()`, "function-refused", ""},
	{"checkpoint", `SELECT * FROM checkpoint()`, "function-refused", ""},
	{"sleep", `SELECT pg_sleep(100)`, "function-refused", ""},
	{"nextval", `SELECT nextval('s')`, "function-refused", ""},
	{"sequence in a default", `SELECT currval('s')`, "function-refused", ""},
	{"setseed", `SELECT setseed(0.5)`, "function-refused", ""},
	{"states of aggregates", `SELECT finalize(sum(id) EXPORT_STATE) FROM orders`, "function-refused", ""},
	{"internal function", `SELECT __internal_decompress_string(1::UBIGINT)`, "function-refused", ""},

	// other statements
	{"SET", `SET enable_external_access = true`, "statement-refused", ""},
	{"PRAGMA", `PRAGMA enable_profiling`, "statement-refused", ""},
	{"ATTACH", `ATTACH '$FILE' AS x`, "statement-refused", ""},
	{"COPY out", `COPY (SELECT 1) TO '$NEW'`, "statement-refused", ""},
	{"COPY to the lake", `COPY (SELECT 1) TO '$LAKE'`, "statement-refused", ""},
	{"COPY to stdout", `COPY (SELECT 1) TO '/dev/stdout'`, "statement-refused", ""},
	{"COPY in parentheses", `(COPY (SELECT 1) TO '$NEW')`, "syntax", ""},
	{"EXPORT", `EXPORT DATABASE '$NEW'`, "statement-refused", ""},
	{"CALL", `CALL query('SELECT 1')`, "statement-refused", ""},
	{"LOAD", `LOAD '$FILE'`, "statement-refused", ""},
	{"macro", `CREATE TEMP MACRO f(x) AS getenv(x)`, "statement-refused", ""},
	{"second statement", `SELECT 1; COPY (SELECT 1) TO '$NEW'`, "statement-refused", ""},
	{"second SELECT", `SELECT 1; FROM '$FILE'`, "several-statements", ""},
	{"statement behind a comment", "-- SELECT 1\nCOPY (SELECT 1) TO '$NEW'", "statement-refused", ""},
	{"statement behind an empty one", `;;COPY (SELECT 1) TO '$NEW'`, "statement-refused", ""},
	{"NUL ends the text", "SELECT 1\x00; COPY (SELECT 1) TO '$NEW'", "syntax", ""},
	{"bytes that are no text", "SELECT '\xff'", "syntax", ""},
	{"EXPLAIN ANALYZE", `EXPLAIN ANALYZE FROM '$FILE'`, "statement-refused", ""},
	{"PREPARE", `PREPARE p AS FROM '$FILE'`, "statement-refused", ""},
	{"EXECUTE", `EXECUTE p`, "statement-refused", ""},
	{"data-changing WITH", `WITH x AS (DELETE FROM orders RETURNING *) FROM x`, "syntax", ""},
	{"CREATE in WITH's clothes", `WITH x AS (SELECT 1) CREATE TABLE y AS FROM x`, "syntax", ""},
	{"SHOW of a catalog", `SHOW TABLES FROM memory.main`, "statement-refused", ""},
	{"placeholder", `SELECT * FROM orders WHERE id = $1`, "parameter", ""},

	// AT
	{"AT of a file", `SELECT * FROM '$FILE' AT (VERSION => 1)`, "file-in-from", ""},
	{"AT with a subquery", `SELECT * FROM orders AT (VERSION => (SELECT count(*) FROM '$FILE'))`, "at-clause", ""},
	{"AT with a function", `SELECT * FROM orders AT (TIMESTAMP => getenv('HOME'))`, "at-clause", ""},

	// what runs, and harms nothing
	{"dollar quotes are text", `SELECT $$FROM '$FILE'$$ AS t`, "", "FROM '$FILE'"},
	{"a tag in dollar quotes", `SELECT $x$; COPY (SELECT 1) TO '$NEW' $x$ AS t`, "", "; COPY (SELECT 1) TO '$NEW' "},
	{"quotes in names", `SELECT 1 AS "x""; DROP TABLE orders; --"`, "", "1"},
	{"backslashes in texts", `SELECT 'it''s \' AS a`, "", `it's \`},
	{"comment in a name", `SELECT 2 AS "/*"`, "", "2"},
	{"nested tree as text", `SELECT '{"type":"BASE_TABLE","table_name":"/etc/passwd"}' AS t`, "", `{"type":"BASE_TABLE","table_name":"/etc/passwd"}`},
	{"parse_path only splits", `SELECT parse_filename('$FILE')`, "", "secret.csv"},
	{"CTE with the name of a catalog's view", `WITH duckdb_settings AS (SELECT 1 AS x) FROM duckdb_settings`, "", "1"},
	{"CTE with the name of a table", `WITH orders AS (SELECT 1 AS x) SELECT count(*) FROM main.orders`, "", "40"},
	{"alias with the name of a file", `SELECT "$FILE".id FROM customers AS "$FILE" WHERE id = 1`, "", "1"},
	{"CTE with the name of a placeholder", `WITH tarn_0_ AS (SELECT 1 AS id), _cte1_orders AS (SELECT 2 AS id) SELECT count(*) FROM orders`, "", "40"},
	{"CTE with a new name's name", `WITH a AS (SELECT 1 AS id), _cte1_a AS (SELECT 2 AS id) SELECT * FROM a`, "", "1"},
}

// aim puts the paths of a test into an attack's text.
func (s *shop) aim(t *testing.T, secret string) func(string) string {
	t.Helper()
	lakeFiles, err := filepath.Glob(filepath.Join(s.Dir, "main", "orders", "data", "*", "*.parquet"))
	if err != nil || len(lakeFiles) == 0 {
		t.Fatal("no lake files", err)
	}
	return strings.NewReplacer("$FILE", secret, "$LAKE", lakeFiles[0], "$NEW", filepath.Join(filepath.Dir(secret), "new.csv")).Replace
}

func secretFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(file, []byte("a,column0\nsecret,secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAttacksAreRefused(t *testing.T) {
	s := newShop(t)
	secret := secretFile(t)
	aim := s.aim(t, secret)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			rows, err := s.query(t, aim(a.sql))
			got := strings.Join(rows, "\n")
			if a.code == "" {
				if err != nil || got != aim(a.want) {
					t.Errorf("%s\nreturned %q, %v; want %q", aim(a.sql), got, err, aim(a.want))
				}
				return
			}
			var p *diag.Problem
			if !errors.As(err, &p) || p.Code != a.code {
				t.Errorf("%s\nreturned %q, %v; want %s", aim(a.sql), got, err, a.code)
			}
		})
	}
	left, err := os.ReadDir(filepath.Dir(secret))
	if err != nil || len(left) != 1 {
		t.Errorf("files beside the secret: %v %v", left, err)
	}
}

// The instance behind the gate would stop most of it too: here the gate is
// taken out.
func TestLockedInstanceStopsAttacksOnItsOwn(t *testing.T) {
	s := newShop(t)
	secret := secretFile(t)
	aim := s.aim(t, secret)
	session, err := s.gate.open(t.Context(), somebody)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	for _, a := range attacks {
		// What is left to the gate alone: the lake's own files, and what tells
		// about the engine.
		if !strings.Contains(a.sql, "$FILE") && !strings.Contains(a.sql, "$NEW") || strings.Contains(a.sql, "\x00") {
			continue
		}
		r, err := session.Query(t.Context(), aim(a.sql))
		if err != nil {
			continue
		}
		if rows := strings.Join(text(r), "\n"); strings.Contains(rows, "secret,secret") || strings.Contains(rows, "secret | secret") || rows == "secret" {
			t.Errorf("%s: the instance read %q", aim(a.sql), rows)
		}
		r.Release()
	}
	if left, err := os.ReadDir(filepath.Dir(secret)); err != nil || len(left) != 1 {
		t.Errorf("files beside the secret: %v %v", left, err)
	}
}

func TestNobodyMayDoNothing(t *testing.T) {
	s := newShop(t)
	st := s.statement(t, "SELECT 1")
	st.Who = policy.Who{}
	wrap := func(inner string, _ []engine.Column) (string, error) { return inner, nil }
	_, planErr := s.gate.Plan(t.Context(), st)
	_, queryErr := s.gate.Query(t.Context(), st)
	_, selectErr := s.gate.Select(t.Context(), st, wrap)
	for _, err := range []error{planErr, queryErr, selectErr} {
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != "no-principal" {
			t.Errorf("got %v", err)
		}
	}
}

func TestWrappersAreGatedToo(t *testing.T) {
	s := newShop(t)
	for sql, want := range map[string]string{
		"SELECT current_setting('temp_directory') FROM (%s)": "function-refused",
		"SELECT (SELECT max(id) FROM customers) FROM (%s)":   "unknown-table",
		"SELECT * FROM (%s), read_csv('/etc/passwd')":        "function-refused",
		"SELECT 1; SELECT * FROM (%s)":                       "several-statements",
		"COPY (%s) TO '/tmp/x'":                              "statement-refused",
	} {
		_, err := s.gate.Select(t.Context(), s.statement(t, "SELECT * FROM orders"), func(inner string, _ []engine.Column) (string, error) {
			return strings.Replace(sql, "%s", inner, 1), nil
		})
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
