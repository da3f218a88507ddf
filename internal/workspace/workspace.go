// Package workspace is for statements that change something: INSERT, UPDATE,
// DELETE, MERGE, CREATE, ALTER, DROP and their like, as hooks, operations and
// materialisations of projects send them.
//
// A workspace is what one step of a run has changed and nobody else sees. Its
// [Workspace.Scope] is the scope of the run with those changes on top; each
// change is a candidate of the lake, however many statements made it.
//
// It promises:
//
//  1. Nothing that a statement does is visible outside before what
//     [Workspace.Changes] returns is published, all of it in one transaction.
//  2. What the author wrote runs in the gate's locked-down engine and only as
//     queries: heads are read, never run. Rows are written as package write
//     writes them.
//  3. Rows are what the engine would make them: the same script gives the same
//     tables.
//  4. What a lake cannot keep is refused, with its place: keys, defaults, checks.
//
// It leaves to others testing and publishing the changes.
package workspace

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// Options are what a workspace needs; all are needed but Summary.
type Options struct {
	Lake   *lake.Lake
	Writer *write.Writer
	Gate   *gate.Gate
	// Scope is what names mean before the first change.
	Scope gate.Scope
	// Run and Step own what is built.
	Run, Step string
	// OfProject lets the views that are made read with the project's rights: for
	// runs.
	OfProject bool
	// Summary goes into the snapshots.
	Summary map[string]string
	// Pinned builds changes over what Scope shows, whatever others have published
	// since: to publish them is a conflict then, or moves them along. Otherwise
	// they are built over what is published when a name is changed first.
	Pinned bool
	// Kept are names that statements must not change; nil is none.
	Kept func(ident.Table) bool
}

// Workspace is the changes of one step. Statements run one at a time; its scope
// may be read at any time.
type Workspace struct {
	o       Options
	nonce   string // makes names that no author can guess
	execute sync.Mutex

	mu         sync.RWMutex
	relations  map[string]*relation
	namespaces map[string]bool // made, or false: dropped
	givenUp    []lake.Drop     // candidates of other steps whose names are taken
	stages     []*lake.Stage   // all that were begun, in order
	saved      []*Savepoint
	session    *Session // whose temporary tables outlast it; nil is nobody's
}

// relation is a name that the workspace has changed.
type relation struct {
	name ident.Table
	// table is what the name means; nil is nothing.
	table *lake.Table
	// stage holds the candidate; nil where the name was dropped.
	stage *lake.Stage
	// made is the stage's candidate as it was built; nil where it was renamed since.
	made *lake.Candidate
	// base is what the candidate is built over, published what readers see under
	// the name. They are the same unless the relation was renamed.
	base, published *lake.Table
	// onto is a candidate over base that was there before: that of another step
	// of the run.
	onto *lake.Table
	over string // its stage
	// below are candidates of this workspace that the stage's is built over.
	below []*lake.Candidate
	temp  bool
	// atCommit is what a session keeps of a temporary table.
	atCommit sqlast.AtCommit
}

// New returns an empty workspace.
func New(o Options) *Workspace {
	return &Workspace{o: o, nonce: rand.Text(), relations: map[string]*relation{}, namespaces: map[string]bool{}}
}

// Changes returns what the statements have changed so far. Temporary tables are
// no part of it.
func (w *Workspace) Changes() lake.Publication {
	w.mu.RLock()
	defer w.mu.RUnlock()
	p := lake.Publication{Drops: slices.Clone(w.givenUp)}
	for _, r := range w.sorted() {
		switch {
		case r.temp:
		case r.table != nil:
			p.Candidates = append(append(p.Candidates, r.below...), r.next())
		case r.published != nil:
			p.Drops = append(p.Drops, lake.Drop{Name: r.published.Name(), Base: r.published.Location(), Over: r.over})
		case r.over != "":
			p.Drops = append(p.Drops, lake.Drop{Name: r.name, Over: r.over})
		}
	}
	for _, n := range sortedKeys(w.namespaces) {
		if w.namespaces[n] {
			p.Namespaces = append(p.Namespaces, n)
		} else {
			p.Gone = append(p.Gone, n)
		}
	}
	return p
}

// next is the candidate that a relation has.
func (r *relation) next() *lake.Candidate {
	c := r.stage.Candidate()
	if r.made != nil {
		made := *r.made
		c = &made
	}
	c.Over = r.over
	return c
}

// Discard gives up everything that was changed.
func (w *Workspace) Discard(ctx context.Context) error {
	w.execute.Lock()
	defer w.execute.Unlock()
	w.mu.Lock()
	stages := w.stages
	w.relations, w.namespaces, w.stages, w.givenUp, w.saved = w.session.begun(), map[string]bool{}, nil, nil, nil
	w.mu.Unlock()
	return dropAll(ctx, stages)
}

// Close removes what only the workspace has seen: temporary tables, which its
// session takes over, and candidates that were dropped again. Changes stay.
func (w *Workspace) Close(ctx context.Context) error {
	w.execute.Lock()
	defer w.execute.Unlock()
	needed := map[string]bool{}
	for _, c := range w.Changes().Candidates {
		needed[c.Stage] = true
	}
	w.mu.Lock()
	stages := w.stages
	if w.session != nil {
		stages = w.session.take(w.relations, stages)
	}
	w.stages, w.saved = nil, nil
	for key, r := range w.relations {
		if r.temp {
			delete(w.relations, key)
		}
	}
	w.mu.Unlock()
	return dropAll(ctx, slices.DeleteFunc(stages, func(s *lake.Stage) bool { return needed[s.ID()] }))
}

func dropAll(ctx context.Context, stages []*lake.Stage) error {
	var errs []error
	for _, s := range stages {
		errs = append(errs, s.Drop(ctx))
	}
	return errors.Join(errs...)
}
