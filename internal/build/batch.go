package build

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Batch is how one batch of a model ended: Success, Failed, or Skipped where
// the batch that makes the table failed.
type Batch struct {
	Label   string        `json:"label"`
	Start   time.Time     `json:"start"`
	End     time.Time     `json:"end"`
	State   run.State     `json:"state"`
	Rows    int64         `json:"rows"`
	Took    time.Duration `json:"took"`
	Message string        `json:"message,omitempty"`
	// Earlier is one of the run that this one goes on with.
	Earlier bool `json:"earlier,omitempty"`
}

// LeftBatches are the batches of a model that a retry has to make, and those
// that readers see already.
type LeftBatches struct {
	Again []transform.Batch
	Done  []Batch
}

// Left returns what a retry has to do of a step of which published is how its
// published batches ended; ok is false where it has to do all of them.
func Left(s run.Step, d Details, published []Batch) (left LeftBatches, ok bool) {
	batches := d.Batches
	switch {
	case s.State == run.Failed && s.Outcome == run.Published:
	case Unheard(s.State) && len(published) > 0:
		batches = published
	default:
		return left, false
	}
	for _, b := range batches {
		if b.State == run.Success {
			b.Earlier = true
			left.Done = append(left.Done, b)
		} else {
			left.Again = append(left.Again, transform.Batch{Start: b.Start, End: b.End})
		}
	}
	return left, len(left.Again) > 0 && len(left.Done) > 0
}

// Unheard reports whether a step may have done more than the journal knows: its
// last notes go with a machine that dies.
func Unheard(s run.State) bool { return s == run.Crashed || !s.Ended() }

// batchesError is why a model that is made in batches has none.
type batchesError struct {
	batches []Batch
	err     error
}

// Error tells of the batch that failed first.
func (e *batchesError) Error() string { return e.err.Error() }

// Unwrap returns why it failed.
func (e *batchesError) Unwrap() error { return e.err }

func batchesOf(err error) []Batch {
	var failed *batchesError
	if errors.As(err, &failed) {
		return failed.batches
	}
	return nil
}

// batching is the making of one model batch by batch.
type batching struct {
	*execution
	m       *made
	w       *workspace.Workspace
	request transform.Request
	attempt *run.Attempt
	list    []transform.Batch
	done    []Batch
	// spoilt: the last batch failed, and may have left files.
	spoilt bool
}

// batches makes a model batch by batch, one after the other and all of them one
// candidate, so that each sees those before it. The first one makes the table
// or finds it: if it fails there is nothing. Of the others each may fail.
func (x *execution) batches(ctx context.Context, m *made, w *workspace.Workspace, r transform.Request, attempt *run.Attempt) error {
	b := &batching{execution: x, m: m, w: w, request: r, attempt: attempt}
	own, err := x.Transformer.ByMacros(ctx, &b.request)
	switch {
	case err != nil:
		return err
	case own:
		if err := b.plan(); err != nil {
			return err
		}
		return b.byMacros(ctx, 0)
	}
	err = w.Native(ctx, r.Model.Relation, func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error) {
		b.request.Stage, b.request.Base = stage, base
		if err := b.plan(); err != nil {
			return nil, err
		}
		return b.one(ctx, 0)
	})
	if err != nil && len(b.done) == 0 {
		return err // there are no batches
	}
	for i := 1; i < len(b.list); i++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.skip(i)
			continue
		}
		if x.Transformer.OwnStrategy(r.Model) {
			return b.byMacros(ctx, i)
		}
		_ = w.Resume(ctx, r.Model.Relation, func(stage *lake.Stage, base, onto *lake.Table) (*lake.Candidate, error) {
			b.request.Stage, b.request.Base, b.request.Onto = stage, base, onto
			return b.one(ctx, i)
		}) // why it failed is kept with the batch
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m.details.Batches = append(x.options.Batches[r.Model.ID].Done, b.done...)
	if err != nil {
		return &batchesError{m.details.Batches, err}
	}
	return b.tidy(ctx)
}

// byMacros makes the batches from one on by macros of the project, whose
// statements cannot be taken back one by one: if a batch fails the step does.
func (b *batching) byMacros(ctx context.Context, from int) error {
	b.request.Increment = true
	for i := from; i < len(b.list); i++ {
		r := b.request
		r.Batch = &b.list[i]
		if _, err := b.Transformer.ByMacros(ctx, &r); err != nil { // finds the table
			return err
		}
		began := time.Now()
		rows, err := b.Transformer.MakeByMacros(ctx, r)
		if err != nil {
			return err
		}
		b.m.rows = rows
		b.tell(i, Batch{State: run.Success, Rows: rows, Took: time.Since(began)})
	}
	b.m.details.Batches = append(b.options.Batches[b.request.Model.ID].Done, b.done...)
	return nil
}

// plan finds out which batches there are.
func (b *batching) plan() (err error) {
	if left, retried := b.options.Batches[b.request.Model.ID]; retried {
		b.request.Increment, b.list = true, left.Again
		return nil
	}
	b.list, err = transform.Batches(b.request)
	return err
}

// one makes one batch, and tells how that went.
func (b *batching) one(ctx context.Context, i int) (*lake.Candidate, error) {
	r := b.request
	r.Batch = &b.list[i]
	counter := &counting{attempt: b.attempt, before: b.m.rows}
	r.Wrap = func(rows array.RecordReader) array.RecordReader {
		counter.RecordReader = rows
		return counter
	}
	began := time.Now()
	candidate, err := b.Transformer.Build(ctx, r)
	b.spoilt = err != nil
	if err != nil {
		b.tell(i, Batch{State: run.Failed, Message: failure(err).Message, Took: time.Since(began)})
		return nil, err
	}
	b.m.rows += counter.rows
	b.tell(i, Batch{State: run.Success, Rows: counter.rows, Took: time.Since(began)})
	return candidate, nil
}

func (b *batching) skip(i int) {
	b.tell(i, Batch{State: run.Skipped, Message: "the first batch failed"})
}

// tell keeps how a batch ended.
func (b *batching) tell(i int, done Batch) {
	of := b.list[i]
	done.Label, done.Start, done.End = of.Label(b.request.Model), of.Start, of.End
	b.done = append(b.done, done)
	b.attempt.Part(run.PartFinished{
		Part: done.Label, State: done.State, Rows: done.Rows, Took: done.Took, Message: done.Message, Number: i + 1, Of: len(b.list),
	})
}

// tidy removes the files that a failed batch has left in the stage: it is built
// once more as it is.
func (b *batching) tidy(ctx context.Context) error {
	if !b.spoilt {
		return nil
	}
	return b.w.Resume(ctx, b.request.Model.Relation, func(stage *lake.Stage, base, onto *lake.Table) (*lake.Candidate, error) {
		return stage.Build(ctx, lake.Change{
			Base: base, Onto: onto, Op: lake.Append, Schema: onto.Schema(), Partition: onto.Partition(), Summary: b.summary(b.request.Model),
		})
	})
}

// partly is a result that tells of the batches that failed.
func (m *made) partly(result run.Result) run.Result {
	good, failures := 0, ""
	for _, b := range m.details.Batches {
		if b.State == run.Success {
			good++
		} else {
			failures += fmt.Sprintf("\nbatch %s: %s", b.Label, b.Message)
		}
	}
	if all := len(m.details.Batches); good < all {
		result.State, result.Message = run.Failed, fmt.Sprintf("%d of %d batches succeeded", good, all)+failures
	}
	return result
}
