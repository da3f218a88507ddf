package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/apache/iceberg-go/table"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
)

// listers is how many namespaces are listed at a time.
const listers = 8

// placeSchema are the columns of a table that is only asked for its place.
const placeSchema = `{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"place","required":false,"type":"string"}]}`

// restOutside is a catalog behind Iceberg's REST protocol.
type restOutside struct {
	lake   *Lake
	client *restcatalog.Client
}

var restKinds = map[EntryKind]restcatalog.Kind{TableEntry: restcatalog.Tables, ViewEntry: restcatalog.Views}

func (r *restOutside) place() string { return r.client.Place() }

func (r *restOutside) atomic() bool { return r.client.Atomic() }

// list implements [outside]: level by level, several namespaces at a time.
func (r *restOutside) list(ctx context.Context) (entries []Entry, namespaces []string, err error) {
	level := []string{""}
	for len(level) > 0 {
		var mu sync.Mutex
		var below []string
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(listers)
		for _, parent := range level {
			group.Go(func() error {
				found, names, err := r.within(ctx, parent)
				mu.Lock()
				defer mu.Unlock()
				entries, below = append(entries, found...), append(below, names...)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, nil, err
		}
		// A server without levels may answer with the top for all that is below.
		below = slices.DeleteFunc(below, func(name string) bool { return slices.Contains(namespaces, name) })
		namespaces, level = append(namespaces, below...), below
	}
	return entries, namespaces, nil
}

// within are the names in a namespace, and the namespaces directly below it. One
// that was dropped in between has none.
func (r *restOutside) within(ctx context.Context, parent string) (entries []Entry, names []string, err error) {
	if names, err = r.client.Namespaces(ctx, parent); err != nil && !errors.Is(err, restcatalog.ErrNotFound) {
		return nil, nil, err
	}
	if parent == "" {
		return nil, names, nil
	}
	for kind, as := range restKinds {
		if kind == ViewEntry && !r.client.HasViews() {
			continue
		}
		found, err := r.client.List(ctx, parent, as)
		if err != nil && !errors.Is(err, restcatalog.ErrNotFound) {
			return nil, nil, err
		}
		for _, name := range found {
			entries = append(entries, Entry{Name: name, Kind: kind})
		}
	}
	return entries, names, nil
}

func (r *restOutside) load(ctx context.Context, name ident.Table, kind EntryKind) (*Table, error) {
	if kind == ViewEntry && !r.client.HasViews() {
		return nil, nil
	}
	loaded, err := r.client.Load(ctx, restKinds[kind], name)
	if errors.Is(err, restcatalog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return r.table(name, kind, loaded)
}

func (r *restOutside) table(name ident.Table, kind EntryKind, loaded restcatalog.Loaded) (*Table, error) {
	if t, found := r.lake.cached(name, kind, loaded.Location); found {
		return t, nil
	}
	return r.lake.parse(name, kind, loaded.Location, loaded.Metadata)
}

func (r *restOutside) home(ctx context.Context, name ident.Table) (string, error) {
	draft, err := r.client.Draft(ctx, name, json.RawMessage(placeSchema))
	if errors.Is(err, restcatalog.ErrNotFound) {
		if err = r.client.MakeNamespace(ctx, name.Namespace); err == nil {
			draft, err = r.client.Draft(ctx, name, json.RawMessage(placeSchema))
		}
	}
	if err != nil {
		return "", fmt.Errorf("ask the catalog where %s will lie: %w", name, err)
	}
	meta, err := table.ParseMetadataBytes(draft)
	if err != nil {
		return "", fmt.Errorf("ask the catalog where %s will lie: %w", name, err)
	}
	return meta.Location(), nil
}

func (r *restOutside) change(ctx context.Context, changes []outsideChange) ([]*Table, error) {
	if len(changes) == 1 {
		t, err := r.changeOne(ctx, changes[0])
		return []*Table{t}, restOutcome(err)
	}
	all := make([]restcatalog.Change, len(changes))
	for i, c := range changes {
		var err error
		if all[i], err = c.tableChange(); err != nil {
			return nil, err
		}
	}
	if err := r.client.CommitAll(ctx, all); err != nil {
		return nil, restOutcome(err)
	}
	now := make([]*Table, len(changes))
	for i, c := range changes {
		t, err := r.load(ctx, c.name, TableEntry)
		if err == nil && t == nil {
			err = fmt.Errorf("%s was dropped as soon as it was published", c.name)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errOutcomeUnknown, err)
		}
		now[i] = t
	}
	return now, nil
}

func (r *restOutside) changeOne(ctx context.Context, c outsideChange) (*Table, error) {
	if c.next.kind == ViewEntry {
		return r.changeView(ctx, c)
	}
	change, err := c.tableChange()
	if err != nil {
		return nil, err
	}
	if len(change.Updates) == 0 {
		return c.base, nil
	}
	loaded, err := r.client.Commit(ctx, restcatalog.Tables, change)
	if err != nil {
		return nil, err
	}
	return r.table(c.name, TableEntry, loaded)
}

func (r *restOutside) changeView(ctx context.Context, c outsideChange) (*Table, error) {
	if !r.client.HasViews() {
		return nil, diag.New("catalog-no-views", diag.Place{}, "the catalog at %s keeps no views, and %s is one", r.place(), c.name).
			WithHint("materialise it as a table: +materialized: table")
	}
	if c.base == nil {
		v, err := c.newView()
		if err != nil {
			return nil, err
		}
		loaded, err := r.client.CreateView(ctx, v)
		if err != nil {
			return nil, err
		}
		return r.table(c.name, ViewEntry, loaded)
	}
	change, err := c.viewChange()
	if err != nil {
		return nil, err
	}
	loaded, err := r.client.Commit(ctx, restcatalog.Views, change)
	if err != nil {
		return nil, err
	}
	return r.table(c.name, ViewEntry, loaded)
}

func (r *restOutside) drop(ctx context.Context, e Entry) error {
	err := r.client.Drop(ctx, restKinds[e.Kind], e.Name)
	if errors.Is(err, restcatalog.ErrNotFound) {
		return nil
	}
	return restOutcome(err)
}

func (r *restOutside) namespaces(ctx context.Context, made, gone []string) error {
	for _, name := range made {
		if err := r.client.MakeNamespace(ctx, name); err != nil {
			return fmt.Errorf("make namespace %s: %w", name, err)
		}
	}
	for _, name := range gone {
		if err := r.client.DropNamespace(ctx, name); err != nil {
			return fmt.Errorf("drop namespace %s: %w", name, err)
		}
	}
	return nil
}

// restOutcome says in the lake's words what the client says.
func restOutcome(err error) error {
	switch {
	case errors.Is(err, restcatalog.ErrOutcomeUnknown):
		return fmt.Errorf("%w: %w", errOutcomeUnknown, err)
	case errors.Is(err, restcatalog.ErrConflict):
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}
