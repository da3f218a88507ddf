package metamorphic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dag is a project of many models that read each other at random.
type dag struct {
	files map[string]string
	// stored are the models that have rows of their own, or are views.
	stored []string
	models int
}

// drawDAG draws a project; in one with failures some tests fail.
func drawDAG(r *rand.Rand, models int, failures bool) dag {
	d := dag{files: map[string]string{}, models: models}
	d.files["dbt_project.yml"] = "name: dag\nvars: {upto: 40}\n"
	d.files["seeds/base.csv"] = "id,v\n"
	for i := range 60 {
		d.files["seeds/base.csv"] += fmt.Sprintf("%d,%d\n", i, r.IntN(100))
	}
	var properties strings.Builder
	properties.WriteString("models:\n")
	// weight is how many scans a model comes to where it is read.
	weight := make([]int, models)
	for i := range models {
		d.model(r, i, weight)
		properties.WriteString(d.tests(r, i, failures))
	}
	d.files["models/models.yml"] = properties.String()
	return d
}

// model draws a model: it reads the seed, or a few models before it.
func (d *dag) model(r *rand.Rand, i int, weight []int) {
	var from []string
	weight[i] = 1
	for range min(i, r.IntN(4)) {
		parent := max(0, i-1-r.IntN(12))
		from = append(from, fmt.Sprintf("select id, v from {{ ref('m%d') }}", parent))
		weight[i] += weight[parent]
	}
	if len(from) == 0 {
		from = []string{"select id, v from {{ ref('base') }} where id < {{ var('upto') }}"}
	}
	kinds := []string{"view", "table", "ephemeral", "incremental", "incremental"}
	kind := kinds[r.IntN(len(kinds))]
	if weight[i] > 12 && (kind == "view" || kind == "ephemeral") {
		kind = "table"
	}
	config, newer := "materialized='"+kind+"'", ""
	switch kind {
	case "table":
		weight[i] = 1
	case "incremental":
		weight[i] = 1
		config += ", unique_key='id'"
		if r.IntN(2) == 0 {
			config += ", incremental_strategy='merge'"
		}
		newer = "{% if is_incremental() %} where id >= (select max(id) from {{ this }}) {% endif %}"
	}
	if kind != "ephemeral" {
		d.stored = append(d.stored, fmt.Sprintf("m%d", i))
	}
	d.files[fmt.Sprintf("models/m%d.sql", i)] = fmt.Sprintf("{{ config(%s) }}\nselect id, (sum(v) + %d) %% 1000 as v from (%s)\n%s group by id\n",
		config, r.IntN(50), strings.Join(from, " union all "), newer)
}

// tests draws the tests of a model.
func (d *dag) tests(r *rand.Rand, i int, failures bool) string {
	lines := fmt.Sprintf("  - name: m%d\n    columns:\n      - name: id\n        data_tests: [unique, not_null", i)
	if i > 0 && r.IntN(3) == 0 {
		lines += ", {relationships: {arguments: {to: ref('base'), field: id}}}"
	}
	lines += "]\n"
	if failures && r.IntN(8) == 0 {
		severity := []string{"warn", "error"}[r.IntN(2)]
		lines += fmt.Sprintf("      - name: v\n        data_tests: [{accepted_values: {arguments: {values: [-1], quote: false}, config: {severity: %s}}}]\n", severity)
	}
	return lines
}

// lake writes the project down.
func (d dag) lake(t tester, root string) *lake {
	l := emptyLake(t, root)
	for name, content := range d.files {
		l.write(name, []byte(content))
	}
	return l
}

// statuses are those of target/run_results.json, with the number of rows that
// fail a test.
func (l *lake) statuses() map[string]string {
	text, err := os.ReadFile(filepath.Join(l.dir, "target", "run_results.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	var results struct {
		Results []struct {
			ID       string `json:"unique_id"`
			Status   string
			Failures *int
		}
	}
	if err := json.Unmarshal(text, &results); err != nil {
		l.t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range results.Results {
		out[r.ID] = r.Status
		if r.Failures != nil {
			out[r.ID] += fmt.Sprintf(" %d", *r.Failures)
		}
	}
	return out
}

// outcome is which tables there are after a build, and their rows.
func (d dag) outcome(l *lake) string {
	tables := l.tarn("query", "-o", "csv", "select table_name, table_type from information_schema.tables where table_schema = 'main' order by all")
	var there []string
	for _, m := range d.stored {
		if strings.Contains(tables, "\n"+m+",") {
			there = append(there, m)
		}
	}
	return tables + l.rows(there...)
}

// TestOneThreadIsEight: the same tables and the same statuses, whatever fails,
// in the first build and in one that goes on.
func TestOneThreadIsEight(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		d := drawDAG(r, 60, true)
		one, eight := d.lake(t, t.TempDir()), d.lake(t, t.TempDir())
		for _, upto := range []string{"{upto: 40}", "{upto: 60}"} {
			_, _, code := one.try("build", "--threads", "1", "--vars", upto)
			if _, said, other := eight.try("build", "--threads", "8", "--vars", upto); other != code {
				t.Errorf("exit code %d with one thread, %d with eight:\n%s", code, other, said)
			}
			statuses := one.statuses()
			if len(statuses) < d.models {
				t.Fatalf("there are %d statuses only", len(statuses))
			}
			if diff := cmp.Diff(statuses, eight.statuses()); diff != "" {
				t.Errorf("statuses (-one +eight):\n%s", diff)
			}
			if diff := cmp.Diff(d.outcome(one), d.outcome(eight)); diff != "" {
				t.Errorf("tables (-one +eight):\n%s", diff)
			}
		}
	})
}

// TestPiecesAreTheWhole: a build of some models with what they need, and then
// of the rest, is one build of all; and so is one that publishes at the end.
func TestPiecesAreTheWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		d := drawDAG(r, 40, false)
		whole, pieces, run := d.lake(t, t.TempDir()), d.lake(t, t.TempDir()), d.lake(t, t.TempDir())
		for _, upto := range []string{"{upto: 40}", "{upto: 60}"} {
			whole.tarn("build", "--vars", upto)
			run.tarn("build", "--vars", upto, "--publish", "run")
			some := []string{fmt.Sprintf("+m%d", r.IntN(d.models)), fmt.Sprintf("+m%d", r.IntN(d.models))}
			pieces.tarn(append([]string{"build", "--vars", upto, "--indirect-selection", "cautious", "--select"}, some...)...)
			pieces.tarn(append([]string{"build", "--vars", upto, "--exclude"}, some...)...)
			want := d.outcome(whole)
			if diff := cmp.Diff(want, d.outcome(pieces)); diff != "" {
				t.Errorf("%v and then the rest (-whole +pieces):\n%s", some, diff)
			}
			if diff := cmp.Diff(want, d.outcome(run)); diff != "" {
				t.Errorf("published by resource and by run (-resource +run):\n%s", diff)
			}
		}
	})
}
