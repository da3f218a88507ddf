package lake

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// expiredRow is a row of tarn_expired.
type expiredRow struct {
	seq  int64
	name ident.Table
	expiredFile
}

func insertExpired(ctx context.Context, tx metadb.Tx, name ident.Table, f expiredFile, when time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO tarn_expired (namespace, name, table_key, kind, location, snapshot_id, expired_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		name.Namespace, name.Name, name.Key(), f.kind, f.location, f.snapshot, when.UnixMicro())
	return err
}

// expiredRows reads what expired at a time or before.
func expiredRows(ctx context.Context, tx metadb.Tx, before time.Time) (out []expiredRow, err error) {
	rows, err := tx.Query(ctx, `SELECT seq, namespace, name, kind, location, snapshot_id FROM tarn_expired WHERE expired_at <= ? ORDER BY seq`, before.UnixMicro())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r expiredRow
		if err := rows.Scan(&r.seq, &r.name.Namespace, &r.name.Name, &r.kind, &r.location, &r.snapshot); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// expiredState is the kind of a pointer of which nothing is left: from then on,
// until the next pointer, the table's state cannot be read any more.
const expiredState EntryKind = "EXPIRED"

// pastPointer is a row of tarn_pointer.
type pastPointer struct {
	seq, snapshot int64
	kind          EntryKind
	name          ident.Table
	location      string
}

func pastPointers(ctx context.Context, tx metadb.Tx, key string) (out []pastPointer, err error) {
	rows, err := tx.Query(ctx, `SELECT seq, snapshot_id, kind, namespace, name, location FROM tarn_pointer WHERE table_key = ? ORDER BY seq`, key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p pastPointer
		if err := rows.Scan(&p.seq, &p.snapshot, &p.kind, &p.name.Namespace, &p.name.Name, &p.location); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// forgetting is which states of one name go, because their snapshots or their
// metadata files have expired.
type forgetting struct {
	snapshots map[int64]bool
	locations map[string]bool
}

// gone marks the states that go. One without a snapshot goes with the next.
func (f forgetting) gone(past []pastPointer) []bool {
	out := make([]bool, len(past))
	for i := len(past) - 1; i >= 0; i-- {
		p := past[i]
		switch {
		case p.kind != TableEntry:
		case f.locations[p.location], p.snapshot > 0 && f.snapshots[p.snapshot]:
			out[i] = true
		case p.snapshot == 0:
			out[i] = i+1 < len(past) && out[i+1]
		}
	}
	return out
}

// forget takes the states of a name that go out of the history, in a
// transaction: of several in a row, the first stays to say that it is so. Their
// metadata files become files that may go.
func (f forgetting) forget(ctx context.Context, tx metadb.Tx, name ident.Table, when time.Time) error {
	past, err := pastPointers(ctx, tx, name.Key())
	if err != nil {
		return err
	}
	current, _, err := pointer(ctx, tx, name)
	if err != nil {
		return err
	}
	for i, gone := range f.gone(past) {
		p := past[i]
		if !gone || p.location == current.Location {
			continue
		}
		first := i == 0 || past[i-1].kind != expiredState
		if first {
			past[i].kind = expiredState
			_, err = tx.Exec(ctx, `UPDATE tarn_pointer SET kind = ?, location = '', snapshot_id = 0 WHERE seq = ?`, expiredState, p.seq)
		} else {
			past[i].kind = expiredState
			_, err = tx.Exec(ctx, `DELETE FROM tarn_pointer WHERE seq = ?`, p.seq)
		}
		if err == nil && !f.locations[p.location] {
			f.locations[p.location] = true
			err = insertExpired(ctx, tx, name, expiredFile{kind: expiredMetadata, location: p.location}, when)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetStates takes states out of the history that need what has expired, and
// returns all that has.
func (l *Lake) forgetStates(ctx context.Context, before time.Time) (rows []expiredRow, err error) {
	if err := l.recordSnapshots(ctx, before); err != nil {
		return nil, err
	}
	err = l.db.Update(ctx, func(tx metadb.Tx) error {
		rows, err = expiredRows(ctx, tx, before)
		if err != nil || len(rows) == 0 {
			return err
		}
		names, by := []ident.Table{}, map[string]forgetting{}
		for _, r := range rows {
			f, found := by[r.name.Key()]
			if !found {
				f = forgetting{map[int64]bool{}, map[string]bool{}}
				by[r.name.Key()], names = f, append(names, r.name)
			}
			switch r.kind {
			case expiredSnapshot:
				f.snapshots[r.snapshot] = true
			case expiredMetadata:
				f.locations[r.location] = true
			}
		}
		for _, name := range names {
			if err := by[name.Key()].forget(ctx, tx, name, before); err != nil {
				return err
			}
		}
		rows, err = expiredRows(ctx, tx, before)
		return err
	})
	return rows, err
}

// recordSnapshots looks up, for tables of which something has expired, what
// readers saw through pointers that an earlier version of Tarn has set.
func (l *Lake) recordSnapshots(ctx context.Context, before time.Time) error {
	var unknown []pastPointer
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		unknown = nil
		rows, err := expiredRows(ctx, tx, before)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, r := range rows {
			if seen[r.name.Key()] {
				continue
			}
			seen[r.name.Key()] = true
			past, err := pastPointers(ctx, tx, r.name.Key())
			if err != nil {
				return err
			}
			for _, p := range past {
				if p.snapshot < 0 && p.kind == TableEntry {
					unknown = append(unknown, p)
				}
			}
		}
		return nil
	})
	if err != nil || len(unknown) == 0 {
		return err
	}
	for i, p := range unknown {
		t, err := l.LoadAt(ctx, p.name, p.kind, p.location)
		switch {
		case errors.Is(err, fs.ErrNotExist): // it goes with the next
			unknown[i].snapshot = 0
		case err != nil:
			return err
		default:
			unknown[i].snapshot = t.snapshotID()
		}
	}
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		for _, p := range unknown {
			if _, err := tx.Exec(ctx, `UPDATE tarn_pointer SET snapshot_id = ? WHERE seq = ?`, p.snapshot, p.seq); err != nil {
				return err
			}
		}
		return nil
	})
}
