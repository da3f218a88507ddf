//go:build engines

package rck

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// living is a project in the catalog of the reference server.
type living struct {
	t   *testing.T
	dir string
}

func newLiving(t *testing.T) living {
	t.Helper()
	dir, port := t.TempDir(), lab.FreePort(t)
	warehouse := filepath.Join(dir, "warehouse")
	if err := os.MkdirAll(warehouse, 0o755); err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), "java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", filepath.Join(jars(t), "*"),
		"org.apache.iceberg.rest.RESTCatalogServer")
	server.Env = append(os.Environ(), "CATALOG_WAREHOUSE="+warehouse, "CATALOG_URI=jdbc:sqlite:"+filepath.Join(dir, "theirs.db"),
		"CATALOG_JDBC_SCHEMA__VERSION=V1", fmt.Sprintf("CATALOG_REST_PORT=%d", port))
	lab.Serve(t, port, server)
	p := living{t, filepath.Join(dir, "project")}
	for name, text := range map[string]string{
		"tarn.yml":               fmt.Sprintf("catalog: {type: rest, uri: 'http://127.0.0.1:%d', location: %s}\n", port, warehouse),
		"dbt_project.yml":        "name: living\nversion: '1.0'\nprofile: living\nmodels:\n  living:\n    +materialized: table\n",
		"ingest/raw.yml":         "source: raw\ntables:\n  orders:\n    from: file\n    path: data/*.csv\n    columns: {id: long, day: date, amount: 'decimal(18,2)'}\n",
		"models/daily.sql":       "select day, sum(amount) as amount from {{ source('raw', 'orders') }} group by day",
		"models/daily.yml":       "models:\n  - name: daily\n    columns:\n      - name: amount\n        data_tests: [{dbt_utils_less: {than: 100}}]\n",
		"models/by_id.sql":       "{{ config(materialized='incremental', unique_key='id') }}\nselect id, max(amount) as amount from {{ source('raw', 'orders') }} group by id",
		"models/seen.sql":        "{{ config(materialized='view') }}\nselect count(*) as days from {{ ref('daily') }}",
		"tests/generic/less.sql": "{% test dbt_utils_less(model, column_name, than) %}select * from {{ model }} where {{ column_name }} >= {{ than }}{% endtest %}",
		"data/1.csv":             "id,day,amount\n1,2026-01-01,1.50\n2,2026-01-02,2.50\n",
	} {
		p.write(name, text)
	}
	return p
}

func (p living) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// tarn runs a command that must end with a code and returns what it prints.
func (p living) tarn(code int, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), lab.Tarn(p.t), args...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		p.t.Fatalf("tarn %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (p living) want(sql, want string) {
	p.t.Helper()
	got := strings.Join(strings.Fields(p.tarn(0, "query", "--output", "csv", sql)), " ")
	if got != want {
		p.t.Errorf("%s: %s, want %s", sql, got, want)
	}
}

// TestAProjectLivesInTheReferenceServersCatalog: loads, tables, incremental
// models, views, tests that hold a table, quarantine and history.
func TestAProjectLivesInTheReferenceServersCatalog(t *testing.T) {
	p := newLiving(t)
	p.tarn(0, "build")
	p.want("select day, amount from daily order by 1", "day,amount 2026-01-01,1.50 2026-01-02,2.50")
	p.write("data/2.csv", "id,day,amount\n2,2026-01-03,3.50\nx,2026-01-03,3.50\n")
	p.tarn(0, "build")
	p.want("select id, amount from by_id order by 1", "id,amount 1,1.50 2,3.50")
	p.want("select days from seen", "days 3")
	p.want("select count(*) as n from raw.orders__quarantine", "n 1")
	p.write("data/3.csv", "id,day,amount\n4,2026-01-04,400\n")
	p.tarn(1, "build")
	p.want("select count(*) as n from daily", "n 3") // held
	p.want("select count(*) as n from raw.orders", "n 4")
	p.tarn(0, "why", "daily")
	p.want("select table_name, snapshots, rows from system.tables where kind = 'table' and namespace = 'raw' order by 1",
		"table_name,snapshots,rows orders,3,4 orders__quarantine,2,1")
	p.tarn(0, "ingest", "--full-refresh")
	p.want("select count(*) as n from raw.orders", "n 4")
	p.tarn(0, "clean")
	p.want("select count(*) as n from raw.orders", "n 4")
}
