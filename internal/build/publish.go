package build

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// publish makes the new state visible, or lets it wait for the run's end.
func (x *execution) publish(ctx context.Context, m *made, attempt *run.Attempt) (run.Result, error) {
	if m.IsEmpty() && m.save == nil && len(x.tags(m)) == 0 {
		return m.result(run.Success, run.Unchanged, "nothing new"), nil
	}
	if x.options.Publish != PublishResource {
		x.mu.Lock()
		x.waiting = append(x.waiting, m)
		x.mu.Unlock()
		if m.IsEmpty() {
			return m.result(run.Success, run.Unchanged, "nothing new"), nil
		}
		return m.result(run.Success, run.Unpublished, ""), nil
	}
	attempt.Rest()
	failpoint.Hit("build.before-publish")
	if err := x.commit(ctx, []*made{m}); err != nil {
		x.forget(m)
		return run.Result{}, err
	}
	failpoint.Hit("build.after-publish")
	if m.IsEmpty() {
		return m.result(run.Success, run.Unchanged, "nothing new"), nil
	}
	return m.result(run.Success, run.Published, ""), nil
}

// publishRun makes everything that waits visible at once.
func (x *execution) publishRun(ctx context.Context) run.Result {
	x.mu.Lock()
	all := x.waiting
	x.mu.Unlock()
	failpoint.Hit("build.before-publish")
	if err := x.commit(ctx, all); err != nil {
		return run.Failure(fmt.Errorf("publish the run: %w", err))
	}
	failpoint.Hit("build.after-publish")
	x.mu.Lock()
	x.waiting = nil
	x.mu.Unlock()
	tables := 0
	for _, m := range all {
		tables += len(m.Candidates)
	}
	return run.Result{State: run.Success, Outcome: run.Published, Message: fmt.Sprintf("%d tables in one transaction", tables)}
}

// hold keeps the new state for people to look at; readers keep the old one.
func (x *execution) hold(ctx context.Context, m *made, holding []quality.Verdict) (run.Result, error) {
	reason := x.reasons(holding)
	if err := x.Lake.Hold(ctx, m.Candidates, reason); err != nil {
		return run.Result{}, err
	}
	m.details.ReadersSee = x.readersSee(ctx, m.resource.Relation)
	return m.result(run.Held, run.KeptBack, reason), nil
}

// holdRest holds what was made but is not to be published, or could not be
// because another step of the run failed.
func (x *execution) holdRest(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	reason := "the run was not to publish (--publish never)"
	if x.options.Publish == PublishRun {
		reason = "the run publishes all its tables or none, and another step did not succeed"
	}
	for _, m := range x.waiting {
		if err := x.Lake.Hold(ctx, m.Candidates, reason); err != nil {
			return err
		}
	}
	x.waiting = nil
	return nil
}

// forget lets the names of m mean what is published.
func (x *execution) forget(m *made) {
	for _, c := range m.Candidates {
		x.scope.Forget(c.Name)
	}
	for _, d := range m.Drops {
		x.scope.Forget(d.Name)
	}
}
