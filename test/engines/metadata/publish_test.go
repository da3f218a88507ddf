//go:build engines

package metadata

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

func TestAPublicationThatIsCutOffInItsCommitLandsOnce(t *testing.T) {
	for name, passes := range map[string]bool{"the server got it": true, "the server did not get it": false} {
		t.Run(name, func(t *testing.T) {
			relay := newRelay(t, passes)
			db := openCounter(t, relay.address(fresh(t)))
			l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: mem.New()})
			if err != nil {
				t.Fatal(err)
			}
			table := ident.Table{Namespace: "main", Name: "daily"}
			s, err := l.NewStage(t.Context(), "run", "step", table)
			if err != nil {
				t.Fatal(err)
			}
			schema := l.AssignIDs(nil, lake.Schema{Fields: []lake.Field{{Name: "id", Type: lake.TypeOf(lake.Long)}}})
			c, err := s.Build(t.Context(), lake.Change{Op: lake.Append, Schema: schema})
			if err != nil {
				t.Fatal(err)
			}
			relay.armed.Store(true)
			err = l.Commit(t.Context(), []*lake.Candidate{c}, func(tx metadb.Tx) error { return add(t.Context(), tx) })
			if err != nil {
				t.Fatal(err)
			}
			if relay.armed.Load() {
				t.Error("the commit was not cut off")
			}
			found, err := l.Find(t.Context(), table)
			if err != nil || found == nil || len(found.Snapshots()) != 1 {
				t.Errorf("the table is %v, %v", found, err)
			}
			if n := count(t, db); n != 1 {
				t.Errorf("what belongs to the commit happened %d times", n)
			}
		})
	}
}
