package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/run"
)

// systemTables are the tables of the schema "system": what Tarn knows of
// itself, written out as generated SELECTs.
type systemTables struct{ app *App }

// systemTable is one of them.
type systemTable struct {
	name    string
	columns []engine.Column
	rows    func(ctx context.Context, a *App) ([][]any, error)
}

var systemList = []systemTable{
	{"loads", []engine.Column{
		{Name: "load_id", Type: "VARCHAR"}, {Name: "table_name", Type: "VARCHAR"}, {Name: "run_id", Type: "VARCHAR"},
		{Name: "started_at", Type: "TIMESTAMP WITH TIME ZONE"}, {Name: "finished_at", Type: "TIMESTAMP WITH TIME ZONE"},
		{Name: "files", Type: "BIGINT"}, {Name: "bytes", Type: "BIGINT"}, {Name: "read", Type: "BIGINT"},
		{Name: "written", Type: "BIGINT"}, {Name: "quarantined", Type: "BIGINT"}, {Name: "skipped", Type: "BIGINT"},
		{Name: "skipped_by", Type: "MAP(VARCHAR, BIGINT)"}, {Name: "checksum", Type: "VARCHAR"},
	}, loadRows},
	{"resolutions", []engine.Column{
		{Name: "resolution_id", Type: "VARCHAR"}, {Name: "table_name", Type: "VARCHAR"}, {Name: "action", Type: "VARCHAR"},
		{Name: "load_id", Type: "VARCHAR"}, {Name: "run_id", Type: "VARCHAR"}, {Name: "principal", Type: "VARCHAR"},
		{Name: "reason", Type: "VARCHAR"}, {Name: "records", Type: "BIGINT"},
		{Name: "resolved_at", Type: "TIMESTAMP WITH TIME ZONE"},
	}, resolutionRows},
	{"runs", []engine.Column{
		{Name: "run_id", Type: "VARCHAR"}, {Name: "command", Type: "VARCHAR"}, {Name: "principal", Type: "VARCHAR"},
		{Name: "state", Type: "VARCHAR"}, {Name: "message", Type: "VARCHAR"}, {Name: "publish", Type: "VARCHAR"},
		{Name: "retry_of", Type: "VARCHAR"},
		{Name: "started_at", Type: "TIMESTAMP WITH TIME ZONE"}, {Name: "finished_at", Type: "TIMESTAMP WITH TIME ZONE"},
	}, runRows},
	{"steps", []engine.Column{
		{Name: "run_id", Type: "VARCHAR"}, {Name: "resource", Type: "VARCHAR"}, {Name: "kind", Type: "VARCHAR"},
		{Name: "attempt", Type: "BIGINT"}, {Name: "state", Type: "VARCHAR"}, {Name: "outcome", Type: "VARCHAR"},
		{Name: "because", Type: "VARCHAR"}, {Name: "message", Type: "VARCHAR"},
		{Name: "rows", Type: "BIGINT"}, {Name: "bytes", Type: "BIGINT"},
		{Name: "started_at", Type: "TIMESTAMP WITH TIME ZONE"}, {Name: "finished_at", Type: "TIMESTAMP WITH TIME ZONE"},
	}, stepRows},
	{"tests", []engine.Column{
		{Name: "run_id", Type: "VARCHAR"}, {Name: "test", Type: "VARCHAR"}, {Name: "gates", Type: "VARCHAR"},
		{Name: "severity", Type: "VARCHAR"}, {Name: "state", Type: "VARCHAR"}, {Name: "failures", Type: "BIGINT"},
		{Name: "message", Type: "VARCHAR"}, {Name: "milliseconds", Type: "BIGINT"},
	}, testRows},
	{"tables", []engine.Column{
		{Name: "namespace", Type: "VARCHAR"}, {Name: "table_name", Type: "VARCHAR"}, {Name: "kind", Type: "VARCHAR"},
		{Name: "rows", Type: "BIGINT"}, {Name: "snapshot_id", Type: "BIGINT"},
		{Name: "published_at", Type: "TIMESTAMP WITH TIME ZONE"}, {Name: "metadata_location", Type: "VARCHAR"},
	}, tableRows},
	{"snapshots", []engine.Column{
		{Name: "namespace", Type: "VARCHAR"}, {Name: "table_name", Type: "VARCHAR"}, {Name: "snapshot_id", Type: "BIGINT"},
		{Name: "parent_id", Type: "BIGINT"}, {Name: "committed_at", Type: "TIMESTAMP WITH TIME ZONE"},
		{Name: "operation", Type: "VARCHAR"}, {Name: "run_id", Type: "VARCHAR"}, {Name: "added_rows", Type: "BIGINT"},
		{Name: "total_rows", Type: "BIGINT"},
	}, snapshotRows},
}

// SystemNames returns the names of the system tables.
func (s *systemTables) SystemNames() []string {
	names := make([]string, len(systemList))
	for i, t := range systemList {
		names[i] = t.name
	}
	return names
}

// System returns the SELECT that stands for a system table.
func (s *systemTables) System(ctx context.Context, name string) (string, []engine.Column, bool, error) {
	i := slices.IndexFunc(systemList, func(t systemTable) bool { return t.name == ident.Fold(name) })
	if i < 0 {
		return "", nil, false, nil
	}
	t := systemList[i]
	if _, err := s.app.open(ctx); err != nil {
		return "", nil, false, err
	}
	rows, err := t.rows(ctx, s.app)
	if err != nil {
		return "", nil, false, fmt.Errorf("system.%s: %w", t.name, err)
	}
	return values(t.columns, rows), t.columns, true, nil
}

// values writes rows out as a typed SELECT.
func values(columns []engine.Column, rows [][]any) string {
	cols := make([]string, len(columns))
	for i, c := range columns {
		cols[i] = fmt.Sprintf("CAST(c%d AS %s) AS %s", i, c.Type, ident.Quote(c.Name))
	}
	names := make([]string, len(columns))
	nulls := make([]string, len(columns))
	for i := range columns {
		names[i], nulls[i] = "c"+strconv.Itoa(i), "NULL"
	}
	lines := make([]string, 0, len(rows)+1)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = literal(v)
		}
		lines = append(lines, "("+strings.Join(cells, ", ")+")")
	}
	where := ""
	if len(rows) == 0 {
		lines, where = append(lines, "("+strings.Join(nulls, ", ")+")"), " WHERE false"
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (VALUES " + strings.Join(lines, ", ") + ") AS rows(" + strings.Join(names, ", ") + ")" + where
}

// literal writes a value as SQL.
func literal(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return ident.Literal(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case time.Time:
		if x.IsZero() {
			return "NULL"
		}
		return ident.Literal(x.UTC().Format("2006-01-02 15:04:05.000000+00"))
	case map[string]int64:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		parts := make([]string, len(keys))
		for i, k := range keys {
			parts[i] = ident.Literal(k) + ": " + strconv.FormatInt(x[k], 10)
		}
		return "MAP {" + strings.Join(parts, ", ") + "}"
	default:
		return ident.Literal(fmt.Sprint(x))
	}
}

// orNull is nil for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func loadRows(ctx context.Context, a *App) ([][]any, error) {
	list, err := ingest.Records(ctx, a.stores.catalog)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{r.ID, r.Table.String(), r.Run, r.Started, r.Finished, r.Files, r.Bytes, r.Read, r.Written, r.Quarantined, r.Skipped, r.SkippedBy, orNull(r.Checksum)}
	}
	return rows, nil
}

func resolutionRows(ctx context.Context, a *App) ([][]any, error) {
	list, err := ingest.Resolutions(ctx, a.stores.catalog)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{r.ID, r.Table.String(), r.Action, orNull(r.LoadID), r.Run, r.Principal, orNull(r.Reason), r.Records, r.At}
	}
	return rows, nil
}

func runRows(ctx context.Context, a *App) ([][]any, error) {
	list, err := a.stores.journal.List(ctx, run.Filter{})
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{r.ID, r.Command, r.Principal, string(r.State), orNull(r.Message), orNull(r.Publish), orNull(r.RetryOf), r.Started, r.Finished}
	}
	return rows, nil
}

// eachStep calls f for every step of every run.
func eachStep(ctx context.Context, a *App, f func(run.Step) error) error {
	runs, err := a.stores.journal.List(ctx, run.Filter{})
	if err != nil {
		return err
	}
	for _, r := range runs {
		steps, err := a.stores.journal.Steps(ctx, r.ID)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if err := f(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func stepRows(ctx context.Context, a *App) (rows [][]any, err error) {
	err = eachStep(ctx, a, func(s run.Step) error {
		rows = append(rows, []any{s.RunID, s.Resource, s.Kind, int64(s.Attempt), string(s.State), orNull(string(s.Outcome)), orNull(s.Because), orNull(s.Message), s.Rows, s.Bytes, s.Started, s.Finished})
		return nil
	})
	return rows, err
}

func testRows(ctx context.Context, a *App) (rows [][]any, err error) {
	err = eachStep(ctx, a, func(s run.Step) error {
		d, err := build.ParseDetails(s)
		if err != nil {
			return err
		}
		for _, v := range d.Tests {
			var gates any
			if s.Resource != v.Test {
				gates = s.Resource
			}
			rows = append(rows, []any{s.RunID, v.Test, gates, v.Severity, string(v.State), v.Failures, orNull(v.Message), v.Took.Milliseconds()})
		}
		return nil
	})
	return rows, err
}

func tableRows(ctx context.Context, a *App) ([][]any, error) {
	times, err := a.stores.lake.Published(ctx)
	if err != nil {
		return nil, err
	}
	return eachTable(ctx, a, func(t *lake.Table) [][]any {
		row := []any{t.Name().Namespace, t.Name().Name, kindName(t), nil, nil, publishedAt(t, times), t.Location()}
		if s := t.Current(); s != nil {
			row[3], row[4] = totalRows(s), s.ID
		}
		return [][]any{row}
	})
}

func snapshotRows(ctx context.Context, a *App) ([][]any, error) {
	return eachTable(ctx, a, func(t *lake.Table) (rows [][]any) {
		for _, s := range t.Snapshots() {
			var parent any
			if s.ParentID != 0 {
				parent = s.ParentID
			}
			rows = append(rows, []any{t.Name().Namespace, t.Name().Name, s.ID, parent, s.Time, s.Operation, orNull(s.Summary["tarn.run"]), count(s.Summary["added-records"]), totalRows(&s)})
		}
		return rows
	})
}

// eachTable loads every table of one moment.
func eachTable(ctx context.Context, a *App, f func(*lake.Table) [][]any) (rows [][]any, err error) {
	view, err := a.stores.lake.Pin(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range view.Entries() {
		t, err := view.Load(ctx, e.Name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, f(t)...)
	}
	return rows, nil
}

// kindName is table or view.
func kindName(t *lake.Table) string {
	if t.Kind() == lake.ViewEntry {
		return "view"
	}
	return "table"
}

// totalRows is how many rows a snapshot has, nil where its summary does not say.
func totalRows(s *lake.Snapshot) any {
	if n := s.Records(); n >= 0 {
		return n
	}
	return nil
}

// count reads a number of a snapshot's summary.
func count(s string) any {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return n
}
