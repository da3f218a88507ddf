package process

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stateful is a project in which most of what is built goes on from what was
// there, and would show if it were built twice.
var stateful = map[string]string{
	"dbt_project.yml": `name: stateful
seeds: {stateful: {+column_types: {id: bigint, key: bigint, amount: bigint, day: date, ts: timestamp}}}
models: {stateful: {+materialized: incremental}}
on-run-start: ["create table if not exists audit (batch integer, n bigint)"]
on-run-end: ["create or replace table last_batch as select {{ var('batch') }} as batch"]
vars: {batch: 0}
`,
	"macros/pile.sql": `{% materialization pile, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set before = load_relation(this) -%}
  {{ run_hooks(pre_hooks) }}
  {% call statement('main') %}
    create or replace table {{ target }} as select * from ({{ sql }}) {% if before %} union all select * from {{ target }} {% endif %}
  {% endcall %}
  {% do run_query('create or replace table ' ~ target.schema ~ '.' ~ target.identifier ~ '_count as select count(*) as n from ' ~ target) %}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
`,
	"models/arrived.sql":  `{{ config(materialized='view', event_time='ts') }} select * from {{ ref('events') }}`,
	"models/current.sql":  `{{ config(materialized='ephemeral') }} select * from {{ ref('events') }} qualify row_number() over (partition by key order by ts desc) = 1`,
	"models/appended.sql": `select *, {{ var('batch') }} as batch from {{ ref('fresh') }}`,
	"models/merged.sql": `{{ config(unique_key='key', incremental_strategy='merge') }}
select * from {{ ref('current') }}`,
	"models/deleted.sql": `{{ config(unique_key='day', pre_hook="{% if is_incremental() %} delete from {{ this }} where amount < 0 {% endif %}", post_hook="insert into audit select {{ var('batch') }}, count(*) from {{ this }}") }}
select day, id, amount from {{ ref('arrived') }} where day in (select day from {{ ref('fresh') }})`,
	"models/overwritten.sql": `{{ config(incremental_strategy='insert_overwrite', partition_by='day') }}
select day, count(*) as n, sum(amount) as amount from {{ ref('fresh') }} group by day`,
	"models/batched.sql": `{{ config(incremental_strategy='microbatch', event_time='ts', batch_size='day', begin='2026-01-01') }}
select ts, day, id, amount from {{ ref('arrived') }}`,
	"models/piled.sql": `{{ config(materialized='pile', post_hook="update {{ this }} set seen = seen + 1") }}
select id, 0 as seen from {{ ref('fresh') }}`,
	"models/total.sql": `{{ config(materialized='table') }}
select 'appended' as model, count(*) as n, sum(amount) as amount from {{ ref('appended') }}
union all select 'deleted', count(*), sum(amount) from {{ ref('deleted') }}
union all select 'piled', count(*), sum(seen) from {{ ref('piled') }}`,
	"models/models.yml": `models:
  - {name: merged, columns: [{name: key, data_tests: [unique, not_null]}]}
  - {name: overwritten, columns: [{name: day, data_tests: [unique]}]}
  - {name: piled, columns: [{name: id, data_tests: [not_null]}]}
`,
	"snapshots/history.sql": `{% snapshot history %} {{ config(strategy='timestamp', unique_key='key', updated_at='ts') }}
select * from {{ ref('current') }} {% endsnapshot %}`,
}

// states are the tables of the project: dbt_updated_at and the like are those
// of the events, and so the same in each lake.
var states = []string{"audit", "last_batch", "appended", "merged", "deleted", "overwritten", "batched", "piled", "piled_count", "total", "history", "events"}

// contents are the rows of all tables.
func contents(p project) string {
	p.t.Helper()
	parts := make([]string, len(states))
	for i, table := range states {
		parts[i] = fmt.Sprintf("select '%s' as name, t::varchar as row from %[1]s as t", table)
	}
	return p.must("query", "--output", "csv", strings.Join(parts, " union all ")+" order by all")
}

// arrival writes the events of a round, beside those of the rounds before.
func arrival(n int, r *rand.Rand, before string, into ...project) string {
	var fresh strings.Builder
	for i := range 5 + r.IntN(20) {
		at := time.Date(2026, 1, 1+n, 0, 0, i, 0, time.UTC).AddDate(0, 0, -r.IntN(2))
		fmt.Fprintf(&fresh, "%d,%d,%d,%s,%s\n", n*1000+i, r.IntN(9), r.IntN(100)-20, at.Format(time.DateOnly), at.Format(time.DateTime))
	}
	const head = "id,key,amount,day,ts\n"
	for _, p := range into {
		p.write("seeds/fresh.csv", head+fresh.String())
		p.write("seeds/events.csv", head+before+fresh.String())
	}
	return before + fresh.String()
}

// TestTortureOfIncrements kills builds of models that go on from what was there:
// with retry each batch counts once, and then things are as if nothing had
// happened.
func TestTortureOfIncrements(t *testing.T) {
	calm, hit := project{t: t, dir: t.TempDir()}, project{t: t, dir: t.TempDir()}
	for name, content := range stateful {
		calm.write(name, content)
		hit.write(name, content)
	}
	r, seed := drawn(t)
	events := ""
	for n := range *torture + 1 {
		events = arrival(n, r, events, calm, hit)
		build := []string{
			"build", "--vars", fmt.Sprintf("{batch: %d}", n), "--publish", []string{"resource", "run"}[n/2%2],
			"--event-time-start", day(n - 1), "--event-time-end", day(n + 1),
		}
		calm.must(build...)
		how := "undisturbed"
		if n == 0 {
			hit.must(build...)
		} else {
			how = disturb(hit, n, r, build)
		}
		t.Logf("round %d: %s", n, how)
		if got, want := contents(hit), contents(calm); got != want {
			t.Fatalf("round %d (SEED=%d, %s): the tables differ from an undisturbed run's\n%s", n, seed, how, difference(want, got))
		}
		hit.must("clean")
		nothingOrphaned(t, hit)
	}
	calm.must("build")
	hit.must("build")
	if got, want := contents(hit), contents(calm); got != want {
		t.Fatalf("after one more build (SEED=%d)\n%s", seed, difference(want, got))
	}
}

func day(n int) string { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }

// disturb has a build killed, once or twice, and then does what it had not done.
func disturb(p project, n int, r *rand.Rand, build []string) string {
	p.t.Helper()
	var how []string
	begun, args := false, build
	for range 1 + r.IntN(2) {
		before := len(runs(p))
		how = append(how, killed(p, n, r, args))
		if begun = begun || len(runs(p)) > before; begun {
			args = []string{"retry"}
		}
	}
	if !begun {
		p.must(build...)
		return strings.Join(append(how, "built"), ", ")
	}
	if runs(p)[0] != "success" {
		p.must("retry")
	}
	return strings.Join(append(how, "retried"), ", ")
}

// killed runs a command that is killed at a named step or at a random time.
func killed(p project, n int, r *rand.Rand, args []string) string {
	p.t.Helper()
	if n%2 == 0 {
		step := fmt.Sprintf("%s:%d", steps[(n/2)%len(steps)], 1+r.IntN(12))
		done := p.run([]string{"TARN_CRASH_AT=" + step}, args...)
		for line := range strings.Lines(done.err) {
			if at, hit := strings.CutPrefix(line, "failpoint: "); hit {
				return strings.TrimSpace(at)
			}
		}
		return step + " was not reached"
	}
	after := time.Duration(100+r.IntN(900)) * time.Millisecond
	ctx, cancel := context.WithTimeout(p.t.Context(), after)
	defer cancel()
	cmd := p.command(ctx, nil, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
	if err := cmd.Run(); err == nil {
		return fmt.Sprintf("done within %v", after)
	}
	return fmt.Sprintf("killed after %v", after)
}

// runs are the states of the runs, the newest first.
func runs(p project) []string {
	p.t.Helper()
	var list []struct {
		Command, State string
	}
	if err := json.Unmarshal([]byte(p.must("runs", "--limit", "0", "--output", "json")), &list); err != nil {
		p.t.Fatal(err)
	}
	states := make([]string, len(list))
	for i, run := range list {
		states[i] = run.State
	}
	return states
}

// drawn is a source of random numbers; SEED repeats one.
func drawn(t *testing.T) (*rand.Rand, uint64) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1)), seed
}
