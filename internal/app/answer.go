package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// Why answers why a resource is as it is: from the newest run that dealt with it.
func (a *App) Why(ctx context.Context, name string) (explain.Answer, error) {
	s, err := a.open(ctx)
	if err != nil {
		return explain.Answer{}, err
	}
	// The project as the newest run saw it: variables decide what it has.
	if last, err := s.journal.Latest(ctx, run.Filter{Commands: builds}); err == nil {
		if err := a.adoptVars(last); err != nil {
			return explain.Answer{}, err
		}
	}
	r, err := a.resource(name)
	if err != nil {
		return explain.Answer{}, err
	}
	answer := explain.Answer{Name: r.Name, Kind: string(r.Kind), State: explain.NotBuilt, Rows: -1}
	if r.Kind == project.KindSource {
		answer.Name = r.Relation.String()
	}
	view, err := s.lake.Pin(ctx)
	if err != nil {
		return answer, err
	}
	if answer.Readers, err = a.pointer(ctx, view, r.Relation); err != nil {
		return answer, err
	}
	if r.Kind == project.KindTest || r.Kind == project.KindUnitTest {
		if told, err := a.tellTest(ctx, &answer, r); told || err != nil {
			return answer, err
		}
	}
	steps, err := s.journal.StepsOf(ctx, r.ID, 1)
	if err != nil {
		return answer, err
	}
	if len(steps) > 0 {
		if err := a.tell(ctx, &answer, r, steps[0]); err != nil {
			return answer, err
		}
	}
	if r.Ingest != nil {
		if answer.Quarantine, err = a.quarantined(ctx, view, r); err != nil {
			return answer, err
		}
	}
	return answer, nil
}

// resource finds what a person calls by name: a model, seed, source table or
// test, by name or table.
func (a *App) resource(name string) (*project.Resource, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	if r := p.ByID(name); r != nil {
		return r, nil
	}
	if r := p.ByRef(name); r != nil {
		return r, nil
	}
	if t, err := ident.ParseTable(name); err == nil {
		t.Name = strings.TrimSuffix(t.Name, project.QuarantineSuffix)
		if r := p.ByRelation(t); r != nil {
			return r, nil
		}
	}
	var known []string
	for _, r := range p.Resources {
		if r.Name == name {
			return r, nil
		}
		known = append(known, r.Name)
	}
	problem := diag.New("unknown-resource", diag.Place{}, "the project has nothing called %s", name).WithHint("tarn ls lists what it has")
	if near := ident.Near(name, known); len(near) > 0 {
		problem.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return nil, problem
}

// tell fills the answer from the step that dealt with the resource last.
func (a *App) tell(ctx context.Context, answer *explain.Answer, r *project.Resource, step run.Step) error {
	d, err := build.ParseDetails(step)
	if err != nil {
		return err
	}
	ran, err := a.stores.journal.Get(ctx, step.RunID)
	if err != nil {
		return err
	}
	steps, err := a.stores.journal.Steps(ctx, step.RunID)
	if err != nil {
		return err
	}
	states := a.states(steps)
	answer.State, answer.Rows, answer.Attempts = states[r.ID], step.Rows, step.Attempt
	answer.Run = explain.RunRef{ID: ran.ID, Command: ran.Command, At: ran.Started}
	if answer.State == explain.Held && answer.Readers != nil && d.ReadersSee != "" {
		answer.Readers.Through = d.ReadersSee
	}
	for _, v := range d.Tests {
		if v.State == quality.Pass {
			answer.Passed++
			continue
		}
		answer.Tests = append(answer.Tests, a.test(v))
	}
	switch {
	case answer.State == explain.Failed && len(d.Problems) > 0:
		answer.Problem = d.Problems[0]
	case answer.State == explain.Failed && len(answer.Tests) == 0:
		answer.Problem = diag.New("step-failed", diag.Place{}, "%s", step.Message)
	case len(answer.Tests) == 0 && step.Because == "":
		answer.Reason = step.Message
	}
	if step.Because != "" {
		answer.Because = a.links([]string{step.Because}, steps, states)
	}
	answer.Waiting = a.behind(r, steps, states)
	if d.Load != nil {
		l := loadOf(*d.Load)
		answer.Load = &l
	}
	if answer.State == explain.Held {
		answer.Look = "select * from " + r.Relation.String()
		if answer.Reason == "" && len(answer.Tests) == 0 {
			answer.Reason, err = a.heldBecause(ctx, r.Relation)
		}
	}
	return err
}

// heldBecause is the reason with which the lake holds a table's candidate.
func (a *App) heldBecause(ctx context.Context, t ident.Table) (string, error) {
	held, err := a.stores.lake.Held(ctx)
	if err != nil {
		return "", err
	}
	for _, h := range held {
		if h.Candidate.Name.Key() == t.Key() {
			return h.Reason, nil
		}
	}
	return "", nil
}

// behind lists what is held or skipped because of r.
func (a *App) behind(r *project.Resource, steps []run.Step, states map[string]explain.State) []explain.Link {
	var ids []string
	for _, s := range steps {
		if s.Because == r.ID {
			ids = append(ids, s.Resource)
		}
	}
	return a.links(ids, steps, states)
}

func (a *App) links(ids []string, steps []run.Step, states map[string]explain.State) []explain.Link {
	var list []explain.Link
	for _, s := range steps {
		if slices.Contains(ids, s.Resource) && s.Resource != build.PublishStep {
			l := explain.Link{Name: a.name(s.Resource), State: states[s.Resource], Reason: s.Message}
			if s.Because != "" {
				l.Reason = ""
			}
			list = append(list, l)
		}
	}
	return list
}

// name is what people call the resource of an ID.
func (a *App) name(id string) string {
	r := a.project.ByID(id)
	if r == nil {
		return id
	}
	if r.Kind == project.KindSource {
		return r.Relation.String()
	}
	return r.Name
}

// states tells for each step of a run what it meant for readers.
func (a *App) states(steps []run.Step) map[string]explain.State {
	published := false
	for _, s := range steps {
		published = published || s.Resource == build.PublishStep && s.State == run.Success
	}
	states := map[string]explain.State{}
	for _, s := range steps {
		states[s.Resource] = stateOf(s, published)
	}
	return states
}

// stateOf translates the journal's words; all says that the run was published
// as a whole.
func stateOf(s run.Step, all bool) explain.State {
	switch {
	case s.State == run.Held || s.Outcome == run.KeptBack:
		return explain.Held
	case s.State == run.Failed || s.State == run.Crashed:
		return explain.Failed
	case s.State == run.Success && s.Outcome == run.Unpublished && !all:
		return explain.Held
	case s.State == run.Success && s.Outcome == run.Unchanged:
		return explain.Unchanged
	case s.State == run.Success:
		return explain.Published
	case s.State == run.Running:
		return explain.Running
	default:
		return explain.Skipped
	}
}

// pointer is what readers see of a table; nil where they see nothing.
func (a *App) pointer(ctx context.Context, view *lake.View, t ident.Table) (*explain.Pointer, error) {
	if t.IsZero() {
		return nil, nil
	}
	table, err := view.Load(ctx, t)
	if errors.Is(err, lake.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	times, err := a.stores.lake.Published(ctx)
	if err != nil {
		return nil, err
	}
	p := &explain.Pointer{Rows: -1, At: publishedAt(table, times)}
	if s := table.Current(); s != nil {
		p.SnapshotID, p.Run, p.Rows = s.ID, s.Summary["tarn.run"], rowsOf(s)
	}
	return p, nil
}

// test turns a verdict into what is shown of it.
func (a *App) test(v quality.Verdict) explain.Test {
	t := explain.Test{
		ID: v.Test, Name: v.Test, Severity: v.Severity, State: explain.State(v.State),
		Failures: v.Failures, Duration: v.Took, SQL: v.SQL,
	}
	if r := a.project.ByID(v.Test); r != nil {
		t.Name, t.Description = r.Name, r.Description
		t.On = slices.Clone(r.DependsOn)
	}
	if v.State == quality.Error {
		t.Message = v.Message
	}
	if v.Failing != nil {
		t.Columns, t.Rows = v.Failing.Columns, v.Failing.Rows
	}
	if v.Evidence != nil {
		t.Evidence = &explain.Evidence{Name: v.Evidence.Name, Columns: v.Evidence.Columns, Rows: v.Evidence.Rows}
	}
	return t
}
