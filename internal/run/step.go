package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Attempt is a step that is being done.
type Attempt struct {
	active *Active
	step   Step
	rest   func()
}

// Step returns the step as it was when it started.
func (t *Attempt) Step() Step { return t.step }

// Rest says that the step only waits from now on, for the disk: another may
// begin in the meantime.
func (t *Attempt) Rest() { t.rest() }

// Progress tells who watches how far the step is: rows and bytes so far, and
// how many bytes there are in all (0: unknown).
func (t *Attempt) Progress(rows, bytes, total int64) {
	t.active.emit(StepProgress{Step: t.step, Rows: rows, Bytes: bytes, Total: total})
}

// Part tells who watches how a part of the step ended.
func (t *Attempt) Part(p PartFinished) {
	p.Step = t.step
	t.active.emit(p)
}

// Execute takes the steps of a plan as the function of the same name does, and
// journals them: all of them as pending at first, each as running before do is
// called, each as it ended. The error is about the plan or the journal; the
// results are there all the same once the steps have begun.
func (a *Active) Execute(ctx context.Context, p Plan, threads int, do func(context.Context, *Attempt) Result) (Results, error) {
	if _, err := newDAG(p); err != nil {
		return nil, err
	}
	ctx, stop := a.whileHeld(ctx)
	defer stop()
	j := &journaling{active: a, steps: map[string]Step{}}
	for i, n := range p.Nodes {
		j.steps[n.ID] = Step{RunID: a.ID(), Resource: n.ID, Kind: n.Kind, Number: i + 1, Attempt: 1, State: Pending}
	}
	if err := j.plan(ctx); err != nil {
		return nil, err
	}
	a.emit(Planned{Run: a.ID(), Steps: len(p.Nodes)})
	var notJournaled []error
	results, err := Execute(ctx, p, threads,
		func(ctx context.Context, id string, rest func()) Result { return j.do(ctx, id, rest, do) },
		func(id string, r Result) {
			if err := j.end(ctx, j.steps[id], r); err != nil {
				notJournaled = append(notJournaled, err)
			}
		})
	return results, errors.Join(append(notJournaled, err)...)
}

// journaling writes down the steps of one plan. The map of steps is only read
// once the plan is journaled.
type journaling struct {
	active *Active
	steps  map[string]Step
}

// plan journals all steps as pending. Those that this run has tried before get
// a further attempt.
func (j *journaling) plan(ctx context.Context) error {
	err := j.active.journal.db.Update(ctx, func(tx metadb.Tx) error {
		if err := j.active.mark.check(ctx, tx); err != nil {
			return err
		}
		for id, s := range j.steps {
			err := tx.QueryRow(ctx, `SELECT coalesce(max(attempt), 0) + 1 FROM step WHERE run_id = ? AND resource = ?`,
				s.RunID, id).Scan(&s.Attempt)
			if err != nil {
				return err
			}
			if err := putStep(ctx, tx, s); err != nil {
				return err
			}
			j.steps[id] = s
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal the plan of the run %s: %w", j.active.ID(), err)
	}
	return nil
}

func (j *journaling) do(ctx context.Context, id string, rest func(), do func(context.Context, *Attempt) Result) Result {
	s := j.steps[id]
	s.State, s.Started = Running, time.Now().UTC().Truncate(time.Microsecond)
	if err := j.put(ctx, s); err != nil {
		return Failure(err)
	}
	j.active.emit(StepStarted{Step: s, Of: len(j.steps)})
	r := attempt(ctx, id, func(ctx context.Context, _ string) Result {
		return do(ctx, &Attempt{active: j.active, step: s, rest: rest})
	})
	var p *PanicError
	if errors.As(r.Err, &p) {
		j.active.logger.Error("a step panicked", "run", s.RunID, "step", id, "value", p.Value, "stack", string(p.Stack))
	}
	if err := j.end(ctx, s, r); err != nil {
		return Failure(errors.Join(err, r.Err))
	}
	return r
}

// end journals how a step ended, also when ctx has ended.
func (j *journaling) end(ctx context.Context, s Step, r Result) error {
	s.State, s.Outcome, s.Because, s.Message = r.State, r.Outcome, r.Because, r.Message
	s.Rows, s.Bytes, s.Details = r.Rows, r.Bytes, r.Details
	s.Finished = time.Now().UTC().Truncate(time.Microsecond)
	err := j.put(context.WithoutCancel(ctx), s)
	j.active.emit(StepFinished{Step: s, Of: len(j.steps)})
	return err
}

// put journals a step. Of what a machine that dies takes with it, the record of
// publications and the locks of processes still tell.
func (j *journaling) put(ctx context.Context, s Step) error {
	err := certainly(ctx, j.active.journal.db.Note, func(tx metadb.Tx) error {
		if err := j.active.mark.check(ctx, tx); err != nil {
			return err
		}
		return putStep(ctx, tx, s)
	})
	if err != nil {
		return fmt.Errorf("journal the step %s as %s: %w", s.Resource, s.State, err)
	}
	return nil
}
