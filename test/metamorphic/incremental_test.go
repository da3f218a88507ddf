package metamorphic

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// event is a row of the source: what a key's value was at a time.
type event struct {
	id, key, group, amount int
	at                     time.Time
}

func (e event) row() string {
	return fmt.Sprintf("%d,%d,g%d,%d,%s,%s\n", e.id, e.key, e.group, e.amount, e.at.Format(time.DateOnly), e.at.Format(time.DateTime))
}

// ledger is a project with a model of each strategy. `events` is all that has
// arrived, and `fresh` what has arrived since the last run.
var ledger = map[string]string{
	"dbt_project.yml": `name: ledger
seeds: {ledger: {+column_types: {id: bigint, key: bigint, grp: varchar, amount: bigint, day: date, ts: timestamp}}}
models: {ledger: {+materialized: incremental}}
`,
	"models/arrived.sql": `{{ config(materialized='view', event_time='ts') }} select * from {{ ref('events') }}`,
	"models/current.sql": `{{ config(materialized='view') }} select * from {{ ref('events') }} qualify row_number() over (partition by key order by ts desc) = 1`,
	"models/piled.sql":   `select * from {{ ref('fresh') }}`,
	"models/newest_deleted.sql": `{{ config(unique_key='key', incremental_strategy='delete+insert') }}
{{ newest(['key']) }}`,
	"models/newest_merged.sql": `{{ config(unique_key='key', incremental_strategy='merge') }}
{{ newest(['key']) }}`,
	"models/newest_of_two.sql": `{{ config(unique_key=['key', 'grp'], incremental_strategy='merge') }}
{{ newest(['key', 'grp']) }}`,
	"models/days_overwritten.sql": `{{ config(incremental_strategy='insert_overwrite', partition_by='day') }}
select day, count(*) as n, sum(amount) as amount from {{ ref('arrived') }} {{ touched() }} group by day`,
	"models/days_deleted.sql": `{{ config(unique_key='day', incremental_strategy='delete+insert') }}
select day, id, amount from {{ ref('arrived') }} {{ touched() }}`,
	"models/days_batched.sql": `{{ config(incremental_strategy='microbatch', event_time='ts', batch_size='day', begin='2026-01-01') }}
select ts, day, id, amount from {{ ref('arrived') }}`,
	"models/total.sql": `{{ config(materialized='table') }}
{% for m in ['piled', 'newest_deleted', 'newest_merged', 'newest_of_two', 'days_deleted', 'days_batched'] %}
select '{{ m }}' as model, count(*) as n, sum(amount) as amount from {{ ref(m) }} {{ 'union all' if not loop.last }}
{% endfor %}`,
	"macros/incremental.sql": `{% macro newest(keys) %}
select * from {{ ref('fresh') }} as f
{% if is_incremental() %} where not exists (select 1 from {{ this }} as t where t.ts > f.ts {% for k in keys %} and t.{{ k }} = f.{{ k }} {% endfor %}) {% endif %}
qualify row_number() over (partition by {{ keys | join(', ') }} order by ts desc) = 1
{% endmacro %}
{% macro touched() %} {% if is_incremental() %} where day in (select day from {{ ref('fresh') }}) {% endif %} {% endmacro %}
`,
	"models/models.yml": `models:
  - {name: newest_deleted, columns: [{name: key, data_tests: [unique, not_null]}]}
  - {name: newest_merged, columns: [{name: key, data_tests: [unique, not_null]}]}
  - {name: days_overwritten, columns: [{name: day, data_tests: [unique]}]}
`,
	"snapshots/history.sql": `{% snapshot history %} {{ config(strategy='timestamp', unique_key='key', updated_at='ts') }}
select * from {{ ref('current') }} {% endsnapshot %}`,
}

// ledgerTables are the tables that increments make.
var ledgerTables = []string{"piled", "newest_deleted", "newest_merged", "newest_of_two", "days_overwritten", "days_deleted", "days_batched", "total"}

const eventColumns = "id,key,grp,amount,day,ts\n"

// arrivals is a lake, and the events that came so far.
type arrivals struct {
	*lake
	all   strings.Builder
	flags []string
}

func newArrivals(t tester, root string, flags ...string) *arrivals {
	a := &arrivals{lake: emptyLake(t, root), flags: flags}
	for name, content := range ledger {
		a.write(name, []byte(content))
	}
	a.all.WriteString(eventColumns)
	return a
}

// arrive builds the project with events that are new.
func (a *arrivals) arrive(batch []event, flags ...string) {
	var fresh strings.Builder
	fresh.WriteString(eventColumns)
	for _, e := range batch {
		fresh.WriteString(e.row())
		a.all.WriteString(e.row())
	}
	a.write("seeds/fresh.csv", []byte(fresh.String()))
	a.write("seeds/events.csv", []byte(a.all.String()))
	// Microbatch models are told which days there are events of.
	first := slices.MinFunc(batch, byTime).at
	last := slices.MaxFunc(batch, byTime).at
	args := []string{"build", "--event-time-start", first.Format(time.DateOnly), "--event-time-end", last.AddDate(0, 0, 1).Format(time.DateOnly)}
	a.tarn(append(append(args, a.flags...), flags...)...)
}

func byTime(a, b event) int { return a.at.Compare(b.at) }

// rows are the rows of tables as text, each with its table's name.
func (l *lake) rows(tables ...string) string {
	if len(tables) == 0 {
		return "" // nothing was published
	}
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = fmt.Sprintf("select '%s' as model, t::varchar as row from %[1]s as t", table)
	}
	return l.tarn("query", "-o", "csv", strings.Join(parts, " union all ")+" order by all")
}

// drawEvents draws events at different times, as keys change again and again.
func drawEvents(r *rand.Rand) []event {
	events := make([]event, 40+r.IntN(60))
	seconds := r.Perm(6 * 24 * 3600)
	for i := range events {
		at := time.Date(2026, 1, 1, 0, 0, seconds[i], 0, time.UTC)
		events[i] = event{id: i, key: r.IntN(12), group: r.IntN(3), amount: r.IntN(1000) - 300, at: at}
	}
	return events
}

// split parts events into batches, none of which is empty.
func split(r *rand.Rand, events []event, n int) [][]event {
	batches := make([][]event, n)
	for i, e := range events {
		at := i
		if i >= n {
			at = r.IntN(n)
		}
		batches[at] = append(batches[at], e)
	}
	return batches
}

// A full refresh over all events makes what increments make, in whatever order
// batches of events arrive, with any number of threads and either way to
// publish.
func TestIncrementsInAnyOrderAreAFullRefresh(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		events := drawEvents(r)
		batches := split(r, events, 4)
		one := newArrivals(t, t.TempDir(), "--threads", "1")
		for _, b := range batches {
			one.arrive(b)
		}
		want := one.rows(ledgerTables...)
		// The same events in other batches, in another order.
		shuffle(r, events)
		other := newArrivals(t, t.TempDir(), "--threads", "8", "--publish", "run")
		for _, b := range split(r, events, 2) {
			other.arrive(b)
		}
		if diff := cmp.Diff(want, other.rows(ledgerTables...)); diff != "" {
			t.Errorf("in other batches (-one +other):\n%s", diff)
		}
		other.all.Reset()
		other.all.WriteString(eventColumns)
		other.arrive(events, "--full-refresh")
		if diff := cmp.Diff(want, other.rows(ledgerTables...)); diff != "" {
			t.Errorf("refreshed (-increments +refreshed):\n%s", diff)
		}
	})
}

// A snapshot holds each version of a key that a run has seen, from when to
// when, however the versions of other keys arrive between them.
func TestSnapshotsHoldEachVersionThatARunHasSeen(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand) {
		events := drawEvents(r)
		slices.SortFunc(events, byTime)
		// The versions of a key come in their order, each with a run of its own.
		var batches [5][]event
		next := map[int]int{}
		for _, e := range events {
			if at := next[e.key] + r.IntN(2); at < len(batches) {
				batches[at], next[e.key] = append(batches[at], e), at+1
			}
		}
		l := newArrivals(t, t.TempDir())
		for _, b := range batches {
			if len(b) > 0 {
				l.arrive(b, "--select", "+history")
			}
		}
		const versions = "select id, key, amount, ts, dbt_valid_from, dbt_valid_to from history order by all"
		const expected = "select id, key, amount, ts, ts as dbt_valid_from, lead(ts) over (partition by key order by ts) as dbt_valid_to from events order by all"
		if diff := cmp.Diff(l.tarn("query", "-o", "csv", expected), l.tarn("query", "-o", "csv", versions)); diff != "" {
			t.Errorf("(-events +snapshot):\n%s", diff)
		}
	})
}

// each runs a test with as many seeds as the flag says; SEED repeats one.
func each(t *testing.T, test func(*testing.T, *rand.Rand)) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	for i := range *projects {
		t.Run(fmt.Sprintf("SEED=%d", seed+uint64(i)), func(t *testing.T) {
			test(t, rand.New(rand.NewPCG(seed+uint64(i), 1)))
		})
	}
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
