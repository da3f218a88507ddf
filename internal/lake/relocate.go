package lake

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake/moved"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Relocated is what moving a lake's tables to where the lake is now came to.
type Relocated struct {
	// From and To are the warehouses; the same where nothing had to be done.
	From, To string
	// Tables are the names that there are or were, Files the metadata files,
	// manifests and delete files that were written again.
	Tables, Files int
	// Lost are the files that tables name and that cannot be read.
	Lost []LostFile
}

// LostFile is a file of a table that cannot be read.
type LostFile struct {
	Table ident.Table
	moved.Lost
	// Current: it is the state that readers see, and not an earlier one.
	Current bool
}

// Relocate makes a lake whose folder was moved readable where it is: all that
// names absolute locations is written again, the states of the past too, and one
// transaction makes it count. Also moves what other owners of the database have
// recorded of locations, in that transaction; it may be nil. Nobody else may use
// the lake meanwhile. Where it was broken off, it goes on when it is asked again.
func Relocate(ctx context.Context, o Options, also func(tx metadb.Tx, location func(string) string) error, progress func(done, of int)) (Relocated, error) {
	l := &Lake{db: o.DB, store: o.Store, cache: newCache[*Table](cachedMetadata)}
	out, err := l.relocate(ctx, also, progress)
	if err != nil {
		return out, fmt.Errorf("relocate the lake: %w", err)
	}
	return out, nil
}

func (l *Lake) relocate(ctx context.Context, also func(metadb.Tx, func(string) string) error, progress func(done, of int)) (Relocated, error) {
	out := Relocated{To: l.store.URI("")}
	if err := Migrate(ctx, l.db); err != nil {
		return out, err
	}
	var known []knownState
	var expired []expiredRow
	err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
		if out.From, err = warehouse(ctx, tx, out.To); err == nil {
			known, err = knownStates(ctx, tx)
		}
		if err == nil {
			expired, err = expiredRows(ctx, tx, time.UnixMicro(math.MaxInt64))
		}
		return err
	})
	if err != nil || out.From == out.To {
		return out, err
	}
	move := &relocation{lake: l, out: &out, now: map[string]string{}, old: map[string][]string{}}
	move.path = moved.New(l.store, out.From)
	if err := move.expired(ctx, expired); err != nil {
		return out, err
	}
	tables := slices.Collect(chunks(known))
	for i, states := range tables {
		if progress != nil {
			progress(i, len(tables))
		}
		if err := move.table(ctx, states); err != nil {
			return out, fmt.Errorf("%s: %w", states[0].name, err)
		}
	}
	failpoint.Hit("lake.relocate.before-swap")
	if err := l.db.Update(ctx, func(tx metadb.Tx) error { return move.swap(ctx, tx, also) }); err != nil {
		return out, err
	}
	failpoint.Hit("lake.relocate.after-commit")
	return out, nil
}

// warehouse returns where the locations in the database begin; here is what it
// is where nothing was recorded yet.
func warehouse(ctx context.Context, tx metadb.Tx, here string) (string, error) {
	var recorded string
	err := tx.QueryRow(ctx, `SELECT coalesce((SELECT value FROM tarn_lake WHERE name = 'warehouse'), ?)`, here).Scan(&recorded)
	return recorded, err
}

// relocation is one in the making.
type relocation struct {
	lake *Lake
	out  *Relocated
	// now are the new locations of metadata files, by the old ones.
	now  map[string]string
	path *moved.Mover
	// old are the files that nobody needs any more, by folder.
	old map[string][]string
}

// expired moves what is left of snapshots that tables have let go of.
func (r *relocation) expired(ctx context.Context, rows []expiredRow) error {
	m := moved.New(r.lake.store, r.out.From)
	for _, row := range rows {
		if row.kind != expiredSnapshot {
			continue
		}
		next, err := m.List(ctx, row.location)
		if err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
		r.now[row.location] = next
	}
	r.leave(m)
	return nil
}

func (r *relocation) leave(m *moved.Mover) {
	r.out.Files += m.New
	for _, name := range m.Old {
		r.old[path.Dir(name)] = append(r.old[path.Dir(name)], name)
	}
}

// table moves all states of a table.
func (r *relocation) table(ctx context.Context, states []knownState) error {
	m := moved.New(r.lake.store, r.out.From)
	for _, s := range currentFirst(states) {
		lost := len(m.Lost)
		next, err := m.Metadata(ctx, s.location)
		if err != nil {
			return err
		}
		r.now[s.location] = next
		for _, l := range m.Lost[lost:] {
			r.out.Lost = append(r.out.Lost, LostFile{Table: s.name, Lost: l, Current: s.current})
		}
	}
	r.out.Tables++
	r.leave(m)
	return nil
}

// swap lets the new files count, all at once.
func (r *relocation) swap(ctx context.Context, tx metadb.Tx, also func(metadb.Tx, func(string) string) error) error {
	known, err := knownStates(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range known {
		if _, found := r.now[s.location]; !found {
			return fmt.Errorf("%s was changed in the meantime: %w", s.name, ErrConflict)
		}
	}
	name := []string{"catalog_name", "table_namespace", "table_name"}
	for _, c := range []struct {
		table, column string
		key           []string
	}{
		{"iceberg_tables", "metadata_location", name}, {"iceberg_tables", "previous_metadata_location", name},
		{"tarn_pointer", "location", []string{"seq"}}, {"tarn_expired", "location", []string{"seq"}}, {"tarn_stage", "location", []string{"id"}}, {"tarn_stage", "base", []string{"id"}},
	} {
		if err := MoveColumn(ctx, tx, c.table, c.column, c.key, r.location); err != nil {
			return err
		}
	}
	if also != nil {
		if err := also(tx, r.location); err != nil {
			return err
		}
	}
	if err := r.leaveOld(ctx, tx); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE tarn_lake SET value = ? WHERE name = 'warehouse'`, r.out.To)
	return err
}

// location is where a state is now.
func (r *relocation) location(old string) string {
	if now, found := r.now[old]; found {
		return now
	}
	return r.path.Location(old)
}

// leaveOld lets the next sweep remove the files that were written again.
func (r *relocation) leaveOld(ctx context.Context, tx metadb.Tx) error {
	rows, err := stages(ctx, tx, `state <> ?`, stateDropped)
	if err != nil {
		return err
	}
	for _, s := range rows {
		spare := append(slices.Clone(r.old[s.MetadataPrefix]), r.old[s.DataPrefix]...)
		if len(spare) == 0 {
			continue
		}
		if err := setSpare(ctx, tx, s.ID, append(s.Spare, spare...)); err != nil {
			return err
		}
	}
	return nil
}
