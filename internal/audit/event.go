package audit

import (
	"encoding/json"
	"time"
)

// Event is what happened to a statement, for others. Its fields are the columns
// of system.queries; what is not known yet is left out.
type Event struct {
	// Position orders events; one that is told twice has the same.
	Position int64     `json:"position"`
	Event    string    `json:"event"` // submitted, finished or crashed
	At       time.Time `json:"at"`

	ID            string    `json:"query_id"`
	State         State     `json:"state"`
	Principal     string    `json:"principal"`
	Roles         []string  `json:"roles,omitempty"`
	Protocol      string    `json:"protocol"`
	Client        string    `json:"client_address,omitempty"`
	Application   string    `json:"application_name,omitempty"`
	Session       string    `json:"session_id,omitempty"`
	AboutSession  bool      `json:"about_session,omitempty"`
	Query         string    `json:"query"`
	QueryBytes    int       `json:"query_bytes"`
	Parameters    []string  `json:"parameters,omitempty"`
	Tables        []string  `json:"tables,omitempty"`
	Changed       []string  `json:"changed_tables,omitempty"`
	Policies      []string  `json:"policies,omitempty"`
	Rows          *int64    `json:"rows,omitempty"`
	Bytes         *int64    `json:"bytes,omitempty"`
	QueuedMillis  *int64    `json:"queued_ms,omitempty"`
	PlannedMillis *int64    `json:"planning_ms,omitempty"`
	ElapsedMillis *int64    `json:"elapsed_ms,omitempty"`
	ErrorCode     string    `json:"error_code,omitempty"`
	SQLState      string    `json:"sqlstate,omitempty"`
	ErrorMessage  string    `json:"error_message,omitempty"`
	SubmittedAt   time.Time `json:"submitted_at"`
	StartedAt     time.Time `json:"started_at,omitzero"`
	FinishedAt    time.Time `json:"finished_at,omitzero"`
	Process       string    `json:"process_id"`
	Host          string    `json:"host"`
	PID           int       `json:"pid"`
	// Shortened says that lists were too long to be told whole.
	Shortened bool `json:"shortened,omitempty"`
}

// maxEvent bounds an event in JSON: Kafka's messages have a million bytes.
const maxEvent = 900_000

// eventOf is what is told of a record when something happens to it.
func eventOf(position int64, k kind, at time.Time, r Record) Event {
	e := Event{Position: position, Event: string(k), At: at, ID: r.ID, State: Running, Principal: r.Principal, Roles: r.Roles, Protocol: r.Protocol,
		Client: r.Client, Application: r.Application, Session: r.Session, AboutSession: r.AboutSession, Query: r.SQL, QueryBytes: r.Length, Parameters: r.Parameters,
		SubmittedAt: r.Submitted, Process: r.Process, Host: r.Host, PID: r.PID}
	if k == submitted {
		if r.Started != r.Submitted {
			e.State = Queued
		}
		return e
	}
	queued, planned, elapsed := r.Waited().Milliseconds(), r.Planning.Milliseconds(), r.Elapsed().Milliseconds()
	e.State, e.Tables, e.Changed, e.Policies, e.Rows, e.Bytes, e.QueuedMillis = r.State, r.Tables, r.Changed, r.Policies, &r.Rows, &r.Bytes, &queued
	e.ErrorCode, e.SQLState, e.ErrorMessage, e.StartedAt, e.FinishedAt = r.Code, r.SQLState, r.Message, r.Started, r.Finished
	if k == finished {
		e.PlannedMillis, e.ElapsedMillis = &planned, &elapsed
	}
	return e
}

// Waited is how long the statement waited before it ran.
func (r Record) Waited() time.Duration {
	switch {
	case !r.Started.IsZero():
		return r.Started.Sub(r.Submitted)
	case !r.Finished.IsZero():
		return r.Finished.Sub(r.Submitted)
	}
	return 0
}

// Elapsed is how long it took from when it was submitted; 0 where it has not
// ended.
func (r Record) Elapsed() time.Duration {
	if r.Finished.IsZero() {
		return 0
	}
	return r.Finished.Sub(r.Submitted)
}

// JSON is the event on one line.
func (e Event) JSON() []byte {
	text, _ := json.Marshal(e) // its fields always have one
	if len(text) > maxEvent {
		e.Tables, e.Changed, e.Policies, e.Roles = first(e.Tables), first(e.Changed), first(e.Policies), first(e.Roles)
		e.Shortened = true
		text, _ = json.Marshal(e)
	}
	return text
}

func first(list []string) []string { return list[:min(len(list), 100)] }
