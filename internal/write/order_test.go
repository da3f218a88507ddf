//go:build duckdb_arrow

package write

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// everyType has rows of each kind of type, with NULLs, in short batches.
const everyType = `SELECT g AS id, g % 7 = 0 AS flag, g::INTEGER AS i, g / 3 AS d, (g / 8)::FLOAT AS f, (g * 31 % 1000000 / 100.0)::DECIMAL(18,2) AS p18,
  (g * 1e15)::DECIMAL(38,3) AS p38, DATE '2020-01-01' + (g % 5000)::INTEGER AS day, TIME '00:00:00' + to_milliseconds(g) AS t,
  TIMESTAMP '2020-01-01' + to_seconds(g) AS ts, TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_seconds(g) AS tz, CASE WHEN g % 3 > 0 THEN 'row ' || g END AS s,
  CASE WHEN g % 5 > 0 THEN repeat('x', (g % 40)::INTEGER)::BLOB END AS b, md5(g::VARCHAR)::UUID AS u,
  CASE WHEN g % 4 > 0 THEN {'a': g, 'b': CASE WHEN g % 2 = 0 THEN [g, NULL, g + 1] END} END AS st,
  CASE WHEN g % 6 > 0 THEN range(g % 5) END AS l, CASE WHEN g % 7 > 0 THEN MAP {'k' || (g % 3): g, 'z': NULL} END AS m
FROM range(130000) t(g) ORDER BY id`

// Rows stay in the order in which they came, as far as their row groups go: the
// values of a column that only grows are in one row group each, though two
// threads write them. All of them are what was written, also where batches are
// parts of others.
func TestRowGroupsHoldRowsThatCameTogether(t *testing.T) {
	for _, c := range []struct {
		name string
		size int64 // rows of a batch; 0 is as the engine gives them
	}{{"short", 0}, {"odd", 7001}, {"long", 130000}} {
		t.Run(c.name, func(t *testing.T) { newBench(t).keepsEveryType(t, c.size) })
	}
	joining.AssertSize(t, 0)
}

// keepsEveryType writes rows of each kind of type and reads them again.
func (b *bench) keepsEveryType(t *testing.T, size int64) {
	t.Helper()
	s, err := b.w.engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cols, err := s.Describe(t.Context(), everyType)
	if err != nil {
		t.Fatal(err)
	}
	p, err := scan.Project(cols)
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Query(t.Context(), "SELECT "+p.Select+" FROM ("+everyType+")")
	if err != nil {
		t.Fatal(err)
	}
	var rows array.RecordReader = result
	if size > 0 {
		rows = resized(t, rows, size)
	}
	table := ident.Table{Namespace: "main", Name: "every"}
	stage, err := b.NewStage(t.Context(), "run", "step", table)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.w.Write(t.Context(), Request{Stage: stage, Op: lake.Replace, Rows: rows, Schema: p.Schema})
	rows.Release()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
		t.Fatal(err)
	}
	if size == 0 { // parts of a long batch count as all of it, so that their groups end early
		b.groupsAreApart(t, b.Table(t, "main.every"))
	}

	relation, err := scan.Plan(t.Context(), b.Table(t, "main.every"), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"(%s) EXCEPT ALL (%s)", "(%[2]s) EXCEPT ALL (%[1]s)"} {
		q = fmt.Sprintf("SELECT count(*) FROM ("+q+")", "SELECT "+p.Select+" FROM ("+everyType+")", relation.SQL)
		if n := b.numbers(t, q); !slices.Equal(n, []int64{0}) {
			t.Errorf("%d rows are not what was written: %s", n, q)
		}
	}
}

// resized are the rows of a reader in batches of another size, each a part of one
// long batch.
func resized(t *testing.T, rows array.RecordReader, size int64) array.RecordReader {
	t.Helper()
	defer rows.Release()
	all := groupRows(rows, 1<<40)
	rows.Retain()
	defer all.Release()
	var parts, list []arrow.RecordBatch
	for all.Next() {
		all.RecordBatch().Retain()
		parts = append(parts, all.RecordBatch())
	}
	whole, err := join(parts)
	if err != nil || all.Err() != nil {
		t.Fatal(err, all.Err())
	}
	for at := int64(0); at < whole.NumRows(); at += size {
		list = append(list, whole.NewSlice(at, min(at+size, whole.NumRows())))
	}
	out, err := array.NewRecordReader(whole.Schema(), list)
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range slices.Concat(parts, list, []arrow.RecordBatch{whole}) {
		batch.Release()
	}
	return out
}

// groupsAreApart fails where two row groups of a table have the same ids between
// their bounds, or there is but one.
func (b *bench) groupsAreApart(t *testing.T, table *lake.Table) {
	t.Helper()
	var paths []string
	files, err := table.Files(t.Context(), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		paths = append(paths, ident.Literal(f.Path))
	}
	from := "FROM parquet_metadata([" + strings.Join(paths, ", ") + "]) WHERE path_in_schema = 'id' ORDER BY stats_min_value::BIGINT"
	low, high := b.numbers(t, "SELECT stats_min_value::BIGINT "+from), b.numbers(t, "SELECT stats_max_value::BIGINT "+from)
	if len(low) < 2 {
		t.Fatalf("there are row groups from %v", low)
	}
	for i := range len(low) - 1 {
		if high[i] >= low[i+1] {
			t.Errorf("a row group has ids up to %d, the next begins at %d", high[i], low[i+1])
		}
	}
}

// numbers runs a query of one column of numbers.
func (b *bench) numbers(t *testing.T, q string) (list []int64) {
	t.Helper()
	s, err := b.w.engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Query(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		list = append(list, r.RecordBatch().Column(0).(*array.Int64).Int64Values()...)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return list
}
