package workspace

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// tempNamespace is what the engine calls the namespace of temporary tables,
// postgresTemp what PostgreSQL does.
const (
	tempNamespace = gate.TempNamespace
	postgresTemp  = "pg_temp"
)

// Scope returns what names mean: what the workspace has changed, and below it
// what they meant before.
func (w *Workspace) Scope() gate.Scope { return scope{w} }

type scope struct{ w *Workspace }

// Table returns the table or view of that name.
func (s scope) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	if r := s.w.changed(name); r != nil {
		if r.table == nil {
			return nil, diag.New("unknown-table", diag.Place{}, "there is no table %s", name).WithCause(lake.ErrNotFound)
		}
		return r.table, nil
	}
	return s.w.o.Scope.Table(ctx, name)
}

// System returns a generated table.
func (s scope) System(ctx context.Context, name string, wanted gate.Wanted) (*generated.Table, error) {
	return s.w.o.Scope.System(ctx, name, wanted)
}

// Temporary reports whether a name means a table that only the workspace has.
func (s scope) Temporary(name ident.Table) bool { return s.w.Temporary(name) }

// Names returns all names.
func (s scope) Names(ctx context.Context) []ident.Table {
	names := slices.DeleteFunc(s.w.o.Scope.Names(ctx), func(n ident.Table) bool { return s.w.changed(n) != nil })
	s.w.mu.RLock()
	defer s.w.mu.RUnlock()
	for _, r := range s.w.sorted() {
		if r.table != nil {
			names = append(names, r.name)
		}
	}
	return names
}

// Entries returns all tables and views.
func (s scope) Entries(ctx context.Context) []lake.Entry {
	entries := slices.DeleteFunc(s.w.o.Scope.Entries(ctx), func(e lake.Entry) bool { return s.w.changed(e.Name) != nil })
	s.w.mu.RLock()
	defer s.w.mu.RUnlock()
	for _, r := range s.w.sorted() {
		if r.table != nil {
			entries = append(entries, r.table.Entry())
		}
	}
	return entries
}

// Namespaces returns all namespaces.
func (s scope) Namespaces(ctx context.Context) []string {
	s.w.mu.RLock()
	defer s.w.mu.RUnlock()
	names := slices.DeleteFunc(s.w.o.Scope.Namespaces(ctx), func(n string) bool {
		made, changed := s.w.namespaces[n]
		return changed && !made
	})
	for _, n := range sortedKeys(s.w.namespaces) {
		if s.w.namespaces[n] && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// At returns the moment whose state is read.
func (s scope) At() lake.At { return s.w.o.Scope.At() }

// key is under which a name is kept: temporary tables have no namespace.
func key(name ident.Table, temp bool) string {
	if temp {
		name.Namespace = tempNamespace
	}
	return name.Key()
}

// changed returns what the workspace has made of a name; nil is nothing. In a run
// a temporary table stands before others of main: of people's it does where their
// text names no schema, see [gate.Gate.Meant].
func (w *Workspace) changed(name ident.Table) *relation {
	w.mu.RLock()
	defer w.mu.RUnlock()
	switch n := ident.Fold(name.Namespace); {
	case n == tempNamespace, n == tempNamespace+"."+ident.DefaultNamespace, n == postgresTemp, n == ident.DefaultNamespace && !w.o.Pinned:
		if r := w.relations[key(name, true)]; r != nil {
			return r
		}
	}
	return w.relations[key(name, false)]
}

// Temporary reports whether a name means a table that only the workspace has.
func (w *Workspace) Temporary(name ident.Table) bool {
	r := w.changed(name)
	return r != nil && r.temp
}

// sorted are the relations in order of name.
func (w *Workspace) sorted() []*relation {
	return slices.SortedFunc(maps.Values(w.relations), func(a, b *relation) int { return cmp.Compare(a.name.String(), b.name.String()) })
}

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
