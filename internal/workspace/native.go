package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Native builds the next state of a name not by a statement but by what make
// does, in a stage of its own and over what statements have made of the name so
// far, nil where there is nothing. Statements that follow go on from it; make
// may run statements itself, as the text of a model does, on other names.
func (w *Workspace) Native(ctx context.Context, name ident.Table, make func(stage *lake.Stage, base *lake.Table) (*lake.Candidate, error)) error {
	w.execute.Lock()
	defer w.execute.Unlock()
	r, err := w.touch(ctx, name)
	if err != nil {
		return err
	}
	if r.temp {
		return diag.New("exists", diag.Place{}, "a temporary table is called %s, too", name).WithHint("give the temporary table another name")
	}
	next := r.under()
	stage, err := w.newStage(ctx, next)
	if err != nil {
		return err
	}
	if err = w.native(ctx, next, stage, make); err != nil {
		err = errors.Join(err, stage.Drop(context.WithoutCancel(ctx)))
	}
	return err
}

func (w *Workspace) native(ctx context.Context, next *relation, stage *lake.Stage, make func(*lake.Stage, *lake.Table) (*lake.Candidate, error)) error {
	before := w.changed(next.name)
	w.execute.Unlock()
	candidate, err := make(stage, next.base)
	w.execute.Lock()
	if err != nil {
		return err
	}
	if w.changed(next.name) != before {
		return conflict(next.name)
	}
	next.name, next.stage, next.made = candidate.Name, stage, candidate
	if next.table, err = w.o.Lake.LoadAt(ctx, candidate.Name, candidate.Kind, candidate.Location); err != nil {
		return err
	}
	w.put(next)
	return nil
}

// Resume builds a name again that Native has built, in the same stage: next to
// what readers see there is one candidate, however often it was built. make gets
// what the name is built over and what it means now. Where make fails the name
// means what it meant.
func (w *Workspace) Resume(ctx context.Context, name ident.Table, make func(stage *lake.Stage, base, onto *lake.Table) (*lake.Candidate, error)) error {
	w.execute.Lock()
	defer w.execute.Unlock()
	before := w.changed(name)
	if before == nil || before.stage == nil {
		return fmt.Errorf("build %s again: it was not built before", name)
	}
	w.execute.Unlock()
	candidate, err := make(before.stage, before.base, before.table)
	w.execute.Lock()
	if err != nil {
		return err
	}
	if w.changed(name) != before {
		return conflict(name)
	}
	next := *before
	next.made = candidate
	if next.table, err = w.o.Lake.LoadAt(ctx, candidate.Name, candidate.Kind, candidate.Location); err != nil {
		return err
	}
	w.put(&next)
	return nil
}

func conflict(name ident.Table) *diag.Problem {
	return diag.New("conflict", diag.Place{}, "a statement changed %s while the text that makes it was read", name).
		WithHint("change the model's own table in a pre-hook or a post-hook")
}

// under is a relation over what there is of r: published, or a candidate whose
// files the next one needs.
func (r *relation) under() *relation {
	next := &relation{name: r.name, published: r.published, base: r.published}
	switch {
	case r.table == nil: // there is nothing, or it was dropped
		next.base = nil
	case r.stage != nil:
		below := r.stage.Candidate()
		below.Over = r.over
		next.base, next.over, next.below = r.table, below.Stage, append(slices.Clone(r.below), below)
	case r.onto != nil:
		next.base, next.over = r.onto, r.over
	}
	return next
}
