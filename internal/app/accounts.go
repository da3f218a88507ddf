package app

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// loadOf turns a load's account into what is shown of it.
func loadOf(r ingest.Record) explain.Load {
	return explain.Load{
		ID: r.ID, Table: r.Table.String(), StartedAt: r.Started, Files: r.Files, Read: r.Read,
		Written: r.Written, Quarantined: r.Quarantined, Skipped: r.Skipped, SkippedBy: r.SkippedBy, Checksum: r.Checksum,
	}
}

// firstLines is how many quarantined records an answer shows.
const firstLines = 5

// quarantined tells what a source table's quarantine holds; nil where it is
// empty.
func (a *App) quarantined(ctx context.Context, view *lake.View, r *project.Resource) (*explain.Quarantine, error) {
	t := r.Quarantine()
	p, err := a.pointer(ctx, view, t)
	if err != nil || p == nil || p.Rows == 0 {
		return nil, err
	}
	q := &explain.Quarantine{Table: t.String(), Rows: p.Rows}
	from := ident.Quote(t.Namespace) + "." + ident.Quote(t.Name)
	rules, err := a.rows(ctx, `select v.column, v.rule, count(*) from (select unnest(violations) as v from `+from+`) group by all order by 3 desc, 1, 2`)
	if err != nil {
		return nil, err
	}
	for _, row := range rules {
		n, _ := strconv.ParseInt(row[2], 10, 64)
		q.Rules = append(q.Rules, explain.RuleCount{Column: row[0], Rule: row[1], Rows: n})
	}
	lines, err := a.rows(ctx, `select _tarn_file, _tarn_line, violations[1].reason, raw from `+from+` order by 1, 2 limit `+strconv.Itoa(firstLines))
	if err != nil {
		return nil, err
	}
	for _, row := range lines {
		n, _ := strconv.ParseInt(row[1], 10, 64)
		q.Lines = append(q.Lines, explain.QuarantinedLine{File: row[0], Line: n, Reason: row[2], Raw: row[3]})
	}
	return q, nil
}

// rows runs a query whose result is small and returns it as text.
func (a *App) rows(ctx context.Context, sql string) ([][]string, error) {
	result, err := a.ask(ctx, QueryRequest{SQL: sql})
	if err != nil {
		return nil, err
	}
	return textRows(result)
}

// textRows reads a small result to its end and releases it.
func textRows(result array.RecordReader) ([][]string, error) {
	defer result.Release()
	var rows [][]string
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]string, b.NumCols())
			for c := range row {
				row[c] = cell.Text(b.Column(c), i)
			}
			rows = append(rows, row)
		}
	}
	return rows, result.Err()
}
