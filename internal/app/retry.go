package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
)

// Retry goes on with the newest run of a project that did not succeed: what
// succeeded in it is left alone.
func (a *App) Retry(ctx context.Context, r BuildRequest) (Summary, error) {
	s, err := a.open(ctx)
	if err != nil {
		return Summary{}, err
	}
	last, err := s.journal.Latest(ctx, run.Filter{Commands: retryable})
	if errors.Is(err, run.ErrNotFound) {
		return Summary{}, diag.New("nothing-to-retry", diag.Place{}, "there is no run yet").WithHint("start one with tarn build")
	}
	if err != nil {
		return Summary{}, err
	}
	if last.State == run.Success {
		return Summary{}, diag.New("nothing-to-retry", diag.Place{}, "the last run, %s, succeeded", last.ID).WithHint("start a new one with tarn build")
	}
	steps, err := s.journal.Steps(ctx, last.ID)
	if err != nil {
		return Summary{}, err
	}
	if err := a.adoptVars(last); err != nil {
		return Summary{}, err
	}
	published, err := build.Published(ctx, s.catalog, last.ID)
	if err != nil {
		return Summary{}, err
	}
	if r.batches, err = leftBatches(steps, published); err != nil {
		return Summary{}, err
	}
	r.Command, r.RetryOf = last.Command, last.ID
	if r.Publish == "" {
		r.Publish = last.Publish
	}
	if err := r.adopt(last); err != nil {
		return Summary{}, err
	}
	if r.StoreFailures {
		flags := map[string]any{}
		maps.Copy(flags, a.options.Flags)
		flags["STORE_FAILURES"] = true
		a.options.Flags, a.project, a.graph = flags, nil, nil
	}
	if r.IDs, err = a.unfinished(ctx, last, steps, published); err != nil {
		return Summary{}, err
	}
	return a.Build(ctx, r)
}

// unfinished returns what a retry has to do: the steps that did not succeed,
// with their tests. A run that publishes as a whole, or died before its plan
// was journaled, is done again from the start. What was published is done,
// even if the process died before the journal heard of it.
func (a *App) unfinished(ctx context.Context, last run.Run, steps []run.Step, published map[string][]build.Batch) ([]string, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	again := BuildRequest{Command: last.Command}
	if err := again.adopt(last); err != nil {
		return nil, err
	}
	switch {
	case again.Operation != nil || again.Clone:
		return []string{}, notPublished(last, published)
	case last.Publish == string(build.PublishRun) && wholePublished(p, published):
		return []string{}, nil
	case len(steps) == 0 || last.Publish == string(build.PublishRun):
		return a.chosen(ctx, again)
	}
	left := left(p, steps, published)
	all, err := a.chosen(ctx, again)
	if err != nil {
		return nil, err
	}
	ids := []string{} // none is not all
	for _, id := range all {
		r := p.ByID(id)
		if r == nil {
			continue // it is gone from the project since
		}
		again := left[id] || r.Kind == project.KindModel && r.Config.Materialized == project.MaterializedEphemeral
		if r.Kind == project.KindTest {
			for _, parent := range r.DependsOn {
				again = again || left[parent]
			}
		}
		if again {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// adoptVars takes the variables of an earlier run where none were given.
func (a *App) adoptVars(last run.Run) error {
	if len(a.options.Vars) > 0 || len(last.Vars) == 0 || string(last.Vars) == "null" {
		return nil
	}
	// JSON is YAML: read the same way, 7 is a whole number again.
	vars, err := ParseVars(string(last.Vars))
	if err != nil {
		return fmt.Errorf("the variables of run %s: %w", last.ID, err)
	}
	a.options.Vars, a.project, a.graph = vars, nil, nil
	return nil
}

// notPublished is a problem where the only step of a run, an operation, died
// behind its publication: there is nothing left to do.
func notPublished(last run.Run, published map[string][]build.Batch) error {
	if len(published) == 0 {
		return nil
	}
	return diag.New("nothing-to-retry", diag.Place{}, "what the last run, %s, changed was published before its process died", last.ID).
		WithHint("start a new one if it has to be done twice")
}

// left are the resources that a retry has to make. What the journal did not hear
// the end of may have been published all the same; of one in batches some may
// have failed, and it is made again.
func left(p *project.Project, steps []run.Step, published map[string][]build.Batch) map[string]bool {
	out := map[string]bool{}
	for _, id := range run.Unfinished(steps) {
		out[id] = true
	}
	state := map[string]run.State{}
	for _, s := range steps {
		state[s.Resource] = s.State
	}
	for id, batches := range published {
		r := p.ByID(id)
		if r == nil || !build.Unheard(state[id]) {
			continue
		}
		failed := slices.ContainsFunc(batches, func(b build.Batch) bool { return b.State != run.Success })
		if !failed && (!transform.InBatches(r) || len(batches) > 0) {
			delete(out, id)
		}
	}
	return out
}

// leftBatches are the batches that a retry has to make of models whose others
// are published, by ID.
func leftBatches(steps []run.Step, published map[string][]build.Batch) (map[string]build.LeftBatches, error) {
	out := map[string]build.LeftBatches{}
	for _, s := range steps {
		d, err := build.ParseDetails(s)
		if err != nil {
			return nil, fmt.Errorf("the batches of a run: %w", err)
		}
		delete(out, s.Resource)
		if left, ok := build.Left(s, d, published[s.Resource]); ok {
			out[s.Resource] = left
		}
	}
	return out, nil
}

// wholePublished reports whether a run that publishes as a whole has done so;
// hooks around a run are not part of that.
func wholePublished(p *project.Project, published map[string][]build.Batch) bool {
	for id := range published {
		if r := p.ByID(id); r != nil && r.Kind != project.KindOperation {
			return true
		}
	}
	return false
}
