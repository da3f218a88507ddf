package process

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// outsideSteps are those between writing down what somebody else's catalog will
// be asked and recording what it said.
var outsideSteps = []string{"lake.commit.before-swap", "lake.outside.intended", "lake.outside.answered", "lake.commit.after-commit"}

// TestALoadIntoSomebodyElsesCatalogThatIsKilledLandsOnce: whatever the step at
// which a load is killed whose tables are in another catalog, the next one
// brings what is missing and nothing twice, and clears away what is nobody's.
func TestALoadIntoSomebodyElsesCatalogThatIsKilledLandsOnce(t *testing.T) {
	theirs := newProject(t)
	server := serve(t, theirs, "TARN_SERVE_TOKEN="+otherToken)
	defer server.stop()
	for i, step := range outsideSteps {
		namespace := fmt.Sprintf("raw%d", i)
		p := project{t: t, dir: t.TempDir()}
		p.write("dbt_project.yml", "name: sales\n")
		p.write("tarn.yml", "catalog: {type: rest, uri: "+server.url+", token: '${env:OTHER_TOKEN}', location: "+
			filepath.Join(theirs.dir, ".tarn", "warehouse")+"}\n")
		p.write("ingest/raw.yml", "source: "+namespace+"\ntables:\n  orders:\n    from: file\n    path: data/*.csv\n    columns: {id: long, day: date}\n")
		t.Setenv("OTHER_TOKEN", otherToken)
		for n := range 2 {
			p.write(fmt.Sprintf("data/%d.csv", n), fmt.Sprintf("id,day\n%d1,2026-01-01\n%[1]d2,2026-01-02\n%[1]dx,never\n", n))
			killed := p.run([]string{"TARN_CRASH_AT=" + step}, "ingest")
			if killed.code == 0 {
				t.Fatalf("%s, load %d: not killed:\n%s%s", step, n, killed.out, killed.err)
			}
			p.must("ingest")
			p.must("clean")
			want := fmt.Sprintf("%d,%d,%d,%d", 2*(n+1), 2*(n+1), n+1, n+1)
			got := p.must("query", "--output", "csv", fmt.Sprintf(`select (select count(*) from %s.orders) as rows, (select count(distinct id) from %[1]s.orders) as ids,
				(select count(*) from %[1]s.orders__quarantine) as quarantined, (select count(*) from system.loads) as loads`, namespace))
			if !strings.Contains(got, want) {
				t.Errorf("%s, load %d: rows, ids, quarantined, loads are\n%swant %s", step, n, got, want)
			}
		}
	}
}
