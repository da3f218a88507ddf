//go:build engines

package pgwire

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

func TestPythonsClientsChangeTables(t *testing.T) {
	address := serving(t)
	python := lab.Python(t, "psycopg[binary]==3.2.*\npsycopg2-binary==2.9.*\nasyncpg==0.30.*\nSQLAlchemy==2.0.*\n")
	t.Log(lab.Run(t, python, "changes.py", address, "clients", "me", token))
}

// dbt with its adapter for PostgreSQL builds a project of its own in the lake:
// at first, and again over what is there, with a row that changed and one more.
func TestDbtPostgresBuildsAProject(t *testing.T) {
	address := serving(t)
	dbt := filepath.Join(filepath.Dir(lab.Python(t, "dbt-core==1.10.23\ndbt-postgres==1.9.1\n")), "dbt")
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS("testdata/dbt")); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(project, "profiles.yml"), "client:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: "+host+", port: "+port+
		", user: me, password: '"+token+"', dbname: clients, schema: marts, threads: 2, sslmode: disable}\n")
	build := func() {
		lab.Run(t, dbt, "--no-send-anonymous-usage-stats", "build", "--project-dir", project, "--profiles-dir", project)
	}
	build()
	seed := filepath.Join(project, "seeds", "customers.csv")
	text, err := os.ReadFile(seed)
	if err != nil {
		t.Fatal(err)
	}
	write(t, seed, strings.Replace(string(text), "Bob", "Bobby", 1)+"4,Dan,2023-01-01\n")
	build()
	for query, want := range map[string]string{
		"select id, name, year from marts.facts order by id":                                                 "2|Bobby|2021 3|O'Hara, Eve|2022 4|Dan|2023",
		"select id, name, dbt_valid_to is null from marts.cust_history order by id, name":                    "1|Ann|t 2|Bob|f 2|Bobby|t 3|O'Hara, Eve|t 4|Dan|t",
		"select id, name from marts.inc order by id":                                                         "1|Ann 2|Bob 3|O'Hara, Eve 4|Dan",
		"select table_name, table_type from information_schema.tables where table_schema='marts' order by 1": "big|VIEW cust_history|BASE TABLE customers|BASE TABLE facts|BASE TABLE inc|BASE TABLE",
	} {
		cmd := exec.CommandContext(t.Context(), "psql", "-X", "-A", "-t", "-d", "postgres://me@"+address+"/clients", "-c", query)
		cmd.Env = append(os.Environ(), "PGPASSWORD="+token)
		out, err := cmd.CombinedOutput()
		if got := strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), " "); err != nil || got != want {
			t.Errorf("%s: %s, not %s, %v", query, got, want, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
