package process

import (
	"strings"
	"testing"
)

// A model in batches that dies behind its publication goes on with the batches
// that failed, or is known as done.
func TestPublishedBatchesAreNotMadeAgain(t *testing.T) {
	for _, c := range []struct {
		spoilt string
		made   []string // by the retry
	}{
		{"1", []string{"2026-03-02"}},
		{"9", nil},
	} {
		p := project{t: t, dir: t.TempDir()}
		p.write("dbt_project.yml", "name: shop\nvars: {spoilt: 9}\nmodels: {shop: {+materialized: incremental}}\n")
		p.write("models/events.yml", "models:\n  - name: events\n    config: {event_time: seen}\n")
		p.write("models/events.sql", "select i as id, timestamp '2026-03-01 08:00:00' + to_days(i::int) as seen from range(3) t(i)")
		p.write("models/daily.sql", "{{ config(incremental_strategy='microbatch', event_time='seen', begin='2026-03-01', batch_size='day') }}\n"+
			"select id, seen, case when id = {{ var('spoilt') }} then error('spoilt')::integer end as x from {{ ref('events') }}")
		p.must("run", "--select", "events")
		r := p.run([]string{"TARN_CRASH_AT=build.after-publish"},
			"run", "--select", "daily", "--event-time-start", "2026-03-01", "--event-time-end", "2026-03-04", "--vars", "spoilt: "+c.spoilt)
		if got := runs(p)[0]; got == "success" || got == "failed" {
			t.Fatalf("the run did not crash: %s\n%s", got, r.err)
		}
		again := p.run(nil, "retry", "--vars", "spoilt: 9", "--log-format", "json")
		if again.code != 0 {
			t.Fatalf("retry: %s", again.err)
		}
		var made []string
		for line := range strings.Lines(again.err) {
			if _, rest, found := strings.Cut(line, `"part":"`); found {
				label, _, _ := strings.Cut(rest, `"`)
				made = append(made, label)
			}
		}
		if strings.Join(made, " ") != strings.Join(c.made, " ") {
			t.Errorf("with %s spoilt the retry made the batches %v, want %v\n%s", c.spoilt, made, c.made, again.err)
		}
		if got := p.must("query", "--output", "csv", "select id from daily order by id"); got != "id\n0\n1\n2\n" {
			t.Errorf("with %s spoilt there are %s", c.spoilt, got)
		}
	}
}
