package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
)

// queries is `tarn queries`.
func (c *command) queries() *cobra.Command {
	var crashed, failed, running, all bool
	var users []string
	var since string
	var limit int
	cmd := c.look("queries [QUERY]", "List the statements that people ran, or show one", cobra.MaximumNArgs(1), func(cmd *cobra.Command, a *app.App, args []string) (any, *grid, error) {
		if len(args) == 1 {
			return c.recorded(cmd, a, args[0])
		}
		f := audit.Filter{Principals: users, Limit: limit, Quiet: !all}
		for state, asked := range map[audit.State]bool{audit.Crashed: crashed, audit.Failed: failed, audit.Running: running, audit.Queued: running} {
			if asked {
				f.States = append(f.States, state)
			}
		}
		var err error
		if f.Since, err = moments(since, time.Now()); err != nil {
			return nil, nil, err
		}
		found, err := a.Queries(cmd.Context(), f)
		list, g := c.statements(found)
		return list, g, err
	})
	cmd.Example = "  tarn queries --crashed            # whose process died\n" +
		"  tarn queries --failed --since 2h --user anna --output json"
	f := cmd.Flags()
	f.BoolVar(&crashed, "crashed", false, "those whose process died before they ended")
	f.BoolVar(&failed, "failed", false, "those that ended with an error")
	f.BoolVar(&running, "running", false, "those that run, or wait to run")
	f.BoolVar(&all, "all", false, "also those about their session alone, such as BEGIN and SET")
	f.StringSliceVar(&users, "user", nil, "those of this principal: a name, or kind:name")
	f.StringVar(&since, "since", "", "those from then on: a length of time, such as 30m or 7d, or a time (UTC)")
	f.IntVar(&limit, "limit", 20, "how many statements; 0 is all")
	return cmd
}

// moments reads a time, or how long ago it was; "" is the zero time.
func moments(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := config.ParseDuration(text); err == nil {
		return now.Add(-d), nil
	}
	for _, form := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, diag.New("bad-flag", diag.Place{}, "--since %q is neither a length of time nor a time", text).
		WithHint("write 30m, 7d, 2026-01-31 or 2026-01-31 12:00:00 (UTC)")
}

// statements lists statements in JSON and as a grid.
func (c *command) statements(found []audit.Record) ([]listedQuery, *grid) {
	list := make([]listedQuery, len(found))
	g := newGrid(c.outStyle())
	for _, name := range []string{"query", "state", "by", "submitted"} {
		g.column(name, false)
	}
	g.column("took", true)
	g.column("rows", true)
	g.column("statement", false)
	g.column("error", false)
	for i, r := range found {
		list[i] = listQuery(r)
		rows := ""
		if !r.Finished.IsZero() {
			rows = number(r.Rows)
		}
		g.row(r.ID, string(r.State), r.Principal, moment(r.Submitted), took(r.Elapsed()), rows, short(strings.Join(strings.Fields(r.SQL), " ")), short(r.Message))
	}
	return list, g
}

// recorded shows one statement.
func (c *command) recorded(cmd *cobra.Command, a *app.App, id string) (any, *grid, error) {
	r, err := a.Recorded(cmd.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	if cmd.Flag("output").Value.String() == "json" {
		return listQuery(r), nil, nil
	}
	out := c.program.Out
	fmt.Fprintln(out, r.SQL)
	g := newGrid(c.outStyle())
	g.column("", false)
	g.column(r.ID, false)
	for _, line := range [][2]string{
		{"state", string(r.State)}, {"by", r.Principal}, {"from", joinedBy(", ", r.Protocol, r.Client, r.Application)},
		{"submitted", moment(r.Submitted)}, {"started", moment(r.Started)}, {"finished", moment(r.Finished)},
		{"waited", took(r.Waited())}, {"planned in", took(r.Planning)}, {"took", took(r.Elapsed())},
		{"parameters", strings.Join(r.Parameters, ", ")}, {"read", strings.Join(r.Tables, ", ")}, {"changed", strings.Join(r.Changed, ", ")},
		{"policies", strings.Join(r.Policies, ", ")}, {"rows", number(r.Rows)}, {"bytes", number(r.Bytes)},
		{"error", joinedBy(" ", r.Code, r.SQLState, r.Message)},
		{"process", fmt.Sprintf("%s (%d on %s)", r.Process, r.PID, r.Host)},
	} {
		if line[1] != "" {
			g.row(line[0], line[1])
		}
	}
	return nil, g, nil
}

// joinedBy joins the texts that are not empty.
func joinedBy(by string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), by)
}

// listedQuery is a statement in JSON; its fields are the columns of
// system.queries.
type listedQuery struct {
	QueryID       string      `json:"query_id"`
	State         audit.State `json:"state"`
	Principal     string      `json:"principal"`
	Roles         []string    `json:"roles,omitempty"`
	Protocol      string      `json:"protocol"`
	Client        string      `json:"client_address,omitempty"`
	Application   string      `json:"application_name,omitempty"`
	Session       string      `json:"session_id,omitempty"`
	AboutSession  bool        `json:"about_session,omitempty"`
	Query         string      `json:"query"`
	QueryBytes    int         `json:"query_bytes"`
	Parameters    []string    `json:"parameters,omitempty"`
	Tables        []string    `json:"tables,omitempty"`
	Changed       []string    `json:"changed_tables,omitempty"`
	Policies      []string    `json:"policies,omitempty"`
	Rows          int64       `json:"rows"`
	Bytes         int64       `json:"bytes"`
	QueuedMillis  int64       `json:"queued_ms"`
	PlannedMillis int64       `json:"planning_ms"`
	ElapsedMillis int64       `json:"elapsed_ms"`
	ErrorCode     string      `json:"error_code,omitempty"`
	SQLState      string      `json:"sqlstate,omitempty"`
	ErrorMessage  string      `json:"error_message,omitempty"`
	SubmittedAt   time.Time   `json:"submitted_at"`
	StartedAt     time.Time   `json:"started_at,omitzero"`
	FinishedAt    time.Time   `json:"finished_at,omitzero"`
	ProcessID     string      `json:"process_id"`
	Host          string      `json:"host"`
	PID           int         `json:"pid"`
}

func listQuery(r audit.Record) listedQuery {
	return listedQuery{
		QueryID: r.ID, State: r.State, Principal: r.Principal, Roles: r.Roles, Protocol: r.Protocol, Client: r.Client, Application: r.Application,
		Session: r.Session, AboutSession: r.AboutSession, Query: r.SQL, QueryBytes: r.Length, Parameters: r.Parameters, Tables: r.Tables, Changed: r.Changed, Policies: r.Policies,
		Rows: r.Rows, Bytes: r.Bytes, QueuedMillis: r.Waited().Milliseconds(), PlannedMillis: r.Planning.Milliseconds(), ElapsedMillis: r.Elapsed().Milliseconds(),
		ErrorCode: r.Code, SQLState: r.SQLState, ErrorMessage: r.Message, SubmittedAt: r.Submitted, StartedAt: r.Started, FinishedAt: r.Finished,
		ProcessID: r.Process, Host: r.Host, PID: r.PID,
	}
}
