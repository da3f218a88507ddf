package httpapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/identity"
)

// State is how far a job is.
type State string

// The states of jobs.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Why a job was stopped.
var (
	errCancelled = problemf(http.StatusConflict, "cancelled", "the query was cancelled")
	errGone      = problemf(http.StatusServiceUnavailable, "client-gone", "the client is gone")
	errStopping  = problemf(http.StatusServiceUnavailable, "stopping", "the server is stopping")
	errTooLong   = problemf(http.StatusServiceUnavailable, "took-too-long", "the query took longer than queries may")
)

// job is a query that goes on when its request has been answered.
type job struct {
	id        string
	owner     identity.Principal
	statement *admitted
	submitted time.Time
	stop      context.CancelCauseFunc
	// ended is closed when the job is.
	ended chan struct{}

	mu          sync.Mutex
	state       State
	begun       time.Time // zero while it waits
	finished    time.Time
	rows, bytes int64
	// held is what it counts for in what all jobs hold.
	held    int64
	columns []engine.Column
	spool   *spool
	past    past // of one that changes something
	err     error
	expiry  *time.Timer
}

// run runs the query and keeps what it finds.
func (j *job) run(ctx context.Context, s *Server) {
	err := because(ctx, j.fetch(ctx, s))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.finished, j.err = time.Now().UTC(), err
	switch {
	case err == nil:
		j.state = Done
	case errors.Is(err, errCancelled), errors.Is(err, errGone):
		j.state = Cancelled
	default:
		j.state = Failed
	}
	if err != nil && j.spool != nil {
		j.spool.close()
		j.spool = nil
	}
	close(j.ended)
}

// begin notes that the query has waited.
func (j *job) begin() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state, j.begun = Running, time.Now().UTC()
}

func (j *job) fetch(ctx context.Context, s *Server) error {
	if j.statement.changes {
		return j.change(ctx, s)
	}
	rows, columns, err := s.query(ctx, j.statement, j.begin)
	if err != nil {
		return err
	}
	defer rows.Release()
	kept, err := newSpool(s.Spill, rows.Schema())
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.columns, j.spool = columns, kept
	j.mu.Unlock()
	return kept.fill(rows, func(rows, bytes int64) error {
		j.mu.Lock()
		j.rows += rows
		j.bytes += bytes
		j.held += bytes
		found := j.bytes
		j.mu.Unlock()
		return s.jobs.took(found, bytes)
	})
}

// Query is a query as clients see it.
type Query struct {
	ID        string     `json:"id"`
	State     State      `json:"state" enum:"queued,running,done,failed,cancelled"`
	SQL       string     `json:"sql"`
	Submitted time.Time  `json:"submitted_at"`
	Finished  *time.Time `json:"finished_at,omitempty"`
	Seconds   float64    `json:"seconds" doc:"How long it has taken, since it was submitted."`
	Queued    float64    `json:"queued_seconds" doc:"How long of that it has waited until it could run."`
	Rows      int64      `json:"rows" doc:"How many rows it has found so far."`
	Bytes     int64      `json:"bytes" doc:"What they take."`
	Columns   []Column   `json:"columns,omitempty" doc:"Those of the result, once they are known."`
	Changed   []Change   `json:"changed,omitempty" doc:"What each statement of a text has done that changes something, once all of it is published."`
	Error     *Problem   `json:"error,omitempty" doc:"Why it failed."`
}

// Column is a column of a result.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type" doc:"By the engine's name for it, such as DECIMAL(18,3)."`
}

// told is what the client gets to know.
func (j *job) told() Query {
	j.mu.Lock()
	defer j.mu.Unlock()
	q := Query{ID: j.id, State: j.state, SQL: j.statement.SQL, Submitted: j.submitted, Rows: j.rows, Bytes: j.bytes, Columns: columnsOf(j.columns), Changed: j.past.Changed}
	until := time.Now()
	if !j.finished.IsZero() {
		until, q.Finished = j.finished, &j.finished
	}
	q.Seconds = until.Sub(j.submitted).Seconds()
	if q.Queued = q.Seconds; !j.begun.IsZero() {
		q.Queued = j.begun.Sub(j.submitted).Seconds()
	}
	if j.err != nil {
		q.Error = problemOf(j.err)
	}
	return q
}

func columnsOf(found []engine.Column) []Column {
	list := make([]Column, len(found))
	for i, c := range found {
		list[i] = Column(c)
	}
	return list
}

// found returns a reader of the rows, from one on.
func (j *job) found(from int64) (*spoolReader, error) {
	j.mu.Lock()
	kept, err := j.spool, j.err
	j.mu.Unlock()
	switch {
	case j.isUnderWay():
		return nil, problemf(http.StatusConflict, "still-running", "the query has not ended yet").
			hinted("ask for " + queriesPath + "/" + j.id + " until its state is done")
	case err != nil:
		return nil, err
	case j.statement.changes:
		return nil, noRows(j.id)
	}
	reader, err := kept.use(from)
	if err == nil && reader == nil {
		err = unknownQuery(j.id)
	}
	return reader, err
}
