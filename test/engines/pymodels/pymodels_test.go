//go:build engines

package pymodels

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

var expect = flag.Bool("expect", false, "let dbt write down what it makes of the project")

// packages are what the models use, dbt what made testdata/expected.json.
const (
	packages = "pyarrow==26.0.1\nduckdb==1.5.6\npandas==3.1.1\npolars==2.1.0\n"
	dbt      = packages + "dbt-core==1.11.16\ndbt-duckdb==1.11.1\n"
)

const expected = "testdata/expected.json"

// answer is what became of the project's models.
type answer struct {
	States map[string]string `json:"states"`
	Tables map[string]table  `json:"tables"`
}

type table struct {
	Columns [][2]string `json:"columns"`
	Rows    [][]*string `json:"rows"`
}

// runs are the runs of the project, one after the other.
var runs = []struct{ name, vars string }{{"first", "days: 10"}, {"second", "days: 12"}}

func shop(t *testing.T, settings string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "shop"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tarn.yml"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// output is what a program writes, and whether it ended well.
func output(t *testing.T, dir, name string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var messages strings.Builder
	cmd.Stderr = &messages
	out, err := cmd.Output()
	t.Logf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, messages.String())
	return string(out), err == nil
}

func TestPythonModelsAreWhatDbtMakesOfThem(t *testing.T) {
	if *expect {
		write(t, answersOfDbt(t))
	}
	text, err := os.ReadFile(expected)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]answer{}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	tarn := lab.Tarn(t)
	dir := shop(t, "python: {command: "+lab.Python(t, packages)+"}\n")
	output(t, dir, tarn, "seed")
	for _, run := range runs {
		output(t, dir, tarn, "run", "--vars", run.vars)
		got := answer{States: states(t, dir), Tables: map[string]table{}}
		for name, theirs := range want[run.name].Tables {
			got.Tables[name] = read(t, dir, tarn, name, theirs)
		}
		if diff := cmp.Diff(ours(want[run.name]), got); diff != "" {
			t.Errorf("the %s run: dbt -, Tarn +\n%s", run.name, diff)
		}
	}
}

// lakeTypes are those that tables have in the place of narrower ones.
var lakeTypes = map[string]string{"UINTEGER": "BIGINT", "HUGEINT": "DECIMAL(38,0)"}

// ours is dbt's answer as Tarn tells it: with the types that tables have, and
// the states that runs of Tarn have.
func ours(a answer) answer {
	for _, t := range a.Tables {
		for i, c := range t.Columns {
			if other, ok := lakeTypes[c[1]]; ok {
				t.Columns[i][1] = other
			}
		}
	}
	return a
}

// states are the states of the last run's models.
func states(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "target", "run_results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Results []struct {
			ID     string `json:"unique_id"`
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range file.Results {
		out[r.ID] = r.Status
	}
	return out
}

// read reads a table of the lake as answers.py reads one of DuckDB's.
func read(t *testing.T, dir, tarn, name string, theirs table) table {
	t.Helper()
	var described struct {
		Columns []struct {
			Name string `json:"name"`
			Type string `json:"sql_type"`
		} `json:"columns"`
	}
	text, ok := output(t, dir, tarn, "describe", "main."+name, "--output", "json")
	if !ok {
		return table{}
	}
	if err := json.Unmarshal([]byte(text), &described); err != nil {
		t.Fatal(err)
	}
	var out table
	var list []string
	for _, c := range described.Columns {
		out.Columns = append(out.Columns, [2]string{c.Name, strings.ReplaceAll(c.Type, `"`, "")})
		list = append(list, fmt.Sprintf(`cast("%s" as varchar) as "%[1]s"`, c.Name))
	}
	text, _ = output(t, dir, tarn, "query", fmt.Sprintf(`select %s from main."%s" order by all`, strings.Join(list, ", "), name), "--output", "json")
	var rows []map[string]*string
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	out.Rows = make([][]*string, len(rows))
	for i, r := range rows {
		for _, c := range out.Columns {
			out.Rows[i] = append(out.Rows[i], r[c[0]])
		}
	}
	return out
}

// answersOfDbt runs the project with dbt.
func answersOfDbt(t *testing.T) map[string]answer {
	t.Helper()
	python, dir := lab.Python(t, dbt), shop(t, "")
	script, err := filepath.Abs("answers.py")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(python), "dbt")
	output(t, dir, program, "--no-send-anonymous-usage-stats", "seed", "--profiles-dir", ".")
	out := map[string]answer{}
	for _, run := range runs {
		output(t, dir, program, "--no-send-anonymous-usage-stats", "run", "--profiles-dir", ".", "--vars", run.vars)
		text, ok := output(t, dir, python, script, "shop.duckdb", filepath.Join("target", "run_results.json"))
		if !ok {
			t.Fatal("dbt's answer cannot be read")
		}
		var a answer
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		out[run.name] = a
	}
	return out
}

func write(t *testing.T, answers map[string]answer) {
	t.Helper()
	text, err := json.MarshalIndent(answers, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(expected, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPythonModelsNeedNoMoreThanPyarrow(t *testing.T) {
	dir := project(t, lab.Python(t, "pyarrow==26.0.1\n"), map[string]string{
		"models/numbers.sql": "select i as id, cast(i as decimal(9, 2)) as price from range(100000) t(i)",
		"models/dear.py": "import pyarrow.compute as pc\n\n\ndef model(dbt, session):\n    rows = dbt.ref('numbers')\n" +
			"    return rows.filter(pc.greater(rows['price'], 50000))\n",
		"models/later.py": "def model(dbt, session):\n    dbt.config(materialized='incremental')\n    return session.sql(f'from {dbt.this}')\n",
	})
	tarn := lab.Tarn(t)
	if _, ok := output(t, dir, tarn, "build", "--exclude", "later"); !ok {
		t.Fatal("the build failed")
	}
	if got, _ := output(t, dir, tarn, "query", "select count(*) as n, min(price) as least, typeof(any_value(price)) as type from dear", "--output", "csv"); got != "n,least,type\n49999,50001.00,\"DECIMAL(9,2)\"\n" {
		t.Errorf("dear has %s", got)
	}
	output(t, dir, tarn, "build", "--select", "later")
	if got := states(t, dir)["model.p.later"]; got != "error" {
		t.Errorf("a model that uses the session without DuckDB: %s", got)
	}
}

func TestReadersKeepWhatTheyHadOfAPythonModelWhoseTestFails(t *testing.T) {
	dir := project(t, lab.Python(t, packages), map[string]string{
		"models/ids.py":     "def model(dbt, session):\n    n = dbt.config.get('meta')['n']\n    return session.sql(f'select range // {n} as id from range(4)')\n",
		"models/schema.yml": "models:\n  - name: ids\n    config: {meta: {n: \"{{ var('n') }}\"}}\n    columns: [{name: id, data_tests: [unique]}]\n",
	})
	tarn := lab.Tarn(t)
	if _, ok := output(t, dir, tarn, "build", "--vars", "n: 1"); !ok {
		t.Fatal("the build failed")
	}
	if _, ok := output(t, dir, tarn, "build", "--vars", "n: 2"); ok {
		t.Error("ids are not unique, and the build says nothing")
	}
	if got, _ := output(t, dir, tarn, "query", "select max(id) as id from ids", "--output", "csv"); got != "id\n3\n" {
		t.Errorf("readers see %s", got)
	}
}

func TestContractsHoldPythonModels(t *testing.T) {
	dir := project(t, lab.Python(t, packages), map[string]string{
		"models/ids.py": "def model(dbt, session):\n    n = dbt.config.get('meta')['n']\n    return session.sql(f\"select 'x' as note, case when i <> {n} then i end as id from range(4) t(i)\")\n",
		"models/schema.yml": "models:\n  - name: ids\n    config: {contract: {enforced: true}, meta: {n: \"{{ var('n', 9) }}\"}}\n" +
			"    columns:\n      - {name: id, data_type: \"{{ var('type', 'bigint') }}\", constraints: [{type: not_null}]}\n      - {name: note, data_type: text}\n",
	})
	tarn := lab.Tarn(t)
	if _, ok := output(t, dir, tarn, "build"); !ok {
		t.Fatal("the build failed")
	}
	for _, broken := range []struct{ vars, says string }{
		{"n: 2", "models/schema.yml:5:76: constraint: 1 row breaks the constraint `not_null` of `ids`"},
		{"type: text", "| id          | BIGINT          | VARCHAR       | data type mismatch |"},
	} {
		if _, ok := output(t, dir, tarn, "build", "--vars", broken.vars); ok {
			t.Errorf("the contract is broken with %s, and the build says nothing", broken.vars)
		}
		if why, _ := output(t, dir, tarn, "why", "ids"); !strings.Contains(why, broken.says) {
			t.Errorf("with %s: %s", broken.vars, why)
		}
	}
	if got, _ := output(t, dir, tarn, "query", "from ids order by all", "--output", "csv"); got != "id,note\n0,x\n1,x\n2,x\n3,x\n" {
		t.Errorf("readers see %s", got)
	}
}

func TestEmptyAndSampleLimitWhatPythonModelsRead(t *testing.T) {
	dir := project(t, lab.Python(t, packages), map[string]string{
		"models/events.sql":  "{{ config(event_time='day') }}\nselect date '2024-01-01' + i::int as day from range(10) t(i)",
		"models/counting.py": "def model(dbt, session):\n    return dbt.ref('events').aggregate('count(*) as n')\n",
	})
	tarn := lab.Tarn(t)
	if _, ok := output(t, dir, tarn, "build", "--select", "events"); !ok {
		t.Fatal("the build failed")
	}
	for _, c := range []struct{ flags, want string }{
		{"", "10"}, {"--empty", "0"}, {"--sample {'start':'2024-01-03','end':'2024-01-06'}", "3"},
	} {
		if _, ok := output(t, dir, tarn, append([]string{"run", "--select", "counting"}, strings.Fields(c.flags)...)...); !ok {
			t.Fatalf("the run with %q failed", c.flags)
		}
		if got, _ := output(t, dir, tarn, "query", "from counting", "--output", "csv"); got != "n\n"+c.want+"\n" {
			t.Errorf("with %q: %s", c.flags, got)
		}
	}
}

// project is a project p with a Python and files.
func project(t *testing.T, python string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["dbt_project.yml"], files["tarn.yml"] = "name: p\nmodels:\n  p: {+materialized: table}\n", "python: {command: "+python+"}\n"
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
