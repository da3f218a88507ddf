package lake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Entry is one name of the catalog and the state that it points at.
type Entry struct {
	Name     ident.Table
	Kind     EntryKind
	Location string
}

// View is the lake as it was at one moment; commits made since do not show. It is
// safe for concurrent use.
type View struct {
	lake    *Lake
	entries []Entry  // in order of name
	made    []string // namespaces that may be empty
	tags    *Tags    // nil in views of the past and of somebody else's catalog

	fold  sync.Once
	byKey map[string]Entry // by folded name; made when a name is not there as it is

	// first has the states of a catalog that somebody else keeps; nil is none.
	first *firstStates

	// forgotten are the names, by key, whose state at when has expired.
	forgotten map[string]Entry
	when      time.Time
}

// Pin returns the catalog as it is now: it reads what has changed since this
// process last did, and every pointer the first time, in one transaction. Of a
// catalog that somebody else keeps it reads the names; each state is that of its
// first use.
func (l *Lake) Pin(ctx context.Context) (*View, error) {
	if l.outside != nil {
		return l.pinOutside(ctx)
	}
	now, err := l.present.Get(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	return now.view, nil
}

func (l *Lake) newView(entries []Entry) *View {
	slices.SortFunc(entries, func(a, b Entry) int { return compareNames(a.Name, b.Name) })
	return &View{lake: l, entries: entries}
}

// compareNames orders names as they are written.
func compareNames(a, b ident.Table) int {
	if a.Namespace == b.Namespace {
		return strings.Compare(a.Name, b.Name)
	}
	return cmp.Or(strings.Compare(a.String(), b.String()), strings.Compare(a.Namespace, b.Namespace))
}

// byName compares an entry with a name.
func byName(e Entry, name ident.Table) int { return compareNames(e.Name, name) }

// find returns where a name is, as it is written, or would be.
func (v *View) find(name ident.Table) (at int, found bool) {
	return slices.BinarySearchFunc(v.entries, name, byName)
}

// Find returns the table or view that readers see under a name now; nil is
// none. It asks for one pointer and not for all, as [Lake.Pin] does.
func (l *Lake) Find(ctx context.Context, name ident.Table) (*Table, error) {
	if l.outside != nil {
		return l.findOutside(ctx, name)
	}
	var e Entry
	var found bool
	err := l.db.Look(ctx, func(r metadb.Reader) (err error) {
		e, found, err = pointer(ctx, r, name)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the catalog: %w", err)
	case !found:
		return nil, nil
	}
	return l.LoadAt(ctx, e.Name, e.Kind, e.Location)
}

// Entries returns every table and view in order of name.
func (v *View) Entries() []Entry { return slices.Clone(v.entries) }

// Namespaces returns the namespaces that hold tables or were made to, in order.
func (v *View) Namespaces() []string {
	names := slices.Clone(v.made)
	for _, e := range v.entries {
		names = append(names, e.Name.Namespace)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Entry returns what a name stands for; case matters only between names that
// differ by nothing else.
func (v *View) Entry(name ident.Table) (Entry, bool) {
	at, found := v.find(name)
	if found {
		return v.entries[at], true
	}
	v.fold.Do(func() {
		v.byKey = make(map[string]Entry, len(v.entries))
		for _, e := range v.entries {
			if _, taken := v.byKey[e.Name.Key()]; !taken {
				v.byKey[e.Name.Key()] = e
			}
		}
	})
	e, found := v.byKey[name.Key()]
	return e, found
}

// Load returns the table or view of that name, an [ErrNotFound] where there is
// none.
func (v *View) Load(ctx context.Context, name ident.Table) (*Table, error) {
	e, found := v.Entry(name)
	if _, forgotten := v.forgotten[name.Key()]; forgotten && !found {
		return nil, v.expired(ctx, name)
	}
	if !found {
		return nil, &missing{view: v, name: name}
	}
	if e.Location == "" && v.first != nil {
		t, err := v.first.load(ctx, v.lake, e)
		if err == nil && t == nil {
			err = &missing{view: v, name: name}
		}
		return t, err
	}
	return v.lake.LoadAt(ctx, e.Name, e.Kind, e.Location)
}

// expired is the [ErrNoSnapshot] of a name that was there, and of which nothing
// is left of then.
func (v *View) expired(ctx context.Context, name ident.Table) error {
	p := diag.New("expired", diag.Place{}, "what %s was at %s has expired: its snapshots of then were removed", name, v.when.UTC().Format(time.RFC3339)).
		WithCause(ErrNoSnapshot)
	var oldest int64
	err := v.lake.db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(min(committed_at), 0) FROM tarn_pointer WHERE table_key = ? AND kind NOT IN (?, ?) AND committed_at > ?`,
			name.Key(), expiredState, dropped, v.when.UnixMicro()).Scan(&oldest)
	})
	switch {
	case err != nil:
		return fmt.Errorf("read the history of %s: %w", name, err)
	case oldest == 0:
		return p
	}
	return p.WithHint("the oldest state after it that is kept is of %s; how long they are kept: history in tarn.yml, or the table's properties history.expire.*",
		time.UnixMicro(oldest).UTC().Format(time.RFC3339Nano))
}

// missing is the [ErrNotFound] of a name. Most who get it only ask whether the
// name is there, so that the near names are looked for when somebody reads it.
type missing struct {
	view *View
	name ident.Table
}

// Error says what was probably meant.
func (e *missing) Error() string { return e.problem().Error() }

// Is makes it an [ErrNotFound].
func (e *missing) Is(target error) bool { return target == ErrNotFound }

// As makes it a problem for people.
func (e *missing) As(target any) bool {
	p, ok := target.(**diag.Problem)
	if ok {
		*p = e.problem()
	}
	return ok
}

func (e *missing) problem() *diag.Problem {
	known := make([]string, len(e.view.entries))
	for i, entry := range e.view.entries {
		known[i] = entry.Name.String()
	}
	p := diag.New("unknown-table", diag.Place{}, "there is no table %s", e.name).WithCause(ErrNotFound)
	if near := ident.Near(e.name.String(), known); len(near) > 0 {
		return p.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return p
}
