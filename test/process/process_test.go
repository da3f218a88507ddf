// Package process tests what happens when processes die: the real binary, built
// with failpoints, is killed at every named step and at random moments.
//
// It promises that each kill is followed by a look at what readers saw all the
// while, at what the next command makes of it, and at what is left on disk. It
// leaves to others what commands print (test/script).
package process

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var torture = flag.Int("torture", 5, "how many kills TestTorture does")

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tarn-process-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "tarn")
	build := exec.Command("go", "build", "-tags", "duckdb_arrow,failpoints", "-o", binary, "github.com/tarn-lake/tarn/cmd/tarn")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the binary: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// project is a project's folder with a lake of its own.
type project struct {
	t   *testing.T
	dir string
}

// result is what a command did.
type result struct {
	out, err string
	code     int
}

// command prepares a command in the project.
func (p project) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// run runs a command to its end, however that comes.
func (p project) run(env []string, args ...string) result {
	p.t.Helper()
	cmd := p.command(p.t.Context(), env, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		p.t.Fatalf("tarn %s: %v", strings.Join(args, " "), err)
	}
	return result{out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}
}

// must runs a command that has to succeed and returns what it printed.
func (p project) must(args ...string) string {
	p.t.Helper()
	r := p.run(nil, args...)
	if r.code != 0 {
		p.t.Fatalf("tarn %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// write puts a file into the project.
func (p project) write(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// newProject writes a project with a raw table, a view, two tables over it and
// tests.
func newProject(t *testing.T) project {
	t.Helper()
	return newProjectIn(t, t.TempDir())
}

func newProjectIn(t *testing.T, dir string) project {
	t.Helper()
	p := project{t: t, dir: dir}
	for name, content := range map[string]string{
		"dbt_project.yml":            "name: sales\nversion: '1.0'\nprofile: sales\nmodels:\n  sales:\n    +materialized: table\n",
		"ingest/raw.yml":             "source: raw\ntables:\n  orders:\n    from: file\n    path: data/*.csv\n    columns: {id: long, day: date, amount: 'decimal(18,2)'}\n",
		"models/clean_orders.sql":    "{{ config(materialized='view') }}\nselect id, day, amount from {{ source('raw', 'orders') }}",
		"models/daily.sql":           "select day, count(*) as orders, sum(amount) as amount from {{ ref('clean_orders') }} group by day",
		"models/total.sql":           "select sum(orders) as orders, sum(amount) as amount from {{ ref('daily') }}",
		"models/models.yml":          "models:\n  - name: daily\n    columns:\n      - name: day\n        data_tests: [unique, not_null]\n  - name: clean_orders\n    columns:\n      - name: id\n        data_tests: [not_null]\n",
		"tests/totals_agree.sql":     "select 1 from {{ ref('total') }} as t where t.orders <> (select count(*) from {{ ref('clean_orders') }})",
		"seeds/holidays.csv":         "day,name\n2026-01-01,new year\n",
		"models/holidays_traded.sql": "select h.name, d.orders from {{ ref('holidays') }} as h left join {{ ref('daily') }} as d on d.day = h.day",
	} {
		p.write(name, content)
	}
	return p
}
