package build

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/transform"
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
		SQL: "select * from " + x.Judge.Relation(test), Principal: statement.Principal, Scope: x.scope, Purpose: statement.Purpose,
	}, err
}

func (x *execution) storeOnce(ctx context.Context, test *project.Resource, statement gate.Statement) error {
	m, w := &made{resource: test}, x.work(test)
	err := w.Native(ctx, test.Relation, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
		return x.Transformer.Failures(ctx, transform.Request{
			Model: test, Stage: stage, Base: base, Scope: w.Scope(), Work: w, Summary: x.summary(test),
		}, statement)
	})
	if err == nil {
		m.Publication = w.Changes()
		err = x.show(ctx, m)
	}
	if err == nil && x.options.Publish != PublishNever {
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
