package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/serve/reply"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Change is what a statement has done.
type Change struct {
	What string `json:"what" doc:"The statement's words, such as INSERT or CREATE TABLE."`
	Rows *int64 `json:"rows,omitempty" doc:"How many rows it changed; none where that says nothing."`
	Returned
}

// changes reports whether a text changes something, and such may be sent here.
func (s *Server) changes(sql string) bool {
	if s.Transactions == nil {
		return false
	}
	for _, part := range sqlast.Split(sql) {
		if slices.Contains(sqlast.Changes, sqlast.Head(sql[part.Start:part.End])) {
			return true
		}
	}
	return false
}

// mayChange refuses what cannot be asked of a text that changes something.
func (c *call) mayChange(in *queryRequest) error {
	switch {
	case !c.who.Has(identity.Write):
		return problemf(http.StatusForbidden, "missing-scope", "the token of %s is not for this: it lacks the scope %s", c.who.Principal, identity.Write)
	case in.Body.Format != "":
		return problemf(http.StatusUnprocessableEntity, "no-rows", "what changes something is not sent as %s", in.Body.Format).
			hinted("leave the format out: the answer tells what was done, and has the rows of RETURNING")
	}
	return nil
}

// request is what the call is told apart by where it may come again.
func (c *call) request(key string, asks any) (*reply.Request, error) {
	text, err := json.Marshal(asks)
	if err != nil {
		return nil, err
	}
	return reply.NewRequest(c.who.Principal.String(), key, c.r.Method, c.r.URL.Path, string(text))
}

// changed finds the job of a request that came before, or what it has done.
func (s *Server) changed(ctx context.Context, st asked) (*job, error) {
	if st.request == nil {
		return nil, nil
	}
	if j, err := s.jobs.again(st.request); j != nil || err != nil {
		return j, err
	}
	past, found, err := s.past(ctx, st.request)
	if err != nil || !found {
		return nil, err
	}
	now := time.Now().UTC()
	j := &job{id: uuid.NewString(), statement: &admitted{asked: st}, submitted: now, begun: now, finished: now, state: Done, past: past, ended: make(chan struct{})}
	close(j.ended)
	return j, nil
}

// again returns the job of a request that was sent before.
func (js *jobs) again(r *reply.Request) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.all {
		same, err := r.Same(j.statement.request)
		if err != nil {
			return nil, err
		}
		if same && j.failure() == nil {
			return j, nil
		}
	}
	return nil, nil
}

// failure is why a job has failed; nil is that it has not, so far.
func (j *job) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// change runs statements that change something: as one transaction, when there is
// room for it, and for as long as it may run. What it commits it does for who asked
// as they are then.
func (j *job) change(ctx context.Context, s *Server) error {
	a := j.statement
	ctx, st, err := s.begin(ctx, a, j.begin)
	if err != nil {
		return err
	}
	defer st.stop()
	rows := &taking{most: s.Limits.Returned, rows: map[int]Returned{}}
	past := func(text workspace.Text) past {
		return past{Changed: rows.changes(text.Done), Read: a.Decisions.Read()}
	}
	text, err := s.Transactions.Together(ctx, st.Statement, workspace.Joint{Asks: a.now(s), Spell: rows.spell, Take: rows.take, Also: s.noting(ctx, a.request, past)})
	a.entry.Decided(a.Decisions.Policies())
	if err == nil {
		a.entry.Changes(text.Changed)
		for n, d := range text.Done {
			a.entry.Sent(d.Rows, rows.rows[n].bytes())
		}
	}
	err = because(ctx, err)
	a.end(ctx, err)
	if err != nil {
		return j.doneBefore(ctx, s, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.past = past(text)
	return nil
}

// past is what the statements of a request have done, as it is noted with the
// change itself, and which tables they have read for what they return.
type past struct {
	Changed []Change      `json:"changed"`
	Read    []ident.Table `json:"read,omitempty"`
}

// past finds what a request has done that was sent before.
func (s *Server) past(ctx context.Context, r *reply.Request) (out past, found bool, err error) {
	body, found, err := s.Notes.Find(ctx, r)
	if err != nil || !found {
		return past{}, false, err
	}
	if strings.HasPrefix(body, "[") { // noted before rows were
		return out, true, json.Unmarshal([]byte(body), &out.Changed)
	}
	return out, true, json.Unmarshal([]byte(body), &out)
}

// noting adds to a commit what the request has done; nil is one that does not
// come again.
func (s *Server) noting(ctx context.Context, r *reply.Request, past func(workspace.Text) past) func(metadb.Tx, workspace.Text) error {
	if r == nil {
		return nil
	}
	return func(tx metadb.Tx, text workspace.Text) error {
		body, err := json.Marshal(past(text))
		if err != nil {
			return err
		}
		return s.Notes.Keep(context.WithoutCancel(ctx), tx, r, string(body))
	}
}

// doneBefore answers for a request that another process has done meanwhile.
func (j *job) doneBefore(ctx context.Context, s *Server, failed error) error {
	past, found, err := s.past(context.WithoutCancel(ctx), j.statement.request)
	if err != nil || !found {
		return errors.Join(failed, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.past = past
	return nil
}

// noRows is the problem of who asks for the rows of a change.
func noRows(id string) *Problem {
	return problemf(http.StatusUnprocessableEntity, "no-rows", "the query %s changes something and has no rows but those of RETURNING", id).
		hinted("GET " + queriesPath + "/" + id + " tells what it has done, with what RETURNING returned")
}
