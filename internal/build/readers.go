package build

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// readersSee tells in a few words what readers go on to see of a table: its
// newest day where it has one, else when it was published.
func (x *execution) readersSee(ctx context.Context, t ident.Table) string {
	view, err := x.Lake.Pin(ctx)
	if err != nil {
		return ""
	}
	published, err := view.Load(ctx, t)
	if err != nil {
		return "nothing yet"
	}
	if column := dayColumn(published.Schema()); column != "" {
		if day := x.newest(ctx, view, t, column); day != "" {
			return day
		}
	}
	if published.Kind() == lake.ViewEntry {
		return "the view as it was"
	}
	if s := published.Current(); s != nil {
		return "the state of " + s.Time.UTC().Format("2006-01-02 15:04:05")
	}
	return "an empty table"
}

// dayColumn is the column that tells which time a row is about: the first date,
// else the first timestamp, that is not one of ours.
func dayColumn(s lake.Schema) string {
	for _, kinds := range [][]lake.Kind{{lake.Date}, {lake.Timestamp, lake.TimestampTZ}} {
		for _, f := range s.Fields {
			for _, k := range kinds {
				if f.Type.Kind == k && !strings.HasPrefix(f.Name, "_tarn_") {
					return f.Name
				}
			}
		}
	}
	return ""
}

// newest returns the highest value of a column, "" where there is none.
func (x *execution) newest(ctx context.Context, view *lake.View, t ident.Table, column string) string {
	result, err := x.Judge.Gate.Query(ctx, gate.Statement{
		SQL: fmt.Sprintf("SELECT max(%s) FROM %s.%s", ident.Quote(column), ident.Quote(t.Namespace), ident.Quote(t.Name)),
		// The question is Tarn's own, asked for the principal of the run.
		Who: x.Who, Purpose: "query", Scope: &Scope{View: view, SystemTables: x.System},
	})
	if err != nil {
		return ""
	}
	defer result.Release()
	newest := ""
	for result.Next() {
		if b := result.RecordBatch(); b.NumRows() > 0 {
			newest = cell.Text(b.Column(0), 0)
		}
	}
	return newest
}
