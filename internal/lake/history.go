package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// commitTime is the moment of a commit; later commits never have earlier ones,
// whatever the clock does.
func commitTime(ctx context.Context, tx metadb.Tx) (time.Time, error) {
	var last int64
	err := tx.QueryRow(ctx, `SELECT coalesce(max(committed_at), 0) FROM tarn_pointer
		WHERE seq = (SELECT max(seq) FROM tarn_pointer)`).Scan(&last)
	return time.UnixMicro(max(last, time.Now().UnixMicro())).UTC(), err
}

// dropped is the kind of a pointer that was removed.
const dropped EntryKind = "DROPPED"

// recordPointer notes what a name stands for from now on; snapshot is what
// readers see through it, 0 for none.
func recordPointer(ctx context.Context, tx metadb.Tx, e Entry, snapshot int64, when time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO tarn_pointer (namespace, name, table_key, kind, location, committed_at, snapshot_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Name.Namespace, e.Name.Name, e.Name.Key(), e.Kind, e.Location, when.UnixMicro(), snapshot)
	return err
}

// PinAt returns the lake as readers knew it at a time: the tables of one commit
// are all there or none is, views and schemas are those of then. The time of a
// snapshot, by contrast, is that of its making, which is earlier than its
// publication and differs between the tables of one commit. Where other
// programs write to the catalog as well, what they did counts from the time
// that their metadata names, and what they dropped is gone at any time; what
// was dropped here is there as it was before.
func (l *Lake) PinAt(ctx context.Context, when time.Time) (*View, error) {
	var past, present []Entry
	if l.outside != nil {
		var err error
		if present, err = l.presentOutside(ctx); err != nil {
			return nil, fmt.Errorf("read the catalog at %s: %w", when.UTC().Format(time.RFC3339), err)
		}
	}
	known, gone := map[string]bool{}, map[string]bool{}
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT namespace, name, kind, location FROM tarn_pointer
			WHERE seq IN (SELECT max(seq) FROM tarn_pointer WHERE committed_at <= ? GROUP BY table_key)`, when.UnixMicro())
		if err != nil {
			return err
		}
		if past, err = scanEntries(rows); err != nil {
			return err
		}
		if l.outside == nil {
			if present, err = allPointers(ctx, tx); err != nil {
				return err
			}
		}
		if gone, err = droppedNames(ctx, tx); err != nil {
			return err
		}
		for _, e := range present {
			if known[e.Location], err = recorded(ctx, tx, e.Location); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalog at %s: %w", when.UTC().Format(time.RFC3339), err)
	}
	entries, err := l.mixed(ctx, when, past, present, known, gone)
	if err != nil {
		return nil, err
	}
	v := l.newView(entries)
	v.when, v.forgotten = when, forgotten(past)
	return v, nil
}

// forgotten are the names, by key, of which nothing is left of a time.
func forgotten(past []Entry) map[string]Entry {
	out := map[string]Entry{}
	for _, e := range past {
		if e.Kind == expiredState {
			out[e.Name.Key()] = e
		}
	}
	return out
}

// mixed are the entries of a time: those that our commits had made by then, and
// of those that other programs have made since the ones that are as old.
func (l *Lake) mixed(ctx context.Context, when time.Time, past, present []Entry, known, gone map[string]bool) ([]Entry, error) {
	at := map[string]Entry{}
	var entries []Entry
	for _, e := range past {
		switch {
		case e.Kind == dropped:
		case e.Kind == expiredState:
		case gone[e.Name.Key()]:
			entries = append(entries, e)
		default:
			at[e.Name.Key()] = e
		}
	}
	for _, e := range present {
		then, found := at[e.Name.Key()]
		if !known[e.Location] {
			t, err := l.LoadAt(ctx, e.Name, e.Kind, e.Location)
			if err != nil {
				return nil, err
			}
			if !t.updated().After(when) {
				then, found = e, true
			}
		}
		if found {
			entries = append(entries, then)
		}
	}
	return entries, nil
}

// droppedNames are the names, by key, whose last pointer was removed here.
func droppedNames(ctx context.Context, tx metadb.Tx) (names map[string]bool, err error) {
	rows, err := tx.Query(ctx, `SELECT table_key FROM tarn_pointer WHERE kind = ? AND seq IN (SELECT max(seq) FROM tarn_pointer GROUP BY table_key)`, dropped)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names = map[string]bool{}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		names[key] = true
	}
	return names, rows.Err()
}

// foreign is a state that another program has made current.
type foreign struct {
	entry    Entry
	since    time.Time
	snapshot int64
}

// foreignBases returns the bases of changes that no commit of ours has made
// current, by location, so that they do not fall out of the history when the
// pointer moves on.
func (l *Lake) foreignBases(ctx context.Context, p Publication) (map[string]foreign, error) {
	changes := slices.Clone(p.Drops)
	for _, c := range p.Candidates {
		changes = append(changes, Drop{Name: c.Name, Base: c.Base})
	}
	changes = slices.DeleteFunc(changes, func(d Drop) bool {
		_, known := l.ours.get(d.Base)
		return d.Base == "" || known
	})
	if len(changes) == 0 {
		return nil, nil
	}
	out := map[string]foreign{}
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		clear(out)
		for _, c := range changes {
			known, err := recorded(ctx, tx, c.Base)
			if err != nil {
				return err
			}
			if known {
				l.ours.put(c.Base, true)
				continue
			}
			current, found, err := pointer(ctx, tx, c.Name)
			if err != nil {
				return err
			}
			if found && current.Location == c.Base {
				out[c.Base] = foreign{entry: current}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for location, f := range out {
		t, err := l.LoadAt(ctx, f.entry.Name, f.entry.Kind, location)
		if err != nil {
			return nil, err
		}
		out[location] = foreign{f.entry, t.updated(), t.snapshotID()}
	}
	return out, nil
}

// recorded reports whether a commit of ours has set a pointer to location.
func recorded(ctx context.Context, tx metadb.Tx, location string) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM tarn_pointer WHERE location = ?`, location).Scan(&n)
	return n > 0, err
}

// snapshotID is that of the current snapshot; 0 is none.
func (t *Table) snapshotID() int64 {
	if t.kind == TableEntry {
		if s := t.meta.CurrentSnapshot(); s != nil {
			return s.SnapshotID
		}
	}
	return 0
}

// updated is when the metadata file says that it was made.
func (t *Table) updated() time.Time {
	if t.kind == ViewEntry {
		return time.UnixMilli(t.view.CurrentVersion().TimestampMS)
	}
	return time.UnixMilli(t.meta.LastUpdatedMillis())
}
