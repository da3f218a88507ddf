package build

import (
	"context"
	"sync"
	"weak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// SystemTables gives the tables of the schema "system", of what a scope shows;
// nil is none.
type SystemTables interface {
	System(ctx context.Context, of *Scope, name string, wanted gate.Wanted) (*generated.Table, error)
	SystemNames() []string
}

// Scope is what names mean: the candidates of a run first, then the state of
// the catalog at one moment. It is safe for concurrent use.
type Scope struct {
	SystemTables SystemTables
	View         *lake.View
	// AsOf asks for the tables as they were.
	AsOf lake.At

	mu      sync.RWMutex
	overlay map[string]*lake.Table // nil is a name that was dropped
}

// Put makes a candidate the meaning of its name.
func (s *Scope) Put(t *lake.Table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.overlay == nil {
		s.overlay = map[string]*lake.Table{}
	}
	s.overlay[t.Name().Key()] = t
}

// Hide lets a name mean nothing.
func (s *Scope) Hide(t ident.Table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.overlay == nil {
		s.overlay = map[string]*lake.Table{}
	}
	s.overlay[t.Key()] = nil
}

// Forget gives a name its published meaning back.
func (s *Scope) Forget(t ident.Table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.overlay, t.Key())
}

// Table returns the table or view of that name.
func (s *Scope) Table(ctx context.Context, t ident.Table) (*lake.Table, error) {
	s.mu.RLock()
	candidate, ok := s.overlay[t.Key()]
	s.mu.RUnlock()
	switch {
	case !ok:
		return s.View.Load(ctx, t)
	case candidate == nil:
		return nil, diag.New("unknown-table", diag.Place{}, "there is no table %s", t).WithCause(lake.ErrNotFound)
	}
	return candidate, nil
}

// Entries returns the tables and views that there are.
func (s *Scope) Entries(context.Context) []lake.Entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var entries []lake.Entry
	for _, e := range s.View.Entries() {
		if _, changed := s.overlay[e.Name.Key()]; !changed {
			entries = append(entries, e)
		}
	}
	for _, t := range s.overlay {
		if t != nil {
			entries = append(entries, t.Entry())
		}
	}
	return entries
}

// Namespaces returns the namespaces that the catalog knows.
func (s *Scope) Namespaces(context.Context) []string { return s.View.Namespaces() }

// System returns a table of the schema "system".
func (s *Scope) System(ctx context.Context, name string, wanted gate.Wanted) (*generated.Table, error) {
	return s.SystemTables.System(ctx, s, name, wanted)
}

// Names returns the names that there are.
func (s *Scope) Names(ctx context.Context) []ident.Table {
	var names []ident.Table
	for _, e := range s.Entries(ctx) {
		names = append(names, e.Name)
	}
	for _, n := range s.SystemTables.SystemNames() {
		names = append(names, ident.Table{Namespace: "system", Name: n})
	}
	return names
}

// State is the same value as long as names mean the same; nil is not known.
func (s *Scope) State() any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.overlay != nil || s.AsOf != (lake.At{}) {
		return nil
	}
	return weak.Make(s.View) // whoever keeps it keeps no catalog
}

// At returns the moment whose state is asked for.
func (s *Scope) At() lake.At { return s.AsOf }
