//go:build duckdb_arrow

package scan_test

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

// large makes a table of one file that is worth looking at.
const large = "SELECT i::INTEGER AS id, md5(i::VARCHAR) AS name, i % 7 AS day, {'a': i} AS s FROM range(60000) AS r(i)"

func TestOneFileOfTheTablesColumnsIsReadWithItsStatistics(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", large)
	r := plan(t, l.Table(t, "t"), lake.At{})
	if strings.Contains(r.SQL, "schema=MAP") {
		t.Errorf("columns are asked for by id: %s", r.SQL)
	}
	if known := strings.Join(l.Rows(t, "SELECT stats(day) FROM "+r.SQL+" LIMIT 1"), ""); !strings.Contains(known, "Min: 0, Max: 6") {
		t.Errorf("the engine knows of the values: %s", known)
	}
	want(t, strings.Join(l.Rows(t, "SELECT count(*), sum(id), max(name), sum(s.a) FROM "+r.SQL), ";"), "60000 | 1799970000 | fffffe98d0963d27015c198262d97221 | 1799970000")
}

func TestAFileThatIsNotAsTheTableIsNowIsReadByIDs(t *testing.T) {
	for name, columns := range map[string][]lake.Field{
		"renamed":   {field(1, "key", lake.TypeOf(lake.Int)), field(2, "name", lake.TypeOf(lake.String))},
		"exchanged": {field(1, "name", lake.TypeOf(lake.Int)), field(2, "id", lake.TypeOf(lake.String))},
		"added":     {field(1, "id", lake.TypeOf(lake.Int)), field(9, "more", lake.TypeOf(lake.String))},
		"anew":      {field(1, "id", lake.TypeOf(lake.Int)), field(9, "name", lake.TypeOf(lake.String))},
	} {
		t.Run(name, func(t *testing.T) {
			l := scantest.New(t)
			r := redefined(t, l, columns)
			if !strings.Contains(r.SQL, "schema=MAP") {
				t.Errorf("columns are asked for by name: %s", r.SQL)
			}
			first, second := columns[0].Name, columns[1].Name
			got := strings.Join(l.Rows(t, "SELECT sum("+first+"), coalesce(max("+second+"), 'none') FROM "+r.SQL), ";")
			last := "fffffe98d0963d27015c198262d97221"
			if columns[1].ID == 9 {
				last = "none"
			}
			want(t, got, "1799970000 | "+last)
		})
	}
}

func TestAWiderTypeThanThatOfTheFileIsTheTables(t *testing.T) {
	l := scantest.New(t)
	r := redefined(t, l, []lake.Field{field(1, "id", lake.TypeOf(lake.Long)), field(2, "name", lake.TypeOf(lake.String))})
	want(t, strings.Join(l.Rows(t, "SELECT typeof(id), max(id) FROM "+r.SQL+" GROUP BY 1"), ";"), "BIGINT | 59999")
}

// redefined is the large file in a table that has other columns now.
func redefined(t *testing.T, l *scantest.Lake, columns []lake.Field) scan.Relation {
	t.Helper()
	l.Append(t, "t", large)
	files, err := l.Table(t, "t").Files(t.Context(), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.Redefine(t, "t", lake.Schema{Fields: columns})
	r, err := scan.PlanFiles(t.Context(), l.Table(t, "t"), lake.At{}, files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
