package lake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Register makes a table of a metadata file that is in the warehouse. A table
// that is there already is replaced if overwrite says so.
func (w *Writer) Register(ctx context.Context, name ident.Table, location string, overwrite bool, after After) (*Table, error) {
	leave, err := w.lake.queue.enter(ctx, name.Key())
	if err != nil {
		return nil, err
	}
	defer leave()
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
	var around []span
	var known []ident.Table
	if folder, inside := w.lake.folder(strings.TrimRight(t.home(), "/")); inside {
		around = w.lake.spans(folder, "")
		err := w.lake.db.View(ctx, func(tx metadb.Tx) (err error) {
			known, err = namesAround(ctx, tx, name, around)
			return err
		})
		if err != nil {
			return nil, err
		}
		if found, err := w.lake.neighbour(ctx, name, around); err != nil {
			return nil, err
		} else if found {
			return nil, sameFolder(location)
		}
	}
	return t, w.lake.point(ctx, base, t, func(tx metadb.Tx, now []*Table) error {
		if err := stillAlone(ctx, tx, t, around, known); err != nil || after == nil {
			return err
		}
		return after(tx, now)
	})
}

func sameFolder(location string) error {
	return refuse(ErrInvalid, "The metadata file %s is of another table, or of one in the same folder", location)
}

// namesAround are the names, but for one, that stand for something now and have
// or had a state in spans.
func namesAround(ctx context.Context, tx metadb.Tx, but ident.Table, around []span) (standing []ident.Table, err error) {
	for _, s := range around {
		names, err := namesWithin(ctx, tx, but, s)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if _, found, err := pointer(ctx, tx, n); err != nil {
				return nil, err
			} else if found {
				standing = append(standing, n)
			}
		}
	}
	return standing, nil
}

// stillAlone asks, in the transaction that registers a table, whether another
// was made in its folder since it was looked for, and whether its files are
// still there.
func stillAlone(ctx context.Context, tx metadb.Tx, t *Table, around []span, known []ident.Table) error {
	names, err := namesAround(ctx, tx, t.name, around)
	if err != nil {
		return err
	}
	for _, other := range names {
		if !slices.Contains(known, other) {
			return sameFolder(t.location)
		}
	}
	var expired int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM tarn_expired WHERE location = ?`, t.location).Scan(&expired); err != nil {
		return err
	}
	if expired > 0 {
		return refuse(ErrInvalid, "The metadata file %s has expired, and its files are about to be removed", t.location)
	}
	return nil
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
		if err := recordPointer(ctx, tx, t.Entry(), t.snapshotID(), when); err != nil {
			return err
		}
		if err := dropHeld(ctx, tx, t.name); err != nil {
			return err
		}
		return after(tx, []*Table{t})
	})
	if err != nil {
		return fmt.Errorf("register %s: %w", t.name, err)
	}
	return nil
}
