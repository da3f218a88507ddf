package lake

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// outside is a catalog that somebody else keeps. It says which tables there are
// and in which state; everything else stays in our database, so that what it
// changes is not one transaction with what we write down: see [intent].
type outside interface {
	// place tells which catalog it is.
	place() string
	// list returns every name, without locations, and the namespaces.
	list(ctx context.Context) ([]Entry, []string, error)
	// load returns the present state of a name; nil is none.
	load(ctx context.Context, name ident.Table, kind EntryKind) (*Table, error)
	// home is where a table lies that is not there yet.
	home(ctx context.Context, name ident.Table) (string, error)
	// change makes changes, all at once or none, and returns the states that
	// they lead to. Several need atomic. What it answers with an
	// [errOutcomeUnknown] may have been made.
	change(ctx context.Context, changes []outsideChange) ([]*Table, error)
	atomic() bool
	drop(ctx context.Context, e Entry) error
	// namespaces makes some, and removes others if they are empty.
	namespaces(ctx context.Context, made, gone []string) error
}

// errOutcomeUnknown: a change may have been made or not.
var errOutcomeUnknown = errors.New("nobody can say whether the catalog made the change")

// outsideChange leads a name from one state to another.
type outsideChange struct {
	name ident.Table
	base *Table // nil: the name stands for nothing
	next *Table // the candidate
	// stage marks the change where no snapshot does.
	stage string
}

// IsOutside reports whether somebody else keeps the catalog.
func (l *Lake) IsOutside() bool { return l.outside != nil }

// IsAtomic reports whether several tables can be published at once: it is false
// also once a catalog that says so has refused to.
func (l *Lake) IsAtomic() bool {
	return l.outside == nil || l.outside.atomic() && !l.refusedTogether.Load()
}

// pinOutside lists the names of somebody else's catalog. What they stand for is
// asked when it is first needed, and stays for the view.
func (l *Lake) pinOutside(ctx context.Context) (*View, error) {
	entries, namespaces, err := l.outside.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	v := l.newView(entries)
	v.made, v.first = namespaces, &firstStates{}
	return v, nil
}

// firstStates are the states of a view as they were when it first needed them.
type firstStates struct {
	mu     sync.Mutex
	tables map[string]*Table
}

// load returns the state of an entry that has no location; nil is none.
func (f *firstStates) load(ctx context.Context, l *Lake, e Entry) (*Table, error) {
	f.mu.Lock()
	known := f.tables[e.Name.String()]
	f.mu.Unlock()
	if known != nil {
		return known, nil
	}
	t, err := l.outside.load(ctx, e.Name, e.Kind)
	if err != nil || t == nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.tables[e.Name.String()]; known != nil {
		return known, nil // others use that one
	}
	if f.tables == nil {
		f.tables = map[string]*Table{}
	}
	f.tables[e.Name.String()] = t
	return t, nil
}

// presentOutside are all names with what they stand for now.
func (l *Lake) presentOutside(ctx context.Context) (entries []Entry, err error) {
	v, err := l.pinOutside(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range v.entries {
		t, err := v.first.load(ctx, l, e)
		if err != nil {
			return nil, err
		}
		if t != nil {
			entries = append(entries, t.Entry())
		}
	}
	return entries, nil
}

// findOutside asks for one name as it is written, and for those that differ by
// case where there is none.
func (l *Lake) findOutside(ctx context.Context, name ident.Table) (*Table, error) {
	for _, kind := range []EntryKind{TableEntry, ViewEntry} {
		if t, err := l.outside.load(ctx, name, kind); err != nil || t != nil {
			return t, err
		}
	}
	entries, _, err := l.outside.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	if e, found := l.newView(entries).Entry(name); found {
		return l.outside.load(ctx, e.Name, e.Kind)
	}
	return nil, nil
}

// currentEntry returns what a name stands for now.
func (l *Lake) currentEntry(ctx context.Context, name ident.Table) (e Entry, found bool, err error) {
	if l.outside == nil {
		err = l.db.Look(ctx, func(r metadb.Reader) error {
			e, found, err = pointer(ctx, r, name)
			return err
		})
		return e, found, err
	}
	t, err := l.findOutside(ctx, name)
	if err != nil || t == nil {
		return Entry{}, false, err
	}
	return t.Entry(), true, nil
}

// stageHome returns where the files of a stage for a name go: where its table
// lies, or will lie. Without a catalog of somebody else's that follows from the
// name, and location is "".
func (l *Lake) stageHome(ctx context.Context, name ident.Table) (location, data, metadata string, err error) {
	if l.outside == nil {
		return "", tableFolder(name) + "/data", tableFolder(name) + "/metadata", nil
	}
	t, err := l.findOutside(ctx, name)
	if err != nil {
		return "", "", "", err
	}
	if t != nil {
		location = t.home()
	} else if location, err = l.outside.home(ctx, name); err != nil {
		return "", "", "", err
	}
	folder, inside := l.folder(trimmed(location))
	if !inside {
		return "", "", "", l.elsewhere(name, location)
	}
	data, metadata = folder+"/data", folder+"/metadata"
	if t != nil {
		for key, to := range map[string]*string{dataPathKey: &data, metadataPathKey: &metadata} {
			if chosen := trimmed(t.Properties()[key]); chosen != "" {
				if *to, inside = l.folder(chosen); !inside {
					return "", "", "", l.elsewhere(name, chosen)
				}
			}
		}
	}
	return location, data, metadata, nil
}

// elsewhere refuses a table that lies where nothing can be written.
func (l *Lake) elsewhere(name ident.Table, location string) error {
	return diag.New("catalog-location", diag.Place{}, "%s lies at %s, which is not below %s", name, location, l.store.URI("")).
		WithHint("catalog.location in tarn.yml is the folder of this machine below which the catalog's tables lie; other stores than folders are not written yet")
}
