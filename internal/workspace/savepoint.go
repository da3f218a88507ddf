package workspace

import (
	"context"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/lake"
)

// Savepoint is what a transaction has changed up to a moment. As long as it is
// kept, the candidates of that moment stay as they are, and what changes next is
// built over them in stages of its own: a snapshot more for each table.
type Savepoint struct {
	relations  map[string]relation
	namespaces map[string]bool
	givenUp    []lake.Drop
	stages     int // how many there were
}

// Save makes a savepoint. It is kept until it is released, or until the
// transaction goes back to an earlier one or ends.
func (x *Transaction) Save() *Savepoint {
	w := x.work
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &Savepoint{relations: map[string]relation{}, namespaces: maps.Clone(w.namespaces), givenUp: slices.Clone(w.givenUp), stages: len(w.stages)}
	for key, r := range w.relations {
		s.relations[key] = *r
	}
	w.saved = append(w.saved, s)
	return s
}

// Release forgets a savepoint and those that were made after it; what was changed
// stays.
func (x *Transaction) Release(s *Savepoint) {
	w := x.work
	w.mu.Lock()
	defer w.mu.Unlock()
	if at := slices.Index(w.saved, s); at >= 0 {
		w.saved = w.saved[:at]
	}
}

// Back gives up what was changed since a savepoint, which is kept; nil is the
// beginning of the transaction.
func (x *Transaction) Back(ctx context.Context, s *Savepoint) error {
	ctx = context.WithoutCancel(ctx)
	w := x.work
	if s == nil {
		return w.Discard(ctx)
	}
	w.execute.Lock()
	defer w.execute.Unlock()
	w.mu.Lock()
	gone := slices.Clone(w.stages[s.stages:])
	w.relations = map[string]*relation{}
	for key, r := range s.relations {
		w.relations[key] = &r
	}
	w.namespaces, w.givenUp = maps.Clone(s.namespaces), slices.Clone(s.givenUp)
	w.stages = w.stages[:s.stages:s.stages]
	w.saved = w.saved[:slices.Index(w.saved, s)+1]
	w.mu.Unlock()
	return dropAll(ctx, gone)
}

// isSaved reports whether a savepoint, or the session, needs a relation's candidate
// as it is.
func (w *Workspace) isSaved(r *relation) bool {
	if r.stage != nil && w.session.needs(r.stage) {
		return true
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	return r.stage != nil && slices.ContainsFunc(w.saved, func(s *Savepoint) bool {
		was, there := s.relations[key(r.name, r.temp)]
		return there && was.stage == r.stage
	})
}

// above is the relation as it is, to be changed in another stage.
func (r *relation) above() *relation {
	next := r.under()
	next.table, next.temp, next.atCommit = r.table, r.temp, r.atCommit
	return next
}
