package lake

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// foreignCommit does to a table what another tool would: a metadata file of
// its own, beside ours, and a row that it updates without a word to us.
func foreignCommit(t *testing.T, l *Lake, table string) string {
	t.Helper()
	return foreignChange(t, l, table, func(meta map[string]any) { meta["properties"] = map[string]string{"owner": "somebody else"} })
}

func foreignChange(t *testing.T, l *Lake, table string, change func(meta map[string]any)) string {
	t.Helper()
	base := load(t, l, table)
	data, err := l.readMetadata(ctx, base.Location())
	if err != nil {
		t.Fatal(err)
	}
	var meta map[string]any
	if err := json.Unmarshal(data, &meta); err != nil {
		t.Fatal(err)
	}
	change(meta)
	meta["last-updated-ms"] = time.Now().UnixMilli()
	if data, err = json.Marshal(meta); err != nil {
		t.Fatal(err)
	}
	file := "main/" + table + "/metadata/00007-" + newName() + ".metadata.json"
	if err := objstore.WriteAll(ctx, l.store, file, data); err != nil {
		t.Fatal(err)
	}
	location := l.store.URI(file)
	if err := l.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?, iceberg_type = NULL
			WHERE catalog_name = 'tarn' AND table_namespace = 'main' AND table_name = ?`, location, base.Location(), table)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return location
}

func TestCommitsOfOtherToolsAreSeenAndBuiltUpon(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	base := load(t, l, "o")
	location := foreignCommit(t, l, "o")
	between := time.Now()
	late := stage(t, l, "o", Change{Base: base, Op: Replace, Schema: orders}, row(2))
	err := l.Commit(ctx, []*Candidate{late}, nil)
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("Commit = %v", err)
	}
	for !time.Now().After(between.Add(time.Millisecond)) {
	}
	commit(t, l, stage(t, l, "o", Change{Base: base, Op: Append}, row(3)))
	now := load(t, l, "o")
	wantRows(t, now, At{}, row(1), row(3))
	if now.Properties()["owner"] != "somebody else" {
		t.Error("what the other tool did is gone")
	}
	if !strings.Contains(now.Location(), "/00008-") {
		t.Errorf("the version does not go on: %s", now.Location())
	}
	v, err := l.PinAt(ctx, between)
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := v.Entry(name("o")); e.Location != location {
		t.Errorf("in between there was %s, want %s", e.Location, location)
	}
}

func TestTheCatalogIsAsOtherToolsExpectIt(t *testing.T) {
	l := newLake(t)
	first := stage(t, l, "shop.o", Change{Op: Append, Schema: orders}, row(1))
	commit(t, l, first)
	second := stage(t, l, "shop.o", Change{Base: load(t, l, "shop.o"), Op: Append}, row(2))
	commit(t, l, second)
	s, err := l.NewStage(ctx, "r", "s", name("shop.v"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.BuildView(ctx, ViewChange{SQL: "SELECT 1 AS id", Schema: columns(column("id", Int))})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, v)
	got := queryStrings(t, l, `SELECT catalog_name || '|' || table_namespace || '|' || table_name || '|' || iceberg_type
		|| '|' || metadata_location || '|' || coalesce(previous_metadata_location, '') FROM iceberg_tables ORDER BY table_name`)
	want := []string{
		"tarn|shop|o|TABLE|" + second.Location + "|" + first.Location,
		"tarn|shop|v|VIEW|" + v.Location + "|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = queryStrings(t, l, `SELECT catalog_name || '|' || namespace || '|' || property_key FROM iceberg_namespace_properties`)
	if diff := cmp.Diff([]string{"tarn|shop|exists"}, got); diff != "" {
		t.Error(diff)
	}
}

func queryStrings(t testing.TB, l *Lake, query string) (out []string) {
	t.Helper()
	if err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
		rows, err := tx.Query(ctx, query)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDeleteFilesOfOtherToolsAreTold: reading only the data files of such a
// table would bring deleted rows back.
func TestDeleteFilesOfOtherToolsAreTold(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	commit(t, l, stageDeletes(t, l, "o"))
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append}, row(2)))
	now := load(t, l, "o")
	files, err := now.Files(ctx, At{}, nil)
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	if d := files[0].Deletes; d == nil || len(d.Positions) != 1 || d.Positions[0].Sequence != 2 || files[1].Deletes != nil {
		t.Errorf("the first file has %+v, the second %+v", d, files[1].Deletes)
	}
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Build(ctx, Change{Base: now, Op: Overwrite, Remove: []string{files[1].URI}})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, l, c)
	now = load(t, l, "o")
	if files, err = now.Files(ctx, At{}, nil); err != nil || len(files) != 1 || files[0].Deletes == nil {
		t.Errorf("after another file has gone: %+v, %v", files, err)
	}
	commit(t, l, stage(t, l, "o", Change{Base: now, Op: Replace, Schema: orders}, row(2)))
	now = load(t, l, "o")
	wantRows(t, now, At{}, row(2))
	if got := now.Current().Summary["total-delete-files"]; got != "0" {
		t.Errorf("%s delete files left", got)
	}
}

// stageDeletes builds a snapshot that adds one file of position deletes.
func stageDeletes(t *testing.T, l *Lake, table string) *Candidate {
	t.Helper()
	s, err := l.NewStage(ctx, "r", "s", name(table))
	if err != nil {
		t.Fatal(err)
	}
	base := load(t, l, table)
	b, err := s.newTableBuild(Change{Base: base, Op: Append})
	if err != nil {
		t.Fatal(err)
	}
	builder, err := iceberg.NewDataFileBuilder(b.spec, iceberg.EntryContentPosDeletes, l.store.URI(s.DataPrefix()+"/deletes.parquet"),
		iceberg.ParquetFile, nil, nil, nil, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	df := builder.Build()
	b.added.add(df)
	out := newManifestSet(b)
	if err := out.addManifest(b.spec, b.iceberg, iceberg.ManifestContentDeletes, []manifestEntry{{iceberg.EntryStatusADDED,
		iceberg.NewManifestEntry(iceberg.EntryStatusADDED, &b.snapshotID, nil, nil, df)}}); err != nil {
		t.Fatal(err)
	}
	kept, err := b.baseManifests(ctx, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.addSnapshot(out, append(out.manifests, kept...)); err != nil {
		t.Fatal(err)
	}
	if err := out.write(ctx); err != nil {
		t.Fatal(err)
	}
	s.row.Location, s.row.Kind, s.row.Op, s.row.Base = b.location(), TableEntry, Append, base.Location()
	c, err := s.register(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTablesOfTheThirdFormat(t *testing.T) {
	l := newLake(t)
	schema := columns(column("at", TimestampNS))
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: schema}, `{"at": "2011-12-01 10:00:00.000000001"}`))
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append}, `{"at": "2011-12-01 10:00:00.000000002"}`))
	now := load(t, l, "o")
	if v, next := now.meta.Version(), now.meta.NextRowID(); v != 3 || next != 2 {
		t.Errorf("version %d, next row id %d", v, next)
	}
	if files, err := now.Files(ctx, At{}, nil); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
}
