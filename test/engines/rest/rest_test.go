//go:build engines

package rest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

const token = "the-token-of-the-test"

// serving is a project that is built, and served with a token.
func serving(t *testing.T) (project, uri string) {
	t.Helper()
	project = filepath.Join(t.TempDir(), "weblog")
	if err := os.CopyFS(project, os.DirFS("../../../examples/weblog")); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{".tarn", "target"} { // what somebody has built there
		if err := os.RemoveAll(filepath.Join(project, left)); err != nil {
			t.Fatal(err)
		}
	}
	lab.Run(t, lab.Tarn(t), "build", "--project-dir", project)
	port := lab.FreePort(t)
	server := exec.CommandContext(t.Context(), lab.Tarn(t), "serve", "--project-dir", project, "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	server.Env = append(os.Environ(), "TARN_SERVE_TOKEN="+token)
	lab.Serve(t, port, server)
	return project, fmt.Sprintf("http://127.0.0.1:%d", port)
}

// query is what Tarn reads.
func query(t *testing.T, project, sql string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), lab.Tarn(t), "query", "--project-dir", project, sql, "--output", "csv")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.TrimSpace(string(out))
}

func TestPyIcebergUsesTheServerAsItsCatalog(t *testing.T) {
	project, uri := serving(t)
	python := lab.Python(t, "pyiceberg[pyarrow,pyiceberg-core]==0.12.*\n")
	t.Log(lab.Run(t, python, "roundtrip.py", uri, token, query(t, project, "SELECT count(*) FROM web.access_log")))
	for sql, want := range map[string]string{
		// What PyIceberg made, changed and deleted, Tarn reads.
		"SELECT count(*) AS n, sum(amount) AS total, count(region) AS regions FROM engines.orders":    "n,total,regions\n3,60.00,1",
		"SELECT count(*) AS n FROM web.access_log":                                                    "n\n10000",
		"SELECT count(*) AS n FROM system.tables WHERE namespace = 'engines' AND state = 'published'": "n\n1",
	} {
		if got := query(t, project, sql); got != want {
			t.Errorf("%s:\n%s, want\n%s", sql, got, want)
		}
	}
}

// The extensions are those of exactly this DuckDB.
const duckdb = "duckdb==1.5.5\nduckdb-extension-httpfs==1.5.5\nduckdb-extension-avro==1.5.5\nduckdb-extension-iceberg==1.5.5\n"

func TestDuckDBUsesTheServerAsItsCatalog(t *testing.T) {
	project, uri := serving(t)
	t.Log(lab.Run(t, lab.Python(t, duckdb), "attach.py", uri, token))
	for sql, want := range map[string]string{
		"SELECT * FROM duck.pets ORDER BY id":  "id,name\n2,bob\n3,cleo",
		"SELECT sum(n) AS n FROM duck.numbers": "n\n135",
	} {
		if got := query(t, project, sql); got != want {
			t.Errorf("%s:\n%s, want\n%s", sql, got, want)
		}
	}
}
