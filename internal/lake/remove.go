package lake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Remove takes a table or view out of the catalog. Its states stay in the
// lake's history, unless purge asks for the files to go as well.
func (w *Writer) Remove(ctx context.Context, kind EntryKind, name ident.Table, purge bool, fn func(metadb.Tx) error) error {
	leave, err := w.lake.queue.enter(ctx, name.Key())
	if err != nil {
		return err
	}
	defer leave()
	for begun := 1; ; begun++ {
		err := w.removeOnce(ctx, kind, name, purge, fn)
		if err == nil || !errors.Is(err, ErrConflict) || begun == revisions {
			return err
		}
	}
}

func (w *Writer) removeOnce(ctx context.Context, kind EntryKind, name ident.Table, purge bool, fn func(metadb.Tx) error) error {
	e, err := w.lake.entry(ctx, kind, name)
	if err != nil {
		return err
	}
	var gone *purging
	if purge {
		if gone, err = w.lake.planPurge(ctx, e); err != nil {
			return err
		}
	}
	drop := Publication{Drops: []Drop{{Name: e.Name, Base: e.Location}}}
	err = w.lake.Publish(ctx, drop, func(tx metadb.Tx) error {
		if gone != nil {
			if err := gone.condemn(ctx, tx); err != nil {
				return err
			}
		}
		if fn == nil {
			return nil
		}
		return fn(tx)
	})
	if err != nil || gone == nil {
		return err
	}
	for _, r := range gone.stages {
		if err := w.lake.removeStage(ctx, r); err != nil {
			return fmt.Errorf("purge %s: %w", name, err)
		}
	}
	return nil
}

// entry returns what a name stands for without reading its metadata, which may
// be what is broken.
func (l *Lake) entry(ctx context.Context, kind EntryKind, name ident.Table) (e Entry, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		var found bool
		if e, found, err = pointer(ctx, tx, name); err == nil && (!found || e.Kind != kind) {
			err = refuse(ErrNotFound, "%s does not exist: %s", kind.word(), name)
		}
		return err
	})
	return e, err
}

// purging is what goes with a table for good.
type purging struct {
	name     ident.Table
	from, to string // its history lies between these locations
	folder   string // all of it goes; "" where others may put files there
	stages   []stageRow
}

// planPurge finds what a purge would remove. A table that Tarn builds lies in a
// folder that later tables of the name share, so that only the stages that are
// over go; one that was created by an engine has a folder of its own.
func (l *Lake) planPurge(ctx context.Context, e Entry) (*purging, error) {
	t, err := l.LoadAt(ctx, e.Name, e.Kind, e.Location)
	if err != nil {
		return nil, err
	}
	folder, inside := l.folder(strings.TrimRight(t.home(), "/"))
	if !inside {
		return nil, refuse(ErrInvalid, "The files of %s are not below the warehouse; it can be dropped without purge", e.Name)
	}
	p := &purging{name: e.Name, from: l.store.URI(folder) + "/", to: l.store.URI(folder) + "0"}
	if strings.HasPrefix(folder, tableFolder(e.Name)+"~") {
		p.folder = folder
	}
	return p, l.mustBeAlone(ctx, e.Name, folder)
}

// mustBeAlone refuses to purge where another table lies in the same folder.
func (l *Lake) mustBeAlone(ctx context.Context, name ident.Table, folder string) error {
	from, to := l.store.URI(folder)+"/", l.store.URI(folder)+"0"
	var others []Entry
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT namespace, name, kind, '' FROM tarn_pointer WHERE location > ? AND location < ? AND table_key <> ?
			UNION SELECT table_namespace, table_name, coalesce(iceberg_type, 'TABLE'), '' FROM iceberg_tables WHERE catalog_name = ? AND metadata_location > ? AND metadata_location < ?`,
			from, to, name.Key(), CatalogName, from, to)
		if err != nil {
			return err
		}
		others, err = scanEntries(rows)
		return err
	})
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Name.Key() == name.Key() {
			continue
		}
		t, err := l.Find(ctx, other.Name)
		if err != nil {
			return err
		}
		if t != nil && strings.HasPrefix(t.home()+"/", from) || t != nil && strings.HasPrefix(t.location, from) {
			return refuse(ErrInvalid, "%s cannot be purged: %s lies in the same folder; it can be dropped without purge", name, other.Name)
		}
	}
	return nil
}

// condemn drops the stages of the table, in the transaction that takes it out
// of the catalog: from then on sweeping removes what is left of them.
func (p *purging) condemn(ctx context.Context, tx metadb.Tx) error {
	rows, err := stages(ctx, tx, `location > ? AND location < ? AND state IN (?, ?)`, p.from, p.to, stateCommitted, stateHeld)
	if err != nil {
		return err
	}
	p.stages = rows
	if p.folder != "" {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		whole := stageRow{ID: id.String(), Name: p.name, DataPrefix: p.folder, MetadataPrefix: p.folder + "/metadata", State: stateDropped}
		if err := insertStage(ctx, tx, whole); err != nil {
			return err
		}
		p.stages = append(p.stages, whole)
	}
	for _, r := range rows {
		if _, err := setState(ctx, tx, r.ID, stateDropped, stateCommitted, stateHeld); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM tarn_pointer WHERE location > ? AND location < ?`, p.from, p.to)
	return err
}
