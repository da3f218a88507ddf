//go:build duckdb_arrow

package scan_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

// rows returns the rows of a table in the order of its first column.
func rows(t *testing.T, l *scantest.Lake, name string, at lake.At) string {
	t.Helper()
	r := plan(t, l.Table(t, name), at)
	return strings.Join(l.Rows(t, "FROM "+r.SQL+" ORDER BY 1"), "; ")
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func delta(deletes ...iceberg.DataFile) func(*table.Transaction) error {
	return func(tx *table.Transaction) error {
		return tx.NewRowDelta(nil).AddDeletes(deletes...).Commit(context.Background())
	}
}

func TestRowsThatArePositionsOfDeleteFilesAreGone(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT range AS id, 'a' AS filename FROM range(5)")
	l.Append(t, "t", "SELECT range + 10 AS id, 'b' AS filename FROM range(3)")
	before := l.Table(t, "t").Current()
	f := l.Foreign(t, "t")
	files := f.DataFiles(t)
	f.Change(t, delta(f.DeleteFile(t, f.DeletePositions(t, files[0].FilePath()+"#1", files[1].FilePath()+"#0", files[1].FilePath()+"#4"), 3, nil)))
	// Rows that come later are not meant.
	l.Append(t, "t", "SELECT 20 AS id, 'c' AS filename")
	gone := map[bool]string{true: "1 | a; 2 | a; 3 | a; 10 | b; 12 | b; 20 | c", false: "0 | a; 2 | a; 3 | a; 4 | a; 11 | b; 12 | b; 20 | c"}
	first := l.Rows(t, fmt.Sprintf("SELECT count(*) FROM read_parquet('%s') WHERE id = 0", strings.TrimPrefix(files[1].FilePath(), "file://")))[0] == "1"
	want(t, rows(t, l, "t", lake.At{}), gone[first])
	want(t, rows(t, l, "t", lake.At{SnapshotID: before.ID}), "0 | a; 1 | a; 2 | a; 3 | a; 4 | a; 10 | b; 11 | b; 12 | b")
	if n := l.Table(t, "t").Current().Records(); n != -1 {
		t.Errorf("the table claims to have %d rows", n)
	}
}

func TestPositionsOfTheRowsThatAreLeftStayTheSame(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT range AS id FROM range(5)")
	f := l.Foreign(t, "t")
	f.Change(t, delta(f.DeleteFile(t, f.DeletePositions(t, f.DataFiles(t)[0].FilePath()+"#1"), 1, nil)))
	now := l.Table(t, "t")
	files, err := now.Files(t.Context(), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := scan.PlanRows(t.Context(), now, files)
	if err != nil {
		t.Fatal(err)
	}
	got := l.Rows(t, fmt.Sprintf("SELECT id, %s, %s = '%s' FROM %s ORDER BY 1", scan.RowColumn, scan.PathColumn, files[0].Path, r.SQL))
	want(t, strings.Join(got, "; "), "0 | 0 | true; 2 | 2 | true; 3 | 3 | true; 4 | 4 | true")
}

func TestRowsWithTheValuesOfDeleteFilesAreGone(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT * FROM (VALUES (1, 'x'), (2, NULL), (3, 'y'), (NULL, 'z')) AS v(id, s)")
	f := l.Foreign(t, "t")
	f.Change(t, delta(
		f.DeleteFile(t, f.Write(t, "SELECT 1 AS id UNION ALL SELECT NULL", "{id: 1}"), 2, nil, 1),
		f.DeleteFile(t, f.Write(t, "SELECT 3 AS id, 'other' AS s UNION ALL SELECT 2, NULL", "{id: 1, s: 2}"), 2, nil, 1, 2)))
	l.Append(t, "t", "SELECT 1 AS id, 'again' AS s")
	want(t, rows(t, l, "t", lake.At{}), "1 | again; 3 | y")
	// A second round is about the first one's rows too, but not about later ones.
	f = l.Foreign(t, "t")
	f.Change(t, delta(f.DeleteFile(t, f.Write(t, "SELECT 1 AS id", "{id: 1}"), 1, nil, 1)))
	l.Append(t, "t", "SELECT 1 AS id, 'third' AS s")
	want(t, rows(t, l, "t", lake.At{}), "1 | third; 3 | y")
}

func TestRowsAreDeletedByColumnsThatTheTableNoLongerHas(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v(id, s)")
	f := l.Foreign(t, "t")
	f.Change(t, delta(f.DeleteFile(t, f.Write(t, "SELECT 'x' AS s", "{s: 2}"), 1, nil, 2)))
	f.Change(t, func(tx *table.Transaction) error {
		return tx.UpdateSchema(true, true).DeleteColumn([]string{"s"}).Commit()
	})
	want(t, rows(t, l, "t", lake.At{}), "2")
}

func TestDeletesByValuesKeepToTheirPartition(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, 'x' AS p", "p")
	l.Append(t, "t", "SELECT 1 AS id, 'y' AS p")
	f := l.Foreign(t, "t")
	var like iceberg.DataFile
	for _, df := range f.DataFiles(t) {
		if fmt.Sprint(df.Partition()) == "map[1000:y]" {
			like = df
		}
	}
	f.Change(t, delta(f.DeleteFile(t, f.Write(t, "SELECT 1 AS id", "{id: 1}"), 1, like, 1)))
	want(t, rows(t, l, "t", lake.At{}), "1 | x")
}

func TestRowsOfDeletionVectorsAreGone(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT range AS id, make_timestamp_ns(range) AS at FROM range(100000)")
	l.Append(t, "t", "SELECT -1 AS id, NULL::TIMESTAMP_NS AS at")
	f := l.Foreign(t, "t")
	var large iceberg.DataFile
	for _, df := range f.DataFiles(t) {
		if df.Count() > 1 {
			large = df
		}
	}
	gone := []int64{0, 1, 2, 70000}
	for i := int64(80000); i < 100000; i++ {
		gone = append(gone, i)
	}
	vectors := f.Vectors(t, large, gone...)
	f.Change(t, delta(vectors...))
	r := plan(t, l.Table(t, "t"), lake.At{})
	got := l.Rows(t, "SELECT count(*), min(id), max(id), count(*) FILTER (id = 70000 OR id BETWEEN 0 AND 2), sum(id) FROM "+r.SQL)
	want(t, got[0], "79997 | -1 | 79999 | 0 | 3199889996")
}
