package process

import (
	"path/filepath"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// A machine that dies takes the journal's last notes with it, and keeps what was
// published: retry does not do that again.
func TestWhatWasPublishedIsNotDoneAgainWhenTheJournalLostIt(t *testing.T) {
	for _, lost := range []string{
		`UPDATE step SET state = 'pending', outcome = '', finished = ''`,
		`UPDATE step SET state = 'running', outcome = '', finished = ''`,
		`UPDATE step SET state = 'running', outcome = '', finished = '' WHERE resource LIKE '%first'`,
	} {
		p := project{t: t, dir: t.TempDir()}
		p.write("dbt_project.yml", "name: shop\nmodels: {shop: {+materialized: incremental}}\n")
		p.write("models/first.sql", "select 1 as n")
		p.write("models/second.sql", "select n + 1 as n from {{ ref('first') }}")
		p.must("build")
		db, err := metadb.Open(t.Context(), filepath.Join(p.dir, ".tarn", "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(t.Context(), func(tx metadb.Tx) error {
			if _, err := tx.Exec(t.Context(), lost); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE run SET state = 'running', finished = ''`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		p.must("retry")
		if got := p.must("query", "--output", "csv", "select (select count(*) from first) as a, (select count(*) from second) as b"); got != "a,b\n1,1\n" {
			t.Errorf("after %s there are %s", lost, got)
		}
	}
}
