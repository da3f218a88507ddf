//go:build duckdb_arrow

package write

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
// threads write them.
func TestRowGroupsHoldRowsThatCameTogether(t *testing.T) {
	b := newBench(t)
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
	rows, err := s.Query(t.Context(), "SELECT "+p.Select+" FROM ("+everyType+")")
	if err != nil {
		t.Fatal(err)
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
	if n := joining.AllocatedBytes(); n != 0 {
		t.Errorf("%d bytes are left of what was written", n)
	}
	if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
		t.Fatal(err)
	}
	b.groupsAreApart(t, b.Table(t, "main.every"))

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
