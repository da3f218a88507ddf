//go:build duckdb_arrow

package write

import (
	"context"
	"strings"
	"testing"

	"github.com/apache/iceberg-go"
	iceio "github.com/apache/iceberg-go/io"
	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/table/dv"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

// deleteRows lets another tool delete the first row of each data file.
func deleteRows(t *testing.T, f *scantest.Foreign, byVector bool) {
	t.Helper()
	var deletes []iceberg.DataFile
	w := dv.NewDVWriter(iceio.LocalFS{}, func(id int32) *iceberg.PartitionSpec { return f.Metadata().PartitionSpecByID(int(id)) })
	for _, df := range f.DataFiles(t) {
		if err := w.Add(df.FilePath(), []int64{0}, df.SpecID(), nil); err != nil {
			t.Fatal(err)
		}
		one := f.DeleteFile(t, f.DeletePositions(t, df.FilePath()+"#0"), 1, nil)
		path := []byte(df.FilePath())
		b, err := iceberg.NewDataFileBuilder(f.Spec(), iceberg.EntryContentPosDeletes, one.FilePath(), iceberg.ParquetFile, nil, nil, nil, 1, one.FileSizeBytes())
		if err != nil {
			t.Fatal(err)
		}
		deletes = append(deletes, b.LowerBoundValues(map[int][]byte{2147483546: path}).UpperBoundValues(map[int][]byte{2147483546: path}).Build())
	}
	if byVector {
		var err error
		if deletes, err = w.Flush(t.Context(), strings.TrimPrefix(f.Location(), "file://")+"/data/v.puffin"); err != nil {
			t.Fatal(err)
		}
	}
	f.Change(t, func(tx *table.Transaction) error {
		return tx.NewRowDelta(nil).AddDeletes(deletes...).Commit(context.Background())
	})
}

func TestFilesThatAreWrittenAgainLoseTheirDeletes(t *testing.T) {
	for kind, typ := range map[string]string{"positions": "TIMESTAMP", "vectors": "TIMESTAMP_NS"} {
		t.Run(kind, func(t *testing.T) {
			b := newBench(t)
			b.Append(t, "t", "SELECT range AS id, NULL::"+typ+" AS at FROM range(0, 3)")
			b.Append(t, "t", "SELECT range AS id, NULL::"+typ+" AS at FROM range(10, 13)")
			deleteRows(t, b.Foreign(t, "t"), kind == "vectors")
			if got := b.select1(t, t, "t", "id"); strings.Join(got, " ") != "1 2 11 12" {
				t.Fatal(got)
			}
			base := b.Table(t, "t")
			stage, err := b.NewStage(t.Context(), "run", "step", base.Name())
			if err != nil {
				t.Fatal(err)
			}
			c, edited, err := b.w.Edit(t.Context(), Request{Stage: stage, Base: base, Schema: base.Schema()}, Edit{Target: "t", Source: "s", Delete: &Delete{Where: "id = 2"}})
			if err != nil {
				t.Fatal(err)
			}
			if edited.Gone != 1 {
				t.Errorf("%d rows are gone", edited.Gone)
			}
			if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
				t.Fatal(err)
			}
			if got := b.select1(t, t, "t", "id"); strings.Join(got, " ") != "1 11 12" {
				t.Error(got)
			}
			if got := b.Table(t, "t").Current().Summary["total-delete-files"]; got != "1" {
				t.Errorf("%s delete files are left", got)
			}
			// The library reads it so, too.
			sum := 0
			for _, df := range b.Foreign(t, "t").DataFiles(t) {
				sum += int(df.Count())
			}
			if sum != 4 {
				t.Errorf("the data files have %d rows", sum)
			}
		})
	}
}

func TestNewRowsHaveTheDefaultsThatOtherToolsAskFor(t *testing.T) {
	b := newBench(t)
	b.Append(t, "t", "SELECT '1' AS id, NULL::TIMESTAMP_NS AS at, 'x' AS said")
	b.Foreign(t, "t").Metadatum(t, func(meta map[string]any) {
		for _, f := range meta["schemas"].([]any)[0].(map[string]any)["fields"].([]any) {
			if f := f.(map[string]any); f["name"] == "said" {
				f["write-default"] = "unsaid"
			}
		}
	})
	base := b.Table(t, "t")
	stage, err := b.NewStage(t.Context(), "run", "step", base.Name())
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.w.Write(t.Context(), Request{Stage: stage, Base: base, Op: lake.Append, Schema: base.Schema(), Rows: reader([]row{{id: "2"}}), Constants: []Constant{{Name: "at", SQL: "NULL"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
		t.Fatal(err)
	}
	if got := b.select1(t, t, "t", "id, said"); strings.Join(got, "; ") != "1 | x; 2 | unsaid" {
		t.Error(got)
	}
}

func TestRowsAreWrittenAsTheTableIsPartitionedWhereNobodySays(t *testing.T) {
	b := newBench(t)
	b.Append(t, "t", "SELECT 'a' AS id, 'x' AS p", "id")
	base := b.Table(t, "t")
	stage, err := b.NewStage(t.Context(), "run", "step", base.Name())
	if err != nil {
		t.Fatal(err)
	}
	request := Request{Stage: stage, Base: base, Op: lake.Append, Schema: base.Schema(), Rows: reader([]row{{id: "y"}, {id: "z"}}), Constants: []Constant{{Name: "p", SQL: "'q'"}}}
	c, err := b.w.Write(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
		t.Fatal(err)
	}
	files, err := b.Table(t, "t").Files(t.Context(), lake.At{}, []lake.Predicate{{Column: "id", Op: "=", Values: []any{"z"}}})
	if err != nil || len(files) != 1 || files[0].Records != 1 {
		t.Errorf("%+v, %v", files, err)
	}
}
