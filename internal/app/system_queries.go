package app

import (
	"context"
	"iter"
	"slices"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// queriesTable has a row for each statement on record, the newest first.
var queriesTable = systemTable{name: "queries",
	columns: columnsOf("query_id", "state", "principal", generated.Texts, "roles", generated.Text, "protocol", "client_address", "application_name", "session_id", generated.Bool, "about_session", generated.Text,
		"query", generated.Long, "query_bytes", generated.Texts, "parameters", "tables", "changed_tables", "policies", generated.Long, "rows", "bytes",
		"queued_ms", "planning_ms", "elapsed_ms", generated.Text, "error_code", "sqlstate", "error_message",
		generated.Time, "submitted_at", "started_at", "finished_at", generated.Text, "process_id", "host", generated.Long, "pid"),
	rows: queryRows}

func queryRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		f := audit.Filter{}
		who := q.wanted.Who()
		own := !seesQueries(who)
		if own {
			f.Principals = []string{who.Principal.String()}
		}
		if n, known := q.wanted.First(); known {
			f.Limit = max(n, 1)
		}
		for _, s := range audit.States {
			if q.wanted.Row("state", string(s)) {
				f.States = append(f.States, s)
			}
		}
		if len(f.States) == 0 {
			return
		}
		stopped := false
		err := audit.Each(ctx, q.app.stores.state, f, func(r audit.Record) bool {
			if r.Tables = q.named(r.Tables); own {
				r.Policies = nil // what forbids something tells of what is hidden
			}
			stopped = !yield(queryRow(r), nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// named are those of a list of tables that who asks may read: their own
// statements have read others, behind views of the project.
func (q systemQuery) named(tables []string) []string {
	return slices.DeleteFunc(slices.Clone(tables), func(name string) bool {
		t, err := ident.ParseTable(name)
		return err != nil || !q.wanted.Table(t)
	})
}

// seesQueries reports whether somebody sees the statements of others: owners do.
func seesQueries(who policy.Who) bool {
	return who.Principal.Kind == identity.Local || slices.Contains(who.Roles, policy.Owner)
}

func queryRow(r audit.Record) []any {
	running := r.Finished.IsZero()
	return []any{r.ID, string(r.State), r.Principal, r.Roles, r.Protocol, orNull(r.Client), orNull(r.Application), orNull(r.Session), r.AboutSession,
		r.SQL, r.Length, r.Parameters, r.Tables, r.Changed, r.Policies, took(running, r.Rows), took(running, r.Bytes),
		took(r.Started.IsZero() && running, r.Waited().Milliseconds()), took(running || r.Planning == 0, r.Planning.Milliseconds()), took(running, r.Elapsed().Milliseconds()),
		orNull(r.Code), orNull(r.SQLState), orNull(r.Message), r.Submitted, r.Started, r.Finished, r.Process, r.Host, r.PID}
}
