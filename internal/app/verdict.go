package app

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// judgement is a verdict and the step that it was given in.
type judgement struct {
	step    run.Step
	verdict quality.Verdict
}

// lookedAt is how many steps of a resource are looked into for a verdict.
const lookedAt = 20

// tellTest fills the answer from the newest verdict of a test; told is false
// where there is none.
func (a *App) tellTest(ctx context.Context, answer *explain.Answer, test *project.Resource) (told bool, err error) {
	newest, err := a.judged(ctx, test)
	if err != nil || newest == nil {
		return false, err
	}
	ran, err := a.stores.journal.Get(ctx, newest.step.RunID)
	if err != nil {
		return false, err
	}
	answer.State = explain.State(newest.verdict.State)
	answer.Run = explain.RunRef{ID: ran.ID, Command: ran.Command, At: ran.Started}
	if newest.verdict.State != quality.Pass {
		answer.Tests = []explain.Test{a.test(newest.verdict)}
	}
	if newest.step.Resource == test.ID {
		return true, nil
	}
	steps, err := a.stores.journal.Steps(ctx, newest.step.RunID)
	if err != nil {
		return false, err
	}
	answer.Gates = a.links([]string{newest.step.Resource}, steps, a.states(steps))
	return true, nil
}

// judged finds the newest verdict of a test: in a step of its own, or in that of
// a resource that it gated, which is one that it reads, or the nearest before.
func (a *App) judged(ctx context.Context, test *project.Resource) (newest *judgement, err error) {
	_, g, err := a.Project()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for level := append([]string{test.ID}, test.DependsOn...); newest == nil && len(level) > 0; {
		var next []string
		for _, id := range level {
			found, err := a.judgedIn(ctx, id, test.ID)
			if err != nil {
				return nil, err
			}
			if found != nil && (newest == nil || found.step.Started.After(newest.step.Started)) {
				newest = found
			}
			seen[id] = true
			next = append(next, g.Parents(id)...)
		}
		level = slices.DeleteFunc(next, func(id string) bool { return seen[id] })
	}
	return newest, nil
}

// judgedIn looks for the verdict of a test in the steps of a resource.
func (a *App) judgedIn(ctx context.Context, resource, test string) (*judgement, error) {
	steps, err := a.stores.journal.StepsOf(ctx, resource, lookedAt)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		d, err := build.ParseDetails(s)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(d.Tests, func(v quality.Verdict) bool { return v.Test == test }); i >= 0 {
			return &judgement{s, d.Tests[i]}, nil
		}
	}
	return nil, nil
}
