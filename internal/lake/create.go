package lake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/view"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// NewTable is a table that an engine wants; schema, spec and sort order are as
// Iceberg writes them, in JSON.
type NewTable struct {
	Name ident.Table
	// Location is where it shall lie; "" leaves it to the lake.
	Location                string
	Schema, Spec, SortOrder json.RawMessage
	Properties              map[string]string
}

// Create makes an empty table.
func (w *Writer) Create(ctx context.Context, n NewTable, after After) (*Table, error) {
	now, err := w.revise(ctx, []revision{{n.Name, TableEntry, func(ctx context.Context, base *Table) (state, error) {
		return w.first(ctx, n, base)
	}}}, after)
	if err != nil {
		return nil, err
	}
	return now[0], nil
}

// Draft returns the metadata that a table would have, and makes no table: the
// engine fills it first and then creates it with its first rows. On this
// machine its folders are made, as there are engines that do not.
func (w *Writer) Draft(ctx context.Context, n NewTable) (json.RawMessage, error) {
	base, err := w.lake.Find(ctx, n.Name)
	if err != nil {
		return nil, err
	}
	s, err := w.first(ctx, n, base)
	if err != nil {
		return nil, err
	}
	data, metadata, _ := w.folders(n.Name, s)
	for _, folder := range []string{data, metadata} {
		if dir, local := w.lake.store.LocalPath(folder); local {
			if err := makeFolder(dir); err != nil {
				return nil, fmt.Errorf("make the folders of %s: %w", n.Name, err)
			}
		}
	}
	return s.encode()
}

// first is the state of a table that is not there yet.
func (w *Writer) first(ctx context.Context, n NewTable, base *Table) (state, error) {
	if base != nil {
		return state{}, taken(base.Entry(), TableEntry)
	}
	if err := w.mustHaveNamespace(ctx, n.Name); err != nil {
		return state{}, err
	}
	location, err := w.place(ctx, n.Name, nil, n.Location)
	if err != nil {
		return state{}, err
	}
	if err := w.checkPaths(ctx, n.Name, nil, n.Properties); err != nil {
		return state{}, err
	}
	var meta table.Metadata
	err = guarded(func() (err error) {
		if meta, err = n.metadata(location); err != nil {
			return err
		}
		return refuseEmptyStructs(nil, meta)
	})
	if err != nil {
		return state{}, refuse(ErrInvalid, "Cannot create table %s: %v", n.Name, err)
	}
	return state{table: meta}, nil
}

func (n NewTable) metadata(location string) (table.Metadata, error) {
	n, err := n.fromOne()
	if err != nil {
		return nil, err
	}
	var schema *iceberg.Schema
	if err := json.Unmarshal(n.Schema, &schema); err != nil || schema == nil {
		return nil, fmt.Errorf("invalid schema: %w", orMissing(err))
	}
	spec, order := *iceberg.UnpartitionedSpec, table.UnsortedSortOrder
	if given(n.Spec) {
		if err := json.Unmarshal(n.Spec, &spec); err != nil {
			return nil, fmt.Errorf("invalid partition spec: %w", err)
		}
	}
	if given(n.SortOrder) {
		if err := json.Unmarshal(n.SortOrder, &order); err != nil {
			return nil, fmt.Errorf("invalid sort order: %w", err)
		}
	}
	return table.NewMetadata(schema, &spec, order, location, iceberg.Properties(maps.Clone(n.Properties)))
}

func orMissing(err error) error {
	if err == nil {
		return fmt.Errorf("it is missing")
	}
	return err
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// mustHaveNamespace refuses names in namespaces that are not there.
func (w *Writer) mustHaveNamespace(ctx context.Context, name ident.Table) error {
	return w.lake.db.View(ctx, func(tx metadb.Tx) error {
		_, err := mustFindNamespace(ctx, tx, name.Namespace)
		return err
	})
}

// Register makes a table of a metadata file that is in the warehouse. A table
// that is there already is replaced if overwrite says so.
func (w *Writer) Register(ctx context.Context, name ident.Table, location string, overwrite bool, after After) (*Table, error) {
	if err := w.mustHaveNamespace(ctx, name); err != nil {
		return nil, err
	}
	base, err := w.lake.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	if base != nil && (base.kind == ViewEntry || !overwrite) {
		return nil, taken(base.Entry(), TableEntry)
	}
	if _, inside := w.lake.folder(location); !inside {
		return nil, refuse(ErrInvalid, "The metadata file %s is not below the warehouse %s", location, w.lake.store.URI(""))
	}
	t, err := w.lake.LoadAt(ctx, name, TableEntry, location)
	if err != nil {
		return nil, refuse(ErrInvalid, "The metadata file cannot be read: %v", err)
	}
	if folder, inside := w.lake.folder(strings.TrimRight(t.home(), "/")); inside {
		if other, found, err := w.lake.neighbour(ctx, name, w.lake.spans(folder, "")); err != nil {
			return nil, err
		} else if found {
			return nil, refuse(ErrInvalid, "The metadata file %s is of %s, or of a table in the same folder", location, other)
		}
	}
	return t, w.lake.point(ctx, base, t, after)
}

// point lets a name stand for a state that was written long ago.
func (l *Lake) point(ctx context.Context, base, t *Table, after After) error {
	before := ""
	if base != nil {
		before = base.location
	}
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		current, _, err := pointer(ctx, tx, t.name)
		if err != nil {
			return err
		}
		if current.Location != before {
			return taken(current, t.kind)
		}
		when, err := commitTime(ctx, tx)
		if err != nil {
			return err
		}
		if err := setPointer(ctx, tx, t.Entry(), before); err != nil {
			return err
		}
		if err := recordPointer(ctx, tx, t.Entry(), when); err != nil {
			return err
		}
		if err := dropHeld(ctx, tx, t.name); err != nil || after == nil {
			return err
		}
		return after(tx, []*Table{t})
	})
	if err != nil {
		return fmt.Errorf("register %s: %w", t.name, err)
	}
	return nil
}

// NewView is a view that an engine wants.
type NewView struct {
	Name            ident.Table
	Location        string
	Schema, Version json.RawMessage
	Properties      map[string]string
}

// CreateView makes a view.
func (w *Writer) CreateView(ctx context.Context, n NewView, after After) (*Table, error) {
	now, err := w.revise(ctx, []revision{{n.Name, ViewEntry, func(ctx context.Context, base *Table) (state, error) {
		return w.firstView(ctx, n, base)
	}}}, after)
	if err != nil {
		return nil, err
	}
	return now[0], nil
}

func (w *Writer) firstView(ctx context.Context, n NewView, base *Table) (state, error) {
	if base != nil {
		return state{}, taken(base.Entry(), ViewEntry)
	}
	if err := w.mustHaveNamespace(ctx, n.Name); err != nil {
		return state{}, err
	}
	location, err := w.place(ctx, n.Name, nil, n.Location)
	if err != nil {
		return state{}, err
	}
	if err := w.checkPaths(ctx, n.Name, nil, n.Properties); err != nil {
		return state{}, err
	}
	var meta view.Metadata
	if err := guarded(func() (err error) { meta, err = n.metadata(location); return err }); err != nil {
		return state{}, refuse(ErrInvalid, "Cannot create view %s: %s", n.Name, viewWords(err))
	}
	return state{view: meta}, nil
}

func (n NewView) metadata(location string) (view.Metadata, error) {
	var schema *iceberg.Schema
	if err := json.Unmarshal(n.Schema, &schema); err != nil || schema == nil {
		return nil, fmt.Errorf("invalid schema: %w", orMissing(err))
	}
	var version *view.Version
	if err := json.Unmarshal(n.Version, &version); err != nil || version == nil {
		return nil, fmt.Errorf("invalid view version: %w", orMissing(err))
	}
	return view.NewMetadata(version, schema, location, iceberg.Properties(maps.Clone(n.Properties)))
}
