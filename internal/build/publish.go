package build

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// publish makes the new state visible, or lets it wait for the run's end.
func (x *execution) publish(ctx context.Context, m *made) (run.Result, error) {
	if m.IsEmpty() && m.save == nil {
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

// commit is one catalog transaction: pointers, ledgers, accounts, and the
// record of what was published.
func (x *execution) commit(ctx context.Context, all []*made) error {
	var p lake.Publication
	for _, m := range all {
		p.Candidates = append(p.Candidates, m.Candidates...)
		p.Drops = append(p.Drops, m.Drops...)
		p.Namespaces = append(p.Namespaces, m.Namespaces...)
		p.Gone = append(p.Gone, m.Gone...)
	}
	return x.Lake.Publish(ctx, p, func(tx metadb.Tx) error {
		for _, m := range all {
			if m.save != nil {
				if err := m.save(ctx, tx); err != nil {
					return err
				}
			}
			for _, c := range m.Candidates {
				if _, err := tx.Exec(ctx, `INSERT INTO tarn_publication (run, resource, namespace, table_name, location, published_at) VALUES (?, ?, ?, ?, ?, ?)
					ON CONFLICT (run, resource, namespace, table_name) DO UPDATE SET location = excluded.location, published_at = excluded.published_at`,
					x.run, m.resource.ID, c.Name.Namespace, c.Name.Name, c.Location, now().UnixMicro()); err != nil {
					return fmt.Errorf("record the publication of %s: %w", c.Name, err)
				}
			}
		}
		return nil
	})
}

// Published returns the resources that a run has published, whatever its
// journal says.
func Published(ctx context.Context, db *metadb.DB, runID string) (map[string]bool, error) {
	published := map[string]bool{}
	err := db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT resource FROM tarn_publication WHERE run = ?`, runID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			published[id] = true
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what the run %s published: %w", runID, err)
	}
	return published, nil
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
