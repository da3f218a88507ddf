package lake

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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
			err = NoEntry(kind, name)
		}
		return err
	})
	return e, err
}

// purging is what goes with a table for good.
type purging struct {
	name   ident.Table
	spans  []span // its history lies there
	folder string
	whole  bool // nobody else ever puts files there
	stages []stageRow
}

// ownFolder is what [Lake.newPlace] makes.
var ownFolder = regexp.MustCompile(`~[0-9a-f]{8}-[0-9a-f]{4}$`)

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
	p := &purging{name: e.Name, spans: l.spans(folder, ""), folder: folder, whole: ownFolder.MatchString(folder)}
	found, err := l.neighbour(ctx, e.Name, p.spans)
	if err == nil && found {
		err = refuse(ErrInvalid, "%s cannot be purged: another table lies in the same folder; it can be dropped without purge", e.Name)
	}
	return p, err
}

// neighbour reports whether another name stands for a table in the spans now.
func (l *Lake) neighbour(ctx context.Context, name ident.Table, spans []span) (found bool, err error) {
	for _, s := range spans {
		others, err := l.namesWithin(ctx, name, s)
		if err != nil {
			return false, err
		}
		for _, other := range others {
			t, err := l.Find(ctx, other)
			if err != nil {
				return false, err
			}
			if t != nil && (s.holds(t.home()+"/") || s.holds(t.location)) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s span) holds(location string) bool { return location >= s.from && location < s.to }

// namesWithin are the names, but for one, that have or had a state in a span.
func (l *Lake) namesWithin(ctx context.Context, but ident.Table, s span) (names []ident.Table, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		names, err = namesWithin(ctx, tx, but, s)
		return err
	})
	return names, err
}

func namesWithin(ctx context.Context, tx metadb.Tx, but ident.Table, s span) (names []ident.Table, err error) {
	rows, err := tx.Query(ctx, `SELECT table_namespace, table_name, 'TABLE', '' FROM iceberg_tables WHERE catalog_name = ? AND `+in(tx, "metadata_location")+`
		UNION SELECT namespace, name, 'TABLE', '' FROM tarn_pointer WHERE `+in(tx, "location")+` AND table_key <> ?`,
		CatalogName, s.from, s.to, s.from, s.to, but.Key())
	if err != nil {
		return nil, err
	}
	entries, err := scanEntries(rows)
	for _, e := range entries {
		if e.Name.Key() != but.Key() {
			names = append(names, e.Name)
		}
	}
	return names, err
}

// condemn drops the stages of the table, in the transaction that takes it out
// of the catalog: from then on sweeping removes what is left of them.
func (p *purging) condemn(ctx context.Context, tx metadb.Tx) error {
	rows, err := stages(ctx, tx, in(tx, "metadata_prefix")+` AND state IN (?, ?)`,
		p.folder+"/", p.folder+"0", stateCommitted, stateHeld)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := setState(ctx, tx, r.ID, stateDropped, stateCommitted, stateHeld); err != nil {
			return err
		}
	}
	p.stages = rows
	if p.whole {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		all := stageRow{ID: id.String(), Name: p.name, DataPrefix: p.folder, MetadataPrefix: p.folder + "/metadata", State: stateDropped}
		if err := insertStage(ctx, tx, all); err != nil {
			return err
		}
		p.stages = append(p.stages, all)
	}
	for _, s := range p.spans {
		if _, err := tx.Exec(ctx, `DELETE FROM tarn_pointer WHERE `+in(tx, "location"), s.from, s.to); err != nil {
			return err
		}
	}
	return nil
}
