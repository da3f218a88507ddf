package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// QuarantineInfo is a line of `tarn quarantine ls`.
type QuarantineInfo struct {
	Table   string           `json:"table"`
	Records int64            `json:"records"`
	Files   int64            `json:"files"`
	Rules   map[string]int64 `json:"rules"`
	// LoadID and LoadedAt are the newest load that met one of them.
	LoadID   string    `json:"load_id,omitempty"`
	LoadedAt time.Time `json:"loaded_at,omitzero"`
}

// QuarantineFilter chooses quarantined records.
type QuarantineFilter struct {
	Table, Rule, File string
	Line              int64
	// Limit is the most that is wanted; below 0 is all.
	Limit int
}

// where is the filter as a condition.
func (f QuarantineFilter) where() string {
	parts := []string{"true"}
	if f.Rule != "" {
		parts = append(parts, "list_contains(list_transform(violations, lambda v: v.rule), "+ident.Literal(f.Rule)+")")
	}
	if f.File != "" {
		parts = append(parts, "_tarn_file = "+ident.Literal(f.File))
	}
	if f.Line != 0 {
		parts = append(parts, "_tarn_line = "+strconv.FormatInt(f.Line, 10))
	}
	return strings.Join(parts, " AND ")
}

// limit is the filter's, as SQL.
func (f QuarantineFilter) limit() string {
	if f.Limit < 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(f.Limit)
}

// Quarantines lists the quarantines that hold records.
func (a *App) Quarantines(ctx context.Context) ([]QuarantineInfo, error) {
	view, err := a.pinned(ctx)
	if err != nil {
		return nil, err
	}
	list := []QuarantineInfo{}
	for _, e := range view.Entries() {
		base, ok := strings.CutSuffix(e.Name.Name, project.QuarantineSuffix)
		if !ok || e.Kind != lake.TableEntry {
			continue
		}
		info, err := a.quarantineInfo(ctx, e.Name)
		if err != nil {
			return nil, err
		}
		info.Table = ident.Table{Namespace: e.Name.Namespace, Name: base}.String()
		if info.Records > 0 {
			list = append(list, info)
		}
	}
	return list, nil
}

func (a *App) quarantineInfo(ctx context.Context, t ident.Table) (QuarantineInfo, error) {
	info := QuarantineInfo{Rules: map[string]int64{}}
	rows, err := a.rows(ctx, "SELECT count(*), count(DISTINCT _tarn_file), max_by(_tarn_load_id, _tarn_loaded_at), epoch_us(max(_tarn_loaded_at)) FROM "+quoted(t))
	if err != nil {
		return info, err
	}
	for _, row := range rows {
		info.Records, _ = strconv.ParseInt(row[0], 10, 64)
		info.Files, _ = strconv.ParseInt(row[1], 10, 64)
		info.LoadID = row[2]
		if us, err := strconv.ParseInt(row[3], 10, 64); err == nil {
			info.LoadedAt = time.UnixMicro(us).UTC()
		}
	}
	rules, err := a.rows(ctx, "SELECT rule, count(*) FROM (SELECT unnest(list_distinct(list_transform(violations, lambda v: v.rule))) AS rule FROM "+quoted(t)+") GROUP BY 1")
	for _, row := range rules {
		info.Rules[row[0]], _ = strconv.ParseInt(row[1], 10, 64)
	}
	return info, err
}

func quoted(t ident.Table) string { return ident.Quote(t.Namespace) + "." + ident.Quote(t.Name) }

// quarantine finds the quarantine of a table that a person named.
func (a *App) quarantine(ctx context.Context, name string) (ident.Table, error) {
	t, err := ident.ParseTable(strings.TrimSuffix(name, project.QuarantineSuffix))
	if err != nil {
		return t, diag.New("bad-name", diag.Place{}, "%v", err)
	}
	view, err := a.pinned(ctx)
	if err != nil {
		return t, err
	}
	wanted := t.Sibling(project.QuarantineSuffix)
	var names []string
	for _, e := range view.Entries() {
		if e.Name.Key() == wanted.Key() {
			return e.Name, nil
		}
		if base, ok := strings.CutSuffix(e.Name.Name, project.QuarantineSuffix); ok {
			names = append(names, ident.Table{Namespace: e.Name.Namespace, Name: base}.String())
		}
	}
	p := diag.New("no-quarantine", diag.Place{}, "there is no quarantine of %s", t).WithHint("tarn quarantine ls lists them")
	if near := ident.Near(t.String(), names); len(near) > 0 {
		p.WithHint("did you mean %s?", near[0])
	}
	return t, p
}

// Quarantined returns quarantined records for people to look at: file, line,
// reasons and text. The reader must be released.
func (a *App) Quarantined(ctx context.Context, f QuarantineFilter) (array.RecordReader, error) {
	t, err := a.quarantine(ctx, f.Table)
	if err != nil {
		return nil, err
	}
	return a.ask(ctx, QueryRequest{SQL: "SELECT _tarn_file AS file, _tarn_line AS line, " +
		"array_to_string(list_transform(violations, lambda v: coalesce(v.column || ': ', '') || v.rule || ': ' || v.reason), '; ') AS reasons, raw FROM " +
		quoted(t) + " WHERE " + f.where() + " ORDER BY 1, 2" + f.limit()})
}

// ExportQuarantine writes quarantined records as NDJSON for people to mend and
// give back ([BuildRequest].Replay).
func (a *App) ExportQuarantine(ctx context.Context, f QuarantineFilter, w io.Writer) (int64, error) {
	t, err := a.quarantine(ctx, f.Table)
	if err != nil {
		return 0, err
	}
	rows, err := a.ask(ctx, QueryRequest{SQL: "SELECT _tarn_file, _tarn_line, raw, to_json(violations) AS violations FROM " +
		quoted(t) + " WHERE " + f.where() + " ORDER BY 1, 2, 3" + f.limit()})
	if err != nil {
		return 0, err
	}
	defer rows.Release()
	table := strings.TrimSuffix(t.String(), project.QuarantineSuffix)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	var n int64
	for rows.Next() {
		b := rows.RecordBatch()
		raw, ok1 := b.Column(2).(*array.Binary)
		line, ok2 := b.Column(1).(*array.Int64)
		if !ok1 || !ok2 {
			return n, fmt.Errorf("the rows of %s come as %v", t, b.Schema())
		}
		for i := range int(b.NumRows()) {
			e := ingest.Edit{Table: table, File: strings.Clone(b.Column(0).ValueStr(i)), Line: line.Value(i)}
			e.SetRaw(raw.Value(i))
			if err := json.Unmarshal([]byte(b.Column(3).ValueStr(i)), &e.Violations); err != nil {
				return n, fmt.Errorf("the reasons of %s:%d: %w", e.File, e.Line, err)
			}
			if err := out.Encode(e); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, rows.Err()
}
