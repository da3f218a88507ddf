package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Load is the account of a load.
type Load struct {
	ID          string           `json:"load_id"`
	Namespace   string           `json:"namespace"`
	Table       string           `json:"table_name"`
	Run         string           `json:"run_id,omitempty"`
	Started     *time.Time       `json:"started_at,omitempty"`
	Finished    *time.Time       `json:"finished_at,omitempty"`
	Files       int64            `json:"files"`
	Bytes       int64            `json:"bytes"`
	Read        int64            `json:"read" doc:"Which is written + quarantined + skipped."`
	Written     int64            `json:"written"`
	Quarantined int64            `json:"quarantined"`
	Skipped     int64            `json:"skipped"`
	SkippedBy   map[string]int64 `json:"skipped_by,omitempty"`
	Checksum    string           `json:"checksum,omitempty"`
}

// Run is a run.
type Run struct {
	ID           string     `json:"run_id"`
	Command      string     `json:"command"`
	Principal    string     `json:"principal"`
	State        string     `json:"state"`
	Message      string     `json:"message,omitempty"`
	Publish      string     `json:"publish,omitempty"`
	RetryOf      string     `json:"retry_of,omitempty"`
	Started      *time.Time `json:"started_at,omitempty"`
	Finished     *time.Time `json:"finished_at,omitempty"`
	Milliseconds *int64     `json:"milliseconds,omitempty"`
}

// Step is an attempt at a resource in a run.
type Step struct {
	Number       int64      `json:"number"`
	Attempt      int64      `json:"attempt"`
	Resource     string     `json:"resource"`
	Kind         string     `json:"kind"`
	State        string     `json:"state"`
	Outcome      string     `json:"outcome,omitempty"`
	Because      string     `json:"because,omitempty"`
	Message      string     `json:"message,omitempty"`
	Rows         *int64     `json:"rows,omitempty"`
	Bytes        *int64     `json:"bytes,omitempty"`
	Started      *time.Time `json:"started_at,omitempty"`
	Finished     *time.Time `json:"finished_at,omitempty"`
	Milliseconds *int64     `json:"milliseconds,omitempty"`
}

// Test is the verdict of a test in a run.
type Test struct {
	Run      string     `json:"run_id"`
	Test     string     `json:"test"`
	Gates    string     `json:"gates,omitempty" doc:"The resource that is published only if it passes."`
	Severity string     `json:"severity"`
	State    string     `json:"state" doc:"pass, warn, fail or error."`
	Failures *int64     `json:"failures,omitempty"`
	Message  string     `json:"message,omitempty"`
	StoredAs string     `json:"stored_as,omitempty" doc:"The table that holds the failing rows, where it was asked for."`
	Tested   *time.Time `json:"tested_at,omitempty"`
}

// What is read of the tables that tell of runs.
const (
	runColumns  = "run_id, command, principal, state, message, publish, retry_of, started_at, finished_at, milliseconds"
	stepColumns = "number, attempt, resource, kind, state, outcome, because, message, rows, bytes, started_at, finished_at, milliseconds"
)

func (s *Server) describeRuns(api huma.API) {
	get := func(id, path, summary, tag string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: Root + "v1/" + path, Summary: summary, Tags: []string{tag}}
	}
	add(s, api, get("listLoads", "loads", "Loads with their accounts, newest first", "loads"), s.listLoads)
	add(s, api, get("listRuns", "runs", "Runs, newest first", "runs"), s.listRuns)
	add(s, api, get("getRun", "runs/{run}", "A run", "runs"), s.getRun)
	add(s, api, get("listSteps", "runs/{run}/steps", "The steps of a run, in order of its plan", "runs"), s.listSteps)
	add(s, api, get("listTests", "runs/{run}/tests", "The verdicts of a run", "runs"), s.listTests)
	events := get("watchRun", "runs/{run}/events", "The progress of a run as server-sent events, until it ends", "runs")
	events.Responses = map[string]*huma.Response{"200": {Description: "Events step, with a step that has changed, and run, with the run as it ended.",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	add(s, api, events, s.watchRun)
}

type loadsRequest struct {
	Cursor    string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
	Namespace string `query:"namespace" doc:"Those into tables of this namespace alone."`
	Table     string `query:"table" doc:"Those into tables of this name alone."`
}

func (s *Server) listLoads(ctx context.Context, in *loadsRequest) (*listed[Load], error) {
	return list[Load](ctx, s, listing{
		columns: "load_id, namespace, table_name, run_id, started_at, finished_at, files, bytes, read, written, quarantined, skipped, skipped_by, checksum",
		from:    system("loads"), keys: []string{"CAST(started_at AS VARCHAR)", "load_id", "namespace", "table_name"}, down: true,
	}.equal("namespace", in.Namespace).equal("table_name", in.Table), listRequest{in.Cursor, in.Limit})
}

type runsRequest struct {
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
	State  string `query:"state" enum:"running,success,failed,held,cancelled,crashed" doc:"Those in this state alone."`
}

func (s *Server) listRuns(ctx context.Context, in *runsRequest) (*listed[Run], error) {
	return list[Run](ctx, s, listing{columns: runColumns, from: system("runs"), keys: []string{"CAST(started_at AS VARCHAR)", "run_id"}, down: true}.
		equal("state", in.State), listRequest{in.Cursor, in.Limit})
}

// runNamed names a run.
type runNamed struct {
	Run string `path:"run" maxLength:"128"`
}

type runTold struct{ Body Run }

func (s *Server) run(ctx context.Context, id string) (Run, error) {
	return one[Run](ctx, s, "SELECT "+runColumns+" FROM "+system("runs")+" WHERE run_id = "+ident.Literal(id),
		problemf(http.StatusNotFound, "unknown-run", "there is no run %s", id))
}

func (s *Server) getRun(ctx context.Context, in *runNamed) (*runTold, error) {
	r, err := s.run(ctx, in.Run)
	return &runTold{r}, err
}

type ofRunRequest struct {
	Run    string `path:"run" maxLength:"128"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
}

func (s *Server) listSteps(ctx context.Context, in *ofRunRequest) (*listed[Step], error) {
	if _, err := s.run(ctx, in.Run); err != nil {
		return nil, err
	}
	return list[Step](ctx, s, listing{columns: stepColumns, from: system("steps"), keys: []string{"lpad(CAST(number AS VARCHAR), 12, '0')", "lpad(CAST(attempt AS VARCHAR), 12, '0')"}}.
		equal("run_id", in.Run), listRequest{in.Cursor, in.Limit})
}

func (s *Server) listTests(ctx context.Context, in *ofRunRequest) (*listed[Test], error) {
	if _, err := s.run(ctx, in.Run); err != nil {
		return nil, err
	}
	return list[Test](ctx, s, listing{columns: "run_id, test, gates, severity, state, failures, message, stored_as, tested_at", from: system("tests"),
		keys: []string{"test", "coalesce(gates, '')"}}.equal("run_id", in.Run), listRequest{in.Cursor, in.Limit})
}

// watchEvery is how often a run that goes on is looked at.
const watchEvery = time.Second

// watchRun tells what changes until the run ends. Whether who asks may know is
// decided each time.
func (s *Server) watchRun(ctx context.Context, in *runNamed) (*huma.StreamResponse, error) {
	if _, err := s.run(ctx, in.Run); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		h.SetHeader("Content-Type", "text/event-stream")
		h.SetHeader("Cache-Control", "no-store")
		h.SetStatus(http.StatusOK)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		w := &watch{server: s, call: callOf(h.Context()), run: in.Run, told: map[string]string{}}
		for {
			more, err := w.tell(h.Context())
			if err != nil {
				s.Logger.Info("a run is no longer watched", "run", in.Run, "error", err.Error())
				return
			}
			if !more {
				return
			}
			select {
			case <-h.Context().Done():
				return
			case <-s.Stopping:
				return
			case <-tick.C:
			}
		}
	}}, nil
}

// watch is a client that looks at a run.
type watch struct {
	server *Server
	call   *call
	run    string
	// told has for each step what the client knows of it.
	told map[string]string
}

// tell sends what has changed; more says that the run goes on.
func (w *watch) tell(ctx context.Context) (more bool, err error) {
	if w.call.who, err = w.server.Guard.Again(ctx, w.call.who); err != nil {
		return false, err
	}
	r, err := w.server.run(ctx, w.run)
	if err != nil {
		return false, err
	}
	steps, err := all[Step](ctx, w.server, "SELECT "+stepColumns+" FROM "+system("steps")+" WHERE run_id = "+ident.Literal(w.run)+" ORDER BY number, attempt")
	if err != nil {
		return false, err
	}
	for _, step := range steps {
		text, err := json.Marshal(step)
		if err != nil {
			return false, err
		}
		key := fmt.Sprintf("%d/%d", step.Number, step.Attempt)
		if w.told[key] == string(text) {
			continue
		}
		w.told[key] = string(text)
		if err := w.send("step", text); err != nil {
			return false, err
		}
	}
	if r.State == "running" {
		// A line that means nothing finds out whether the client is there.
		return true, w.flush(": \n\n")
	}
	text, err := json.Marshal(r)
	if err != nil {
		return false, err
	}
	return false, w.send("run", text)
}

func (w *watch) send(event string, data []byte) error {
	return w.flush("event: " + event + "\ndata: " + string(data) + "\n\n")
}

func (w *watch) flush(text string) error {
	if _, err := w.call.w.Write([]byte(text)); err != nil {
		return err
	}
	return w.call.w.control.Flush()
}
