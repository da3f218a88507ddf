//go:build duckdb_arrow

package scan_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

// TestWhatIsNotReadIsSaid: a table is read rightly or not at all.
func TestWhatIsNotReadIsSaid(t *testing.T) {
	data := func(path string, format iceberg.FileFormat) func(*testing.T, *scantest.Foreign) {
		return func(t *testing.T, f *scantest.Foreign) {
			b, err := iceberg.NewDataFileBuilder(f.Spec(), iceberg.EntryContentData, path, format, nil, nil, nil, 1, 100)
			if err != nil {
				t.Fatal(err)
			}
			f.Change(t, func(tx *table.Transaction) error {
				return tx.AddDataFiles(t.Context(), []iceberg.DataFile{b.FirstRowID(1).Build()}, nil)
			})
		}
	}
	outside := filepath.Join(t.TempDir(), "elsewhere.parquet")
	for name, test := range map[string]struct {
		change     func(*testing.T, *scantest.Foreign)
		code, says string
	}{
		"a file elsewhere":  {data(outside, iceberg.ParquetFile), "outside-the-lake", outside},
		"an ORC file":       {data("/x/a.orc", iceberg.OrcFile), "file-format", "/x/a.orc"},
		"an Avro file":      {data("/x/a.avro", iceberg.AvroFile), "file-format", "/x/a.avro"},
		"a lost vector":     {loseVector, "unreadable-table", "-v.puffin"},
		"nested key":        {deleteByPart, "delete-files", "nested column"},
		"an inexact number": {inexactDefault, "unsupported-default", "column id"},
	} {
		t.Run(name, func(t *testing.T) {
			l := scantest.New(t)
			l.Append(t, "t", "SELECT 1::BIGINT AS id, {'a': 1} AS s, NULL::TIMESTAMP_NS AS at")
			test.change(t, l.Foreign(t, "t"))
			_, err := scan.Plan(t.Context(), l.Table(t, "t"), lake.At{}, nil)
			var p *diag.Problem
			if !errors.As(err, &p) || p.Code != test.code || !strings.Contains(p.Message, test.says) || !strings.Contains(p.Message, "main.t") {
				t.Errorf("%v", err)
			}
		})
	}
}

func loseVector(t *testing.T, f *scantest.Foreign) {
	vectors := f.Vectors(t, f.DataFiles(t)[0], 0)
	f.Change(t, delta(vectors...))
	if err := os.Remove(vectors[0].FilePath()); err != nil {
		t.Fatal(err)
	}
}

func deleteByPart(t *testing.T, f *scantest.Foreign) {
	part, _ := f.Schema().FindFieldByName("s.a")
	f.Change(t, delta(f.DeleteFile(t, f.Write(t, "SELECT {'a': 1} AS s", ""), 1, nil, part.ID)))
}

func inexactDefault(t *testing.T, f *scantest.Foreign) {
	f.Metadatum(t, func(meta map[string]any) {
		fields := meta["schemas"].([]any)[0].(map[string]any)["fields"].([]any)
		fields[0].(map[string]any)["initial-default"] = int64(1 << 60)
	})
}
