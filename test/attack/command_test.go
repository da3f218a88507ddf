//go:build duckdb_arrow

package attack

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/tarn-lake/tarn/internal/cli" // what is tested: so that a change of it tests again
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
)

// typed are statements of `tarn query` that want what is no part of the lake:
// FILE is a file beside the project, FOLDER an empty folder. The owner of the
// project is bound by no policy, and by the gate all the same. Each gives the
// secret in an engine that is not locked down.
var typed = []string{
	"SELECT text FROM 'FILE'", `SELECT text FROM "FILE"`, "SELECT text FROM read_csv('FILE')", "SELECT content FROM read_text('FILE')",
	"SELECT decode(content) FROM read_blob('FILE')", "FROM read_csv_auto(['FILE'])", "SELECT text FROM (FROM 'FILE')",
	"WITH x AS (SELECT text FROM 'FILE') FROM x", "SELECT (SELECT max(text) FROM 'FILE')", "SELECT text FROM query('FROM ''FILE''')",
	"SELECT text FROM query_table('FILE')", "SELECT 'plan-' || file FROM glob('FILE')", "SELECT 'plan-' || Delimiter FROM sniff_csv('FILE')",
	"SELECT 'plan-' || current_setting('temp_directory')", "SELECT 'plan-' || name FROM duckdb_settings() LIMIT 1",
	"SELECT 'plan-' || function_name FROM duckdb_functions() LIMIT 1", "SELECT 'plan-' || count(*) FROM duckdb_databases()",
	"CREATE TABLE stolen AS FROM 'FILE'; SELECT text FROM stolen", "CREATE VIEW look AS FROM read_csv('FILE'); SELECT text FROM look",
	"CREATE TABLE t (text VARCHAR); INSERT INTO t SELECT text FROM 'FILE'; SELECT text FROM t",
	"CREATE TABLE t AS SELECT 'x' AS text; UPDATE t SET text = (SELECT text FROM 'FILE'); SELECT text FROM t",
	"CREATE TABLE t AS SELECT 1 AS id; DELETE FROM t WHERE EXISTS (FROM 'FILE'); SELECT 'plan-' FROM (SELECT count(*) AS n FROM t) WHERE n = 0",
	"CREATE TABLE t (text VARCHAR); COPY t FROM 'FILE' (HEADER); SELECT text FROM t", "COPY (SELECT 'plan-b' AS text) TO 'FOLDER/out.csv'; SELECT 'plan-'",
	"ATTACH 'FOLDER/other.db' AS other; SELECT 'plan-'", "SET file_search_path = 'FOLDER'; SELECT 'plan-'", "PRAGMA database_list; SELECT 'plan-'",
	"EXPORT DATABASE 'FOLDER/all'; SELECT 'plan-'", "CREATE MACRO m() AS TABLE FROM 'FILE'; SELECT text FROM m()", "CREATE SEQUENCE s; SELECT 'plan-' || nextval('s')",
	"SELECT 'plan-' || table_name FROM system.main.duckdb_tables() UNION ALL SELECT 'plan-'", "SELECT 'plan-' || current_query()",
}

func TestTheCommandLineReachesNothingButTheLake(t *testing.T) {
	g := &target{t: t, dir: t.TempDir()}
	for _, name := range []string{"dbt_project.yml", "macros/schema.sql", "seeds/shop/items.csv", "tarn.yml"} {
		g.write(name, files[name])
	}
	g.must("", "build", "--quiet")
	file := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(file, []byte("text\nplan-b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sql := range typed {
		t.Run(sql, func(t *testing.T) {
			folder := t.TempDir()
			sql := strings.NewReplacer("FILE", file, "FOLDER", folder).Replace(sql)
			cmd := g.command(t.Context(), "", "query", "--output", "csv", sql)
			var out, said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &said
			var exit *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("it ends with %v: %s%s", err, out.String(), said.String())
			}
			if strings.Contains(out.String(), secret) || strings.Contains(said.String(), "plan-b\n") {
				t.Errorf("it tells %s%s", out.String(), said.String())
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("it leaves %v, %v", left, err)
			}
			if got, err := unlocked(t, sql); err != nil || !strings.Contains(got, secret) {
				t.Errorf("an engine that is not locked down gives %q, %v", got, err)
			}
		})
	}
}

// unlocked runs a text in an engine that anything can be asked of.
func unlocked(t *testing.T, sql string) (string, error) {
	t.Helper()
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 1, MemoryLimit: 256 << 20})
	if err != nil {
		return "", err
	}
	defer func() { _ = e.Close() }()
	s, err := e.Session(t.Context())
	if err != nil {
		return "", err
	}
	defer func() { _ = s.Close() }()
	at := strings.LastIndex(sql, "; ")
	if at >= 0 {
		if _, err := s.Exec(t.Context(), sql[:at]); err != nil {
			return "", err
		}
		at += 2
	}
	return s.Text(t.Context(), sql[max(at, 0):])
}
