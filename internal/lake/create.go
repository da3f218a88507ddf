package lake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

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
	location, err := w.firstPlace(ctx, n.Name, TableEntry, base, n.Location, n.Properties)
	if err != nil {
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

// firstPlace is where something new shall lie, if it may be made at all.
func (w *Writer) firstPlace(ctx context.Context, name ident.Table, kind EntryKind, base *Table, wanted string, properties map[string]string) (string, error) {
	if base != nil {
		return "", taken(base.Entry(), kind)
	}
	if err := w.mustHaveNamespace(ctx, name); err != nil {
		return "", err
	}
	location, err := w.place(ctx, name, nil, wanted)
	if err != nil {
		return "", err
	}
	return location, w.checkPaths(ctx, name, nil, properties)
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
	if err := refuseRights(n.Properties, nil); err != nil {
		return state{}, err
	}
	location, err := w.firstPlace(ctx, n.Name, ViewEntry, base, n.Location, n.Properties)
	if err != nil {
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
