package process

import (
	"fmt"
	"strings"
	"testing"
)

// restored is what readers see of a raw table, its quarantine and what left it.
const restored = `select (select count(*) from raw.orders) as orders, (select count(*) from raw.orders__quarantine) as quarantined,
(select coalesce(sum(records), 0) from system.resolutions) as resolved, (select count(*) from system.loads) as loads`

// germanDates mends the definition of raw.orders.
const germanDates = "source: raw\ntables:\n  orders:\n    from: file\n    path: data/*.csv\n" +
	"    columns: {id: long, day: date, amount: 'decimal(18,2)'}\n    date_format: '%d.%m.%Y'\n"

// TestAKilledReplayIsDoneOrNotBegun: whatever the step at which a replay is
// killed, the records are in quarantine or in the table, never in both or in
// neither, and doing it again makes what an undisturbed replay makes.
func TestAKilledReplayIsDoneOrNotBegun(t *testing.T) {
	load := func() project {
		p := newProject(t)
		for n := range 3 {
			p.write(fmt.Sprintf("data/%d.csv", n), fmt.Sprintf("id,day,amount\n%d1,2026-01-0%d,1.50\n%[1]d2,05.01.2026,2.50\n%[1]d3,never,3.50\n", n, n+1))
		}
		p.must("ingest")
		p.write("ingest/raw.yml", germanDates)
		return p
	}
	look := func(p project) string { return p.must("query", "--output", "csv", restored) }
	rows := func(p project) string {
		return p.must("query", "--output", "csv", `select id, day, amount, _tarn_file, _tarn_line from raw.orders
union all select null, null, null, _tarn_file, _tarn_line from raw.orders__quarantine order by all`)
	}
	calm := load()
	before := look(calm)
	calm.must("ingest", "--replay", "raw.orders")
	after, want := look(calm), rows(calm)
	if !strings.HasSuffix(after, "\n6,3,3,2\n") {
		t.Fatalf("the undisturbed replay made %s", after)
	}
	for i, step := range append(steps, "lake.stage-journaled:2", "lake.metadata-written:2") {
		p := load()
		killed := p.run([]string{"TARN_CRASH_AT=" + step}, "ingest", "--replay", "raw.orders")
		if !strings.Contains(killed.err, "failpoint: ") {
			t.Errorf("%s was not reached:\n%s", step, killed.err)
		}
		if got := look(p); got != before && got != after {
			t.Errorf("%s: readers see neither the old state nor the new one but %s", step, got)
		}
		again := []string{"ingest", "--replay", "raw.orders"}
		if i%2 == 0 {
			again = []string{"retry"}
		}
		p.must(again...)
		if got := rows(p); got != want {
			t.Errorf("%s, then %s: %s", step, strings.Join(again, " "), difference(want, got))
		}
		if got := look(p); got != after {
			t.Errorf("%s, then %s: the account is %s, want %s", step, strings.Join(again, " "), got, after)
		}
		p.must("clean")
		nothingOrphaned(t, p)
	}
}
