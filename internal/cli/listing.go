package cli

import (
	"encoding/json"
	"time"

	"github.com/tarn-lake/tarn/internal/run"
)

// listedRun is a run in JSON; its fields are the columns of system.runs.
type listedRun struct {
	RunID      string          `json:"run_id"`
	Command    string          `json:"command"`
	Principal  string          `json:"principal"`
	State      run.State       `json:"state"`
	Message    string          `json:"message,omitempty"`
	Publish    string          `json:"publish,omitempty"`
	RetryOf    string          `json:"retry_of,omitempty"`
	Select     []string        `json:"select,omitempty"`
	Exclude    []string        `json:"exclude,omitempty"`
	Vars       json.RawMessage `json:"vars,omitempty"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt time.Time       `json:"finished_at,omitzero"`
}

func listRuns(runs []run.Run) []listedRun {
	list := make([]listedRun, len(runs))
	for i, r := range runs {
		list[i] = listedRun{
			RunID: r.ID, Command: r.Command, Principal: r.Principal, State: r.State, Message: r.Message,
			Publish: r.Publish, RetryOf: r.RetryOf, Select: r.Select, Exclude: r.Exclude,
			StartedAt: r.Started, FinishedAt: r.Finished,
		}
		if string(r.Vars) != "null" {
			list[i].Vars = r.Vars
		}
	}
	return list
}

// listedStep is a step in JSON; its fields are the columns of system.steps.
type listedStep struct {
	RunID      string          `json:"run_id"`
	Resource   string          `json:"resource"`
	Kind       string          `json:"kind"`
	Attempt    int             `json:"attempt"`
	State      run.State       `json:"state"`
	Outcome    run.Outcome     `json:"outcome,omitempty"`
	Because    string          `json:"because,omitempty"`
	Message    string          `json:"message,omitempty"`
	Rows       int64           `json:"rows"`
	Bytes      int64           `json:"bytes"`
	StartedAt  time.Time       `json:"started_at,omitzero"`
	FinishedAt time.Time       `json:"finished_at,omitzero"`
	Details    json.RawMessage `json:"details,omitempty"`
}

func listSteps(steps []run.Step) []listedStep {
	list := make([]listedStep, len(steps))
	for i, s := range steps {
		list[i] = listedStep{
			RunID: s.RunID, Resource: s.Resource, Kind: s.Kind, Attempt: s.Attempt, State: s.State, Outcome: s.Outcome,
			Because: s.Because, Message: s.Message, Rows: s.Rows, Bytes: s.Bytes,
			StartedAt: s.Started, FinishedAt: s.Finished, Details: s.Details,
		}
	}
	return list
}

// listedSnapshot is a state of a table in JSON; its fields are the columns of
// system.snapshots.
type listedSnapshot struct {
	SnapshotID  int64             `json:"snapshot_id"`
	ParentID    int64             `json:"parent_id,omitempty"`
	CommittedAt time.Time         `json:"committed_at"`
	Operation   string            `json:"operation"`
	RunID       string            `json:"run_id,omitempty"`
	Summary     map[string]string `json:"summary"`
}
