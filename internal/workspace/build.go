package workspace

import (
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// touch returns the relation of a name that is about to change, as it is: one
// without a table where there is none.
func (w *Workspace) touch(ctx context.Context, name ident.Table) (*relation, error) {
	if r := w.changed(name); r != nil {
		if w.isSaved(r) {
			return r.above(), nil
		}
		return r, nil
	}
	if w.o.Pinned {
		return w.pinned(ctx, name)
	}
	r := &relation{name: name}
	var err error
	if r.published, err = w.o.Lake.Find(ctx, name); err != nil {
		return nil, err
	}
	r.base, r.table = r.published, r.published
	if r.published != nil {
		r.name = r.published.Name()
	}
	shown, err := w.o.Scope.Table(ctx, name)
	if err != nil {
		if errors.Is(err, lake.ErrNotFound) {
			return r, nil
		}
		return nil, err
	}
	if r.over, err = w.waiting(ctx, shown); err != nil || r.over == "" {
		return r, err
	}
	r.name, r.onto, r.table = shown.Name(), shown, shown
	return r, nil
}

// pinned is the relation of a name that means what the scope says.
func (w *Workspace) pinned(ctx context.Context, name ident.Table) (*relation, error) {
	shown, err := w.o.Scope.Table(ctx, name)
	if errors.Is(err, lake.ErrNotFound) {
		return &relation{name: name}, nil
	}
	if err != nil {
		return nil, err
	}
	return &relation{name: shown.Name(), table: shown, base: shown, published: shown}, nil
}

// waiting returns the stage of a state that another step of the run has built
// and not published yet; "" is a state that was published.
func (w *Workspace) waiting(ctx context.Context, t *lake.Table) (stage string, err error) {
	c, err := w.o.Lake.CandidateAt(ctx, w.o.Run, t.Location())
	if err != nil || c == nil {
		return "", err
	}
	return c.Stage, nil
}

// candidate is the state whose rows a change goes on from where that is no
// published one; nil is base.
func (r *relation) candidate() *lake.Table {
	if r.table != nil && r.stage != nil {
		return r.table
	}
	return r.onto
}

// put makes a relation the meaning of its name.
func (w *Workspace) put(r *relation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.relations[key(r.name, r.temp)] = r
	if r.stage != nil && !slices.Contains(w.stages, r.stage) {
		w.stages = append(w.stages, r.stage)
	}
}

// newStage begins a stage for a relation that has none. What it will hold takes
// the place of what readers see, whatever it is built over.
func (w *Workspace) newStage(ctx context.Context, r *relation) (*lake.Stage, error) {
	stage, err := w.o.Lake.NewStage(ctx, w.o.Run, w.o.Step, r.name)
	if err != nil || r.base == r.published {
		return stage, err
	}
	if err := stage.Rename(ctx, r.name, r.published); err != nil {
		return nil, errors.Join(err, stage.Drop(context.WithoutCancel(ctx)))
	}
	return stage, nil
}

// build builds the next state of a relation. make returns no candidate where
// nothing changes.
func (w *Workspace) build(ctx context.Context, r *relation, make func(*lake.Stage) (*lake.Candidate, error)) error {
	stage := r.stage
	if stage == nil {
		var err error
		if stage, err = w.newStage(ctx, r); err != nil {
			return err
		}
	}
	candidate, err := make(stage)
	if err == nil && candidate != nil {
		var t *lake.Table
		if t, err = w.o.Lake.LoadAt(ctx, candidate.Name, candidate.Kind, candidate.Location); err == nil {
			next := *r
			next.stage, next.table, next.made = stage, t, candidate
			w.put(&next)
			*r = next
			return nil
		}
	}
	if r.stage == nil {
		err = errors.Join(err, stage.Drop(context.WithoutCancel(ctx)))
	}
	return err
}

// forget makes a name mean nothing.
func (w *Workspace) forget(r *relation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.temp {
		delete(w.relations, key(r.name, true))
		return
	}
	over := r.over
	if len(r.below) > 0 { // the workspace's own, which Close drops
		over = r.below[0].Over
	}
	w.relations[key(r.name, false)] = &relation{name: r.name, published: r.published, base: r.published, over: over}
}
