package app

import (
	"context"
	"iter"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/run"
)

var loadsTable = systemTable{name: "loads", columns: columnsOf("load_id", "namespace", "table_name", "run_id", generated.Time, "started_at", "finished_at",
	generated.Long, "files", "bytes", "read", "written", "quarantined", "skipped", generated.Counts, "skipped_by", generated.Text, "checksum"),
	rows: func(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
		return listed(lately(ctx, q, func() ([]ingest.Record, error) { return ingest.Records(ctx, q.app.stores.catalog) }), func(r ingest.Record) []any {
			if !q.ofTable(r.Table) {
				return nil
			}
			return []any{r.ID, r.Table.Namespace, r.Table.Name, r.Run, r.Started, r.Finished,
				r.Files, r.Bytes, r.Read, r.Written, r.Quarantined, r.Skipped, r.SkippedBy, orNull(r.Checksum)}
		})
	}}

var resolutionsTable = systemTable{name: "resolutions", columns: columnsOf("resolution_id", "namespace", "table_name", "action", "load_id", "run_id", "principal", "reason",
	generated.Long, "records", generated.Time, "resolved_at"),
	rows: func(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
		return listed(lately(ctx, q, func() ([]ingest.Resolution, error) { return ingest.Resolutions(ctx, q.app.stores.catalog) }), func(r ingest.Resolution) []any {
			if !q.ofTable(r.Table) {
				return nil
			}
			return []any{r.ID, r.Table.Namespace, r.Table.Name, r.Action, orNull(r.LoadID), r.Run, r.Principal, orNull(r.Reason), r.Records, r.At}
		})
	}}

var runsTable = systemTable{name: "runs", whole: true, columns: columnsOf("run_id", "command", generated.Texts, "args", "selected", "excluded", generated.Text, "principal", "project",
	"state", "message", "publish", "retry_of", "host", generated.Long, "pid", generated.Time, "started_at", "finished_at", generated.Long, "milliseconds"),
	rows: func(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
		return listed(func() ([]run.Run, error) { return q.app.stores.journal.List(ctx, run.Filter{}) }, func(r run.Run) []any {
			return []any{r.ID, r.Command, r.Args, r.Select, r.Exclude, r.Principal, r.Project,
				string(r.State), orNull(r.Message), orNull(r.Publish), orNull(r.RetryOf), orNull(r.Host), r.PID, r.Started, r.Finished, took(r.Finished.IsZero(), r.Duration().Milliseconds())}
		})
	}}

var stepsTable = systemTable{name: "steps", whole: true, columns: columnsOf("run_id", "resource", "kind", generated.Long, "number", "attempt", generated.Text, "state", "outcome", "because", "message",
	generated.Long, "rows", "bytes", generated.Time, "started_at", "finished_at", generated.Long, "milliseconds"),
	rows: func(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
		return listed(func() ([]run.Step, error) { return q.steps(ctx) }, func(s run.Step) []any {
			return []any{s.RunID, s.Resource, s.Kind, s.Number, s.Attempt, string(s.State), orNull(string(s.Outcome)), orNull(s.Because), orNull(s.Message),
				s.Rows, s.Bytes, s.Started, s.Finished, took(s.Finished.IsZero(), s.Duration().Milliseconds())}
		})
	}}

// took is how long something took that has ended.
func took(running bool, milliseconds int64) any {
	if running {
		return nil
	}
	return milliseconds
}

// steps are those of the runs that the statement asks for.
func (q systemQuery) steps(ctx context.Context) ([]run.Step, error) {
	runs, err := q.app.stores.journal.List(ctx, run.Filter{})
	if err != nil {
		return nil, err
	}
	var chosen []string
	for _, r := range runs {
		if q.wanted.Row("run_id", r.ID) {
			chosen = append(chosen, r.ID)
		}
	}
	if len(chosen) == len(runs) {
		return q.app.stores.journal.AllSteps(ctx)
	}
	var out []run.Step
	for _, id := range chosen {
		steps, err := q.app.stores.journal.Steps(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, steps...)
	}
	return out, nil
}

var testsTable = systemTable{name: "tests", whole: true, columns: columnsOf("run_id", "test", "gates", "severity", "state", generated.Long, "failures", generated.Bool, "promoted", generated.Text, "message", "stored_as",
	generated.Time, "tested_at", generated.Long, "milliseconds"),
	rows: testRows}

func testRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		steps, err := q.steps(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, s := range steps {
			d, err := build.ParseDetails(s)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, v := range d.Tests {
				var gates any
				if s.Resource != v.Test {
					gates = s.Resource
				}
				row := []any{s.RunID, v.Test, gates, v.Severity, string(v.State), v.Failures, v.Promoted, orNull(v.Message), orNull(v.Stored), s.Finished, v.Took.Milliseconds()}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}
