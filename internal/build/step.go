package build

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// maxRebuilds bounds how often a state is made anew because somebody else
// changed the table in between.
const maxRebuilds = 3

// made is the new state of one resource, not yet visible.
type made struct {
	resource *project.Resource
	lake.Publication
	save    func(context.Context, metadb.Tx) error
	rows    int64
	bytes   int64
	details Details
}

// take does one step of the run, and notes that it made what tests can read:
// other tests may hold that back.
func (x *execution) take(ctx context.Context, attempt *run.Attempt) run.Result {
	result := x.step(ctx, attempt)
	if result.State == run.Success || result.State == run.Held {
		x.mu.Lock()
		x.there[attempt.Step().Resource] = true
		x.mu.Unlock()
	}
	return result
}

// step does one step of the run.
func (x *execution) step(ctx context.Context, attempt *run.Attempt) run.Result {
	id := attempt.Step().Resource
	if id == PublishStep {
		return x.publishRun(ctx)
	}
	r := x.resource(id)
	switch r.Kind {
	case project.KindTest, project.KindUnitTest:
		return x.freeTest(ctx, r)
	case project.KindOperation:
		return x.operation(ctx, r, attempt)
	}
	var conflict error
	for range maxRebuilds {
		result, err := x.build(ctx, r, attempt)
		if errors.Is(err, lake.ErrConflict) {
			conflict = err
			x.Logger.Info("somebody else changed the table; it is built again", "resource", r.ID, "reason", err.Error())
			continue
		}
		if err != nil {
			return failure(err)
		}
		return result
	}
	return failure(diag.New("conflict", diag.Place{}, "other writers changed %s each of the %d times that it was built: %v", r.Relation, maxRebuilds, conflict).
		WithHint("stop them, or try again; where they only add rows, the table property write.merge.isolation-level: snapshot lets the change move along"))
}

// build makes, tests and publishes the new state of r, or holds it.
func (x *execution) build(ctx context.Context, r *project.Resource, attempt *run.Attempt) (run.Result, error) {
	units, passed, err := x.unitTests(ctx, r)
	if err != nil {
		return run.Result{}, err
	}
	if !passed {
		return unitsFailed(r, units), nil
	}
	m, err := x.make(ctx, r, attempt)
	if err != nil {
		return run.Result{}, err
	}
	m.details.Tests = units
	if err := x.show(ctx, m); err != nil {
		return run.Result{}, err
	}
	holding, err := x.judge(ctx, m)
	if err != nil {
		return run.Result{}, err
	}
	if len(holding) > 0 {
		return x.hold(ctx, m, holding)
	}
	result, err := x.publish(ctx, m, attempt)
	return m.partly(result), err
}

// make stages the new state of r, and what its hooks change.
func (x *execution) make(ctx context.Context, r *project.Resource, attempt *run.Attempt) (*made, error) {
	m := &made{resource: r, details: Details{Materialized: r.Config.Materialized}}
	w := x.work(r)
	pre, post := r.Config.PreHooks, r.Config.PostHooks
	if x.Transformer.Custom(r) { // runs them itself
		pre, post = nil, nil
	}
	err := x.hooks(ctx, w, r, pre)
	if err == nil {
		err = x.stage(ctx, m, w, attempt)
	}
	if err == nil && len(post) > 0 {
		if err = x.show(ctx, m); err == nil {
			err = x.hooks(ctx, w, r, post)
		}
	}
	if err == nil {
		err = x.Transformer.Constraints(ctx, r, w.Scope())
	}
	if err != nil {
		x.forget(m)
		return nil, errors.Join(err, w.Discard(context.WithoutCancel(ctx)))
	}
	changes := w.Changes()
	changes.Candidates = append(m.Candidates, changes.Candidates...)
	m.Publication = changes
	return m, w.Close(ctx)
}

// work is the workspace of a step.
func (x *execution) work(r *project.Resource) *workspace.Workspace {
	return workspace.New(workspace.Options{
		Lake: x.Lake, Writer: x.Transformer.Writer, Gate: x.Transformer.Gate, Scope: x.scope, Run: x.run, Step: r.ID, Summary: x.summary(r), OfProject: true,
	})
}

func (x *execution) summary(r *project.Resource) map[string]string {
	return map[string]string{"tarn.run": x.run, "tarn.resource": r.ID}
}

// stage makes the state of the resource itself.
func (x *execution) stage(ctx context.Context, m *made, w *workspace.Workspace, attempt *run.Attempt) error {
	r := m.resource
	if r.Kind == project.KindModel || r.Kind == project.KindSnapshot {
		return x.model(ctx, m, w, attempt)
	}
	request := ingest.Request{Source: r, Run: x.run, FullRefresh: x.options.FullRefresh, Principal: x.Who.Principal.String(),
		Replay: x.options.Replays[r.ID], Discard: x.options.Discards[r.ID]}
	request.Progress = func(p ingest.Progress) {
		attempt.Progress(p.Rows, p.Bytes, p.TotalBytes)
	}
	load := x.Ingester.Load
	if r.Kind == project.KindSeed {
		load = x.Ingester.Seed
	}
	l, err := load(ctx, request)
	if err != nil {
		return err
	}
	m.Candidates, m.rows, m.bytes, m.details.Notes = l.Candidates, l.Record.Written, l.Record.Bytes, l.Notes
	if !l.Nothing() {
		m.details.Load = &l.Record
	}
	m.details.Resolution = l.Resolution
	if l.Changes() {
		m.save = l.Save
	}
	return nil
}

func (x *execution) model(ctx context.Context, m *made, w *workspace.Workspace, attempt *run.Attempt) error {
	r := m.resource
	request := transform.Request{
		Model: r, Scope: w.Scope(), Work: w,
		FullRefresh: x.options.FullRefresh, Events: x.options.Events, Sample: x.options.Sample, Now: x.options.Asked,
		Wrap: func(rows array.RecordReader) array.RecordReader {
			return &counting{RecordReader: rows, attempt: attempt}
		},
		Summary: x.summary(r),
	}
	if x.Transformer.Custom(r) {
		var err error
		if request.Base, err = x.Lake.Find(ctx, r.Relation); err == nil {
			m.rows, err = x.Transformer.Materialize(ctx, request)
		}
		return err
	}
	if transform.InBatches(r) {
		return x.batches(ctx, m, w, request, attempt)
	}
	if by, err := x.Transformer.ByMacros(ctx, &request); err != nil || by {
		if err == nil {
			m.rows, err = x.Transformer.MakeByMacros(ctx, request)
		}
		return err
	}
	return w.Native(ctx, r.Relation, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
		request.Stage, request.Base = stage, base
		candidate, err := x.Transformer.Build(ctx, request)
		if err == nil {
			m.rows = candidate.Records
		}
		return candidate, err
	})
}

// counting tells how many rows have passed.
type counting struct {
	array.RecordReader
	attempt *run.Attempt
	rows    int64
	told    int64
	before  int64 // rows of earlier streams
}

// tellEvery is how many rows pass between two tellings.
const tellEvery = 100_000

// Next passes the next batch on.
func (c *counting) Next() bool {
	if !c.RecordReader.Next() {
		return false
	}
	c.rows += c.RecordBatch().NumRows()
	if c.rows-c.told >= tellEvery {
		c.told = c.rows
		c.attempt.Progress(c.before+c.rows, 0, 0)
	}
	return true
}

// show lets the run's own queries see the new state.
func (x *execution) show(ctx context.Context, m *made) error {
	for _, d := range m.Drops {
		x.scope.Hide(d.Name)
	}
	for _, c := range m.Candidates {
		t, err := x.Lake.LoadAt(ctx, c.Name, c.Kind, c.Location)
		if err != nil {
			return err
		}
		x.scope.Put(t)
		if c.Name.Key() == m.resource.Relation.Key() {
			m.details.Candidate = c.Location
		}
	}
	return nil
}

// failure is the result of a step that failed with err. Where err holds
// problems they are the message: each has its place in front.
func failure(err error) run.Result {
	result := run.Failure(err)
	var ps diag.Problems
	ps.AddError("", diag.Place{}, err)
	found := diag.ProblemsError{}
	for _, p := range ps.All() {
		if p.Code != "" {
			kept := *p
			kept.Cause = nil // not for the journal
			found.Problems = append(found.Problems, &kept)
		}
	}
	if len(found.Problems) > 0 {
		result.Message = found.Error()
	}
	if d := (Details{Problems: found.Problems, Batches: batchesOf(err)}); len(d.Problems)+len(d.Batches) > 0 {
		result.Details = encode(d)
	}
	return result
}

// result is what the journal keeps of a step.
func (m *made) result(state run.State, outcome run.Outcome, message string) run.Result {
	return run.Result{State: state, Outcome: outcome, Message: message, Rows: m.rows, Bytes: m.bytes, Details: encode(m.details)}
}

// encode turns details into JSON; they are plain data that always encodes.
func encode(d Details) json.RawMessage {
	b, err := json.Marshal(d)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return b
}
