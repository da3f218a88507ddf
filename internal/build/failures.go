package build

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/transform"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// storeFailures makes the rows that fail a test a table or a view, and returns
// the query for them. Whatever the verdict will be they are published at once:
// they tell why something else is not.
func (x *execution) storeFailures(ctx context.Context, test *project.Resource, statement gate.Statement) (gate.Statement, error) {
	var err error
	for range maxRebuilds {
		if err = x.storeOnce(ctx, test, statement); !errors.Is(err, lake.ErrConflict) {
			break
		}
	}
	return gate.Statement{
		SQL: "select * from " + x.Judge.Relation(test), Who: statement.Who, Scope: x.scope, Purpose: statement.Purpose,
	}, err
}

func (x *execution) storeOnce(ctx context.Context, test *project.Resource, statement gate.Statement) error {
	return x.beside(ctx, test, func(w *workspace.Workspace) error {
		return w.Native(ctx, test.Relation, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
			r := x.testing(test, w)
			r.Stage, r.Base = stage, base
			return x.Transformer.Failures(ctx, r, statement)
		})
	})
}

// ask lets a materialization of the project's ask a test, whatever that changes.
func (x *execution) ask(ctx context.Context, test *project.Resource, statement gate.Statement) (c quality.Count, err error) {
	for range maxRebuilds {
		err = x.beside(ctx, test, func(w *workspace.Workspace) (err error) {
			c.Failures, c.Warns, c.Fails, err = x.Transformer.Ask(ctx, x.testing(test, w), statement)
			return err
		})
		if !errors.Is(err, lake.ErrConflict) {
			break
		}
	}
	return c, err
}

func (x *execution) testing(test *project.Resource, w *workspace.Workspace) transform.Request {
	return transform.Request{Model: test, Scope: w.Scope(), Work: w, Summary: x.summary(test)}
}

// beside publishes what a test changes for itself.
func (x *execution) beside(ctx context.Context, test *project.Resource, do func(*workspace.Workspace) error) error {
	m, w := &made{resource: test}, x.work(test)
	err := do(w)
	if err == nil {
		m.Publication = w.Changes()
		err = x.show(ctx, m)
	}
	if err == nil && x.options.Publish != PublishNever && !m.IsEmpty() {
		err = x.commit(ctx, []*made{m})
	}
	if err != nil {
		x.forget(m)
		return errors.Join(err, w.Discard(context.WithoutCancel(ctx)))
	}
	if x.options.Publish == PublishNever {
		x.mu.Lock()
		x.waiting = append(x.waiting, m)
		x.mu.Unlock()
	}
	return w.Close(ctx)
}
