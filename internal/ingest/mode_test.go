//go:build duckdb_arrow

package ingest

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// TestMain makes properties draw fewer cases than usual: each is several
// commits. -rapid.checks draws more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// place is a lake with an ingester, and a folder of files.
type place struct {
	t      testing.TB
	in     *Ingester
	lake   *lake.Lake
	writer *write.Writer
	dir    string
	shelf  *shelf
	tables int
}

func newPlace(t testing.TB) *place {
	t.Helper()
	dir := t.TempDir()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := metadb.Open(t.Context(), metadbtest.Place(t, dir, "catalog.db"))
	try(err)
	store, err := local.New(filepath.Join(dir, "warehouse"))
	try(err)
	l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: store})
	try(err)
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2, SpillDir: filepath.Join(dir, "spill"), Functions: write.Functions()})
	try(err)
	t.Cleanup(func() {
		if err := cmp.Or(e.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	p := &place{t: t, lake: l, writer: write.New(l, e), dir: filepath.Join(dir, "project"), shelf: &shelf{}}
	p.in, err = New(t.Context(), Options{DB: db, Lake: l, Writer: p.writer, Dir: p.dir, Threads: 2,
		Formats: []connector.Format{csvfile.Format{}}, Sources: []connector.Source{p.shelf}})
	try(err)
	return p
}

// fataler is what tests and properties have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// table declares a new table whose files are in a folder of its name.
func (p *place) table(def project.Ingest) *project.Resource {
	p.tables++
	name := fmt.Sprintf("t%d", p.tables)
	if def.From == "" {
		def.From, def.Paths = FromFile, []string{name + "/*.csv"}
		def.Columns = map[string]string{"id": "string", "at": "long", "name": "string"}
	}
	def.Places = map[string]diag.Place{"mode": {File: "ingest/raw.yml", Line: 1}}
	return &project.Resource{ID: "source.x.raw." + name, Name: name, Relation: ident.Table{Namespace: "raw", Name: name}, Ingest: &def}
}

// load loads a table and commits; the account adds up with the table.
func (p *place) load(f fataler, r *project.Resource) *Load {
	f.Helper()
	ctx := p.t.Context()
	load, err := p.in.Load(ctx, Request{Source: r, Run: "run"})
	if err != nil {
		f.Fatal(err)
	}
	if err := p.lake.Commit(ctx, load.Candidates, func(tx metadb.Tx) error { return load.Save(ctx, tx) }); err != nil {
		f.Fatal(err)
	}
	if load.Nothing() || r.Ingest.Mode == project.ModeSCD2 {
		return load
	}
	if n := p.rows(f, r, "count(*) FILTER (WHERE _tarn_load_id = '"+load.Record.ID+"')"); n[0] != strconv.FormatInt(load.Record.Written, 10) {
		f.Fatalf("%d are said to be written, %s are there", load.Record.Written, n[0])
	}
	return load
}

// rows returns what is in a table.
func (p *place) rows(f fataler, r *project.Resource, list string) []string {
	f.Helper()
	view, err := p.lake.Pin(p.t.Context())
	if err != nil {
		f.Fatal(err)
	}
	t, err := view.Load(p.t.Context(), r.Relation)
	if err != nil {
		f.Fatal(err)
	}
	var out []string
	err = p.writer.Look(p.t.Context(), t, func(from string) string { return "SELECT " + list + " FROM " + from }, func(b arrow.RecordBatch) error {
		for i := range int(b.NumRows()) {
			out = append(out, strings.Clone(b.Column(0).ValueStr(i)))
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	slices.Sort(out)
	return out
}

const plainRow = `format('{} {} {}', id, coalesce("at", -1), coalesce(name, ''))`

// person is a row of a file.
type person struct {
	id   string
	at   int
	name string
}

func (p person) String() string { return fmt.Sprintf("%s %d %s", p.id, p.at, p.name) }

func people(t *rapid.T) []person {
	list := make([]person, rapid.IntRange(1, 40).Draw(t, "rows"))
	for i := range list {
		list[i] = person{
			id: rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(t, "id"),
			at: rapid.IntRange(0, 3).Draw(t, "at"), name: "n" + strconv.Itoa(i),
		}
	}
	return list
}

// spread writes rows into files in their order, the names too, and calls loaded
// now and then while they come, in any order.
func (p *place) spread(t *rapid.T, r *project.Resource, list []person, loaded func()) {
	var contents []string
	for rest := list; len(rest) > 0; {
		n := rapid.IntRange(1, len(rest)).Draw(t, "rows of a file")
		var b strings.Builder
		b.WriteString("id,at,name\n")
		for _, row := range rest[:n] {
			fmt.Fprintf(&b, "%s,%d,%s\n", row.id, row.at, row.name)
		}
		contents, rest = append(contents, b.String()), rest[n:]
	}
	names := make([]int, len(contents))
	for i := range names {
		names[i] = i
	}
	for _, i := range rapid.Permutation(names).Draw(t, "order") {
		p.file(t, r, fmt.Sprintf("%03d.csv", i), contents[i])
		if rapid.Bool().Draw(t, "load now") {
			loaded()
		}
	}
	loaded()
}

func (p *place) file(f fataler, r *project.Resource, name, content string) {
	f.Helper()
	path := filepath.Join(p.dir, r.Name, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		f.Fatal(err)
	}
}

func sameRows(want, got []string) string {
	slices.Sort(want)
	return gocmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n"))
}

func TestOneFileOrAThousandInAnyOrderGiveTheSameTable(t *testing.T) {
	p := newPlace(t)
	rapid.Check(t, func(rt *rapid.T) {
		list := people(rt)
		last, first := map[string]person{}, map[string]person{}
		var all []string
		for _, row := range list {
			if have, ok := last[row.id]; !ok || row.at >= have.at {
				last[row.id] = row
			}
			if have, ok := first[row.id]; !ok || row.at < have.at {
				first[row.id] = row
			}
			all = append(all, row.String())
		}
		texts := func(m map[string]person) []string {
			var out []string
			for _, row := range m {
				out = append(out, row.String())
			}
			return out
		}
		for _, c := range []struct {
			def  project.Ingest
			want []string
		}{
			{project.Ingest{Mode: project.ModeReplace}, all},
			{project.Ingest{Mode: project.ModeMerge, PrimaryKey: []string{"id"}, Cursor: "at"}, texts(last)},
			{project.Ingest{Mode: project.ModeMerge, PrimaryKey: []string{"id"}, Cursor: "at", Deletes: project.DeletesHard}, texts(last)},
			{project.Ingest{Mode: project.ModeAppend, Cursor: "at", Deduplicate: &project.Deduplicate{Exact: []string{"id"}, Keep: project.KeepFirst}}, texts(first)},
			{project.Ingest{Mode: project.ModeReplace, Cursor: "at", Deduplicate: &project.Deduplicate{Exact: []string{"id"}, Keep: project.KeepLatest}}, texts(last)},
		} {
			r := p.table(c.def)
			p.spread(rt, r, list, func() { p.load(rt, r) })
			if diff := sameRows(slices.Clone(c.want), p.rows(rt, r, plainRow)); diff != "" {
				rt.Fatalf("%s, duplicates %v: %s", c.def.Mode, c.def.Deduplicate, diff)
			}
			if load := p.load(rt, r); load.Changes() && len(load.Candidates) > 0 {
				rt.Fatalf("%s: the same files again change the table", c.def.Mode)
			}
		}
	})
}

func TestASourceIsMergedAndItsDeletedRowsGo(t *testing.T) {
	p := newPlace(t)
	r := p.table(project.Ingest{From: "shelf", Mode: project.ModeMerge, PrimaryKey: []string{"id"}, Cursor: "at", Deletes: project.DeletesHard})
	p.shelf.rows = []person{{"1", 1, "ada"}, {"2", 1, "eve"}, {"3", 1, "zoe"}}
	p.load(t, r)
	p.shelf.rows = []person{{"1", 2, "ADA"}, {"3", 1, "zoe"}}
	load := p.load(t, r)
	if diff := sameRows([]string{"1 2 ADA", "3 1 zoe"}, p.rows(t, r, plainRow)); diff != "" {
		t.Error(diff)
	}
	if len(load.Notes) == 0 {
		t.Error("nobody is told that rows went")
	}
	if load := p.load(t, r); len(load.Candidates) > 0 && load.Record.Written > 0 {
		t.Errorf("nothing is new: %+v", load.Record)
	}
}

func TestKeysAreComparedWithinEachOrigin(t *testing.T) {
	p := newPlace(t)
	both := []project.Origin{{Name: "north"}, {Name: "south"}}
	r := p.table(project.Ingest{From: "shelf", Mode: project.ModeMerge, PrimaryKey: []string{"id"}, Cursor: "at", Deletes: project.DeletesHard, Origins: both})
	p.shelf.rows = []person{{"1", 1, "ada"}, {"2", 1, "eve"}}
	p.load(t, r)
	r.Ingest.Origins = both[1:]
	p.shelf.rows = p.shelf.rows[:1]
	p.load(t, r)
	if diff := sameRows([]string{"north 1", "north 2", "south 1"}, p.rows(t, r, "_tarn_origin || ' ' || id")); diff != "" {
		t.Error(diff)
	}
}

// shelf is a source that has its rows in memory.
type shelf struct{ rows []person }

func (s *shelf) Name() string                    { return "shelf" }
func (s *shelf) Options() []connector.OptionSpec { return nil }

func (s *shelf) Open(_ context.Context, req connector.SourceRequest) (connector.Reading, error) {
	r := &shelfReading{rows: s.rows, after: -1, keys: req.PrimaryKey}
	if req.State != nil {
		after, err := strconv.Atoi(string(req.State))
		if err != nil {
			return nil, err
		}
		r.after = after
	}
	r.layout = &connector.Layout{Columns: []connector.Column{
		{Name: "id", Type: connector.Type{Kind: connector.String}},
		{Name: "at", Type: connector.Type{Kind: connector.Long}},
		{Name: "name", Type: connector.Type{Kind: connector.String}},
	}}
	return r, nil
}

type shelfReading struct {
	rows   []person
	after  int
	keys   []string
	layout *connector.Layout
}

func (r *shelfReading) Layout() *connector.Layout { return r.layout }
func (r *shelfReading) Parts() []connector.Part {
	return []connector.Part{{Name: "shelf", Records: -1, Bytes: -1}}
}
func (r *shelfReading) Close() error { return nil }

func (r *shelfReading) State() ([]byte, error) {
	last := r.after
	for _, row := range r.rows {
		last = max(last, row.at)
	}
	return []byte(strconv.Itoa(last)), nil
}

func (r *shelfReading) Read(_ context.Context, _ int, layout *connector.Layout, sink connector.Sink) (c connector.Counts, err error) {
	b := connector.NewBatch(layout, sink)
	defer b.Close()
	for i, row := range r.rows {
		if row.at <= r.after {
			continue
		}
		n := b.Rows()
		b.Reserve(1)
		b.Vector(0).SetText(n, []byte(row.id))
		b.Vector(1).Int64s()[n] = int64(row.at)
		b.Vector(2).SetText(n, []byte(row.name))
		b.Lines()[n] = int64(i + 1)
		c.Records++
		c.Written++
		if err := b.Add(1); err != nil {
			return c, err
		}
	}
	return c, b.Flush()
}

func (r *shelfReading) ReadKeys(_ context.Context, sink connector.Sink) error {
	b := connector.NewBatch(&connector.Layout{Columns: r.layout.Columns[:1]}, sink)
	defer b.Close()
	for i, row := range r.rows {
		n := b.Rows()
		b.Reserve(1)
		b.Vector(0).SetText(n, []byte(row.id))
		b.Lines()[n] = int64(i + 1)
		if err := b.Add(1); err != nil {
			return err
		}
	}
	return b.Flush()
}
