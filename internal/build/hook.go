package build

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// hooks runs hooks of a resource, in order. What they change is published with
// it.
func (x *execution) hooks(ctx context.Context, w *workspace.Workspace, r *project.Resource, hooks []project.Hook) error {
	env := x.env(w)
	env.Incremental = func() (bool, error) { return x.incremental(ctx, r) }
	for _, h := range hooks {
		if err := x.Transformer.Hook(ctx, r, h, env); err != nil {
			return fmt.Errorf("a hook of %s: %w", r.Name, err)
		}
	}
	return nil
}

// incremental answers is_incremental() for the hooks of a resource: by what
// there was before the step.
func (x *execution) incremental(ctx context.Context, r *project.Resource) (bool, error) {
	before, err := x.scope.Table(ctx, r.Relation)
	if errors.Is(err, lake.ErrNotFound) {
		return false, nil
	}
	return transform.Request{Model: r, Base: before, FullRefresh: x.options.FullRefresh}.Incremental(), err
}

// resource finds what a step is about.
func (x *execution) resource(id string) *project.Resource {
	if op := x.options.Operation; op != nil && op.ID == id {
		return op
	}
	for _, list := range [][]*project.Resource{x.Project.OnRunStart, x.Project.OnRunEnd} {
		for _, r := range list {
			if r.ID == id {
				return r
			}
		}
	}
	return x.Project.ByID(id)
}

func (x *execution) env(w *workspace.Workspace) transform.Env {
	return transform.Env{Scope: w.Scope(), Work: w, FullRefresh: x.options.FullRefresh}
}

// operation runs one of the hooks around the run, as a step of its own.
func (x *execution) operation(ctx context.Context, r *project.Resource, attempt *run.Attempt) run.Result {
	m, w := &made{resource: r}, x.work(r)
	env := x.env(w)
	var err error
	if x.options.Ended != nil && slices.Contains(x.Project.OnRunEnd, r) {
		env.With, err = x.options.Ended(ctx)
	}
	if err == nil {
		err = x.Transformer.Operation(ctx, r, env)
	}
	if err == nil {
		m.Publication = w.Changes()
		if err = x.show(ctx, m); err == nil {
			err = w.Close(ctx)
		}
	}
	if err != nil {
		x.forget(m)
		return failure(errors.Join(err, w.Discard(context.WithoutCancel(ctx))))
	}
	if m.IsEmpty() {
		return run.Result{State: run.Success}
	}
	result, err := x.publish(ctx, m, attempt)
	if err != nil {
		return failure(err)
	}
	return result
}
