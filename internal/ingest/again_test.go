//go:build duckdb_arrow

package ingest

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/project"
)

// replay reads what is in quarantine again and commits.
func (p *place) replay(r *project.Resource) *Load {
	p.t.Helper()
	ctx := p.t.Context()
	load, err := p.in.Load(ctx, Request{Source: r, Run: "run", Replay: &Replay{}})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.lake.Commit(ctx, load.Candidates, func(tx metadb.Tx) error { return load.Save(ctx, tx) }); err != nil {
		p.t.Fatal(err)
	}
	return load
}

func (p *place) has(r *project.Resource, want ...string) {
	p.t.Helper()
	if diff := sameRows(want, p.rows(p.t, r, plainRow)); diff != "" {
		p.t.Error(diff)
	}
}

const tooLarge = "3000000000"

func TestARecordThatIsReadAgainJoinsTheRowsOfItsFile(t *testing.T) {
	p := newPlace(t)
	r := p.table(project.Ingest{Mode: project.ModeDeleteInsert, PrimaryKey: []string{"id"}})
	r.Ingest.Columns["at"] = "int"
	p.file(t, r, "a.csv", "id,at,name\nx,1,old\ny,1,first\nz,"+tooLarge+",late\n")
	p.load(t, r)
	p.file(t, r, "b.csv", "id,at,name\ny,2,second\nz,2,new\nx,"+tooLarge+",new\ny,"+tooLarge+",third\n")
	p.load(t, r)
	p.has(r, "x 1 old", "y 2 second", "z 2 new")
	r.Ingest.Columns["at"] = "long"
	load := p.replay(r)
	p.has(r, "x "+tooLarge+" new", "y 2 second", "y "+tooLarge+" third", "z 2 new")
	if got := load.Record; got.Written != 2 || got.SkippedBy["superseded"] != 1 {
		t.Errorf("the account is %+v", got)
	}
}

func TestWhatAFileGrewByJoinsItsRows(t *testing.T) {
	p := newPlace(t)
	r := p.table(project.Ingest{Mode: project.ModeDeleteInsert, PrimaryKey: []string{"id"}})
	p.file(t, r, "a.csv", "id,at,name\nx,1,a\ny,1,a\n")
	p.load(t, r)
	p.file(t, r, "b.csv", "id,at,name\ny,2,b\n")
	p.load(t, r)
	p.file(t, r, "a.csv", "id,at,name\nx,1,a\ny,1,a\nx,3,more\n")
	if load := p.load(t, r); load.Record.Read != 1 {
		t.Fatalf("the whole file was read: %+v", load.Record)
	}
	p.has(r, "x 1 a", "x 3 more", "y 2 b")
	p.file(t, r, "a.csv", "id,at,name\nx,4,other\n")
	p.load(t, r)
	p.has(r, "x 4 other", "y 2 b")
}

func TestAFileThatSaysWhatAnEarlierOneSaidTakesBackWhatCameBetween(t *testing.T) {
	p := newPlace(t)
	for _, mode := range []string{project.ModeMerge, project.ModeDeleteInsert, project.ModeSCD2} {
		r := p.table(project.Ingest{Mode: mode, PrimaryKey: []string{"id"}})
		for _, day := range []struct{ file, name string }{{"1.csv", "ada"}, {"2.csv", "eve"}, {"3.csv", "ada"}} {
			p.file(t, r, day.file, "id,at,name\n1,1,"+day.name+"\n")
			p.load(t, r)
		}
		want := []string{"1 1 ada"}
		if mode == project.ModeSCD2 {
			want = []string{"1 1 ada", "1 1 ada", "1 1 eve"}
		}
		if diff := sameRows(want, p.rows(t, r, plainRow)); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
	}
}

func TestRowsStayWhoseKeyMayBeInQuarantine(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct{ mode, deletes, list string }{
		{project.ModeMerge, project.DeletesHard, "id"},
		{project.ModeMerge, project.DeletesSoft, "CASE WHEN _tarn_deleted_at IS NULL THEN id END"},
		{project.ModeSCD2, project.DeletesHard, "CASE WHEN _tarn_is_current THEN id END"},
	} {
		r := p.table(project.Ingest{Mode: c.mode, PrimaryKey: []string{"id"}, Deletes: c.deletes})
		p.file(t, r, "a.csv", "id,at,name\n1,1,ada\n2,1,eve\n")
		p.file(t, r, "b.csv", "id,at,name\n3,1,zoe\n4,1,kim\n")
		p.load(t, r)
		p.file(t, r, "a.csv", "id,at,name\n1,1,ada\n2,oops,eve\n")
		p.file(t, r, "b.csv", "id,at,name\n3,1,zoe\n")
		p.load(t, r)
		got := strings.Trim(strings.ReplaceAll(strings.Join(p.rows(t, r, c.list), " "), "(null)", ""), " ")
		if got != "1 2 3" {
			t.Errorf("%s, %s: %s", c.mode, c.deletes, got)
		}
	}
}

func TestARowWithoutAKeyKeepsTheTextThatWasLeftOutOfIt(t *testing.T) {
	p := newPlace(t)
	r := p.table(project.Ingest{Mode: project.ModeMerge, PrimaryKey: []string{"at"}, Contract: project.Contract{Types: discardValue}})
	p.file(t, r, "a.csv", "id,at,name\n1,oops,ada\n")
	p.load(t, r)
	quarantine := *r
	quarantine.Relation = r.Quarantine()
	if got := p.rows(t, &quarantine, "raw::VARCHAR"); len(got) != 1 || !strings.Contains(got[0], "oops") {
		t.Errorf("quarantine has %q", got)
	}
}
