package lake

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Rename lets another name, which stands for nothing yet, stand for what from
// does now. Files stay where they are.
func (w *Writer) Rename(ctx context.Context, kind EntryKind, from, to ident.Table, fn func(metadb.Tx) error) error {
	leave, err := w.lake.queue.enter(ctx, from.Key(), to.Key())
	if err != nil {
		return err
	}
	defer leave()
	base, err := w.lake.mustFind(ctx, kind, from)
	if err != nil {
		return err
	}
	bases, err := w.lake.foreignBases(ctx, Publication{Drops: []Drop{{Name: from, Base: base.location}}})
	if err != nil {
		return err
	}
	return w.lake.changeCatalog(ctx, fmt.Sprintf("rename %s to %s", from, to), fn, func(tx metadb.Tx) error {
		when, err := commitTime(ctx, tx)
		if err != nil {
			return err
		}
		for _, b := range bases {
			if err := recordPointer(ctx, tx, b.entry, b.snapshot, b.since); err != nil {
				return err
			}
		}
		current, found, err := pointer(ctx, tx, from)
		if err != nil {
			return err
		}
		if !found || current.Kind != kind {
			return NoEntry(kind, from)
		}
		if _, err := mustFindNamespace(ctx, tx, to.Namespace); err != nil {
			return err
		}
		// A name may change its case.
		if other, found, err := pointer(ctx, tx, to); err != nil {
			return err
		} else if found && other.Name != current.Name {
			return refuse(ErrExists, "Cannot rename %s to %s. %s already exists", from, to, other.Kind.word())
		}
		if err := dropOne(ctx, tx, Drop{Name: current.Name, Base: current.Location}, when); err != nil {
			return err
		}
		renamed := Entry{Name: to, Kind: kind, Location: current.Location}
		if err := setPointer(ctx, tx, renamed, ""); err != nil {
			return err
		}
		return recordPointer(ctx, tx, renamed, base.snapshotID(), when)
	})
}

// mustFind is Find for a name that must be there, as the kind that is asked for.
func (l *Lake) mustFind(ctx context.Context, kind EntryKind, name ident.Table) (*Table, error) {
	t, err := l.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	if t == nil || t.kind != kind {
		return nil, NoEntry(kind, name)
	}
	return t, nil
}
