package run

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// leaseTime is how long a process may be silent before others take it for dead;
// it speaks three times as often.
const leaseTime = 30 * time.Second

// leases is a table of leases in a database that machines share. Its clock is
// the server's. A lease that has run out is still its holder's until another
// takes it or buries it, which makes the epoch another one; from then on no
// transaction that checks the lease is committed.
type leases struct {
	db   *metadb.DB
	last time.Duration
}

// clock is the server's time in microseconds.
const clock = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`

// writer is the name of the lease of the lake's writer.
const writer = "writer"

func newLeases(ctx context.Context, db *metadb.DB, last time.Duration) (*leases, error) {
	return &leases{db: db, last: last}, db.MigrateFrom(ctx, "lease", migrations, "migrations/lease")
}

func ofRun(runID string) string { return "run:" + runID }

func (l *leases) claim(ctx context.Context, r Run) (mark, error) {
	lease, _, err := l.lease(ctx, ofRun(r.ID), r, `FALSE`)
	if err != nil {
		return nil, err
	}
	return lease, nil
}

func (l *leases) take(ctx context.Context, r Run) (mark, Holder, error) {
	// Looking is cheaper than taking a turn, and waits last.
	switch h, free, err := l.holder(ctx, writer); {
	case err != nil:
		return nil, h, err
	case !free:
		return nil, h, errTaken
	}
	lease, h, err := l.lease(ctx, writer, r, `tarn_lease.run = '' OR tarn_lease.expires <= `+clock)
	if err != nil {
		return nil, h, err
	}
	return lease, h, nil
}

// lease takes a lease that is not there or that may be taken over.
func (l *leases) lease(ctx context.Context, name string, r Run, over string) (*lease, Holder, error) {
	out := &lease{leases: l, name: name, run: r.ID}
	var taken Holder
	err := l.db.Update(ctx, func(tx metadb.Tx) (err error) {
		h := r.holder()
		err = tx.QueryRow(ctx, `INSERT INTO tarn_lease (name, epoch, run, command, pid, host, since, expires)
			VALUES (?, 1, ?, ?, ?, ?, `+clock+`, `+clock+` + ?)
			ON CONFLICT (name) DO UPDATE SET epoch = tarn_lease.epoch + 1, run = excluded.run, command = excluded.command,
				pid = excluded.pid, host = excluded.host, since = excluded.since, expires = excluded.expires
			WHERE `+over+` RETURNING epoch`,
			name, h.Run, h.Command, h.PID, h.Host, l.last.Microseconds()).Scan(&out.epoch)
		if errors.Is(err, sql.ErrNoRows) {
			if taken, _, err = readHolder(ctx, tx, name); err == nil {
				err = errTaken
			}
		}
		return err
	})
	if errors.Is(err, metadb.ErrFateUnknown) {
		return l.settle(ctx, out)
	}
	return out, taken, err
}

// settle finds out whether a lease was taken when nobody said so.
func (l *leases) settle(ctx context.Context, out *lease) (*lease, Holder, error) {
	var h Holder
	err := l.db.Update(ctx, func(tx metadb.Tx) (err error) {
		if h, _, err = readHolder(ctx, tx, out.name); err != nil {
			return err
		}
		if h.Run != out.run {
			return errTaken
		}
		return tx.QueryRow(ctx, `SELECT epoch FROM tarn_lease WHERE name = ?`, out.name).Scan(&out.epoch)
	})
	return out, h, err
}

func (l *leases) holder(ctx context.Context, name string) (h Holder, free bool, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		h, free, err = readHolder(ctx, tx, name)
		return err
	})
	return h, free, err
}

// readHolder reads who has a lease, and whether it is free by now.
func readHolder(ctx context.Context, tx metadb.Tx, name string) (h Holder, free bool, err error) {
	var since int64
	err = tx.QueryRow(ctx, `SELECT run, command, pid, host, since, run = '' OR expires <= `+clock+` FROM tarn_lease WHERE name = ?`, name).
		Scan(&h.Run, &h.Command, &h.PID, &h.Host, &since, &free)
	if errors.Is(err, sql.ErrNoRows) {
		return Holder{}, true, nil
	}
	h.Since = time.UnixMicro(since).UTC().Truncate(time.Second)
	return h, free, err
}

func (l *leases) live(ctx context.Context, runID string) (bool, error) {
	_, free, err := l.holder(ctx, ofRun(runID))
	return !free, err
}

func (l *leases) bury(ctx context.Context, tx metadb.Tx, runID string) (bool, error) {
	_, err := tx.Exec(ctx, `DELETE FROM tarn_lease WHERE name = ? AND expires <= `+clock, ofRun(runID))
	if err != nil {
		return false, err
	}
	_, free, err := readHolder(ctx, tx, ofRun(runID))
	return free, err
}

func (l *leases) forget(string) error { return nil }

// lease is one that was taken.
type lease struct {
	*leases
	name, run string
	epoch     int64
}

func (l *lease) check(ctx context.Context, tx metadb.Tx) error {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM tarn_lease WHERE name = ? AND epoch = ? AND run = ?`, l.name, l.epoch, l.run).Scan(&n)
	if err != nil || n == 1 {
		return err
	}
	return l.lost()
}

// ErrLeaseLost says that a run was silent for so long that others took it for
// dead; it may not change anything any more.
var ErrLeaseLost = errors.New("the lease of the run was lost")

func (l *lease) lost() error {
	return diag.New("lease-lost", diag.Place{}, "the run %s did not reach the database for %s and was taken for dead; it changes nothing any more", l.run, l.last).
		WithCause(ErrLeaseLost).WithHint("tarn retry does what it had not published")
}

func (l *lease) renew(ctx context.Context) (bool, error) {
	var n int64
	err := l.db.Note(ctx, func(tx metadb.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE tarn_lease SET expires = `+clock+` + ? WHERE name = ? AND epoch = ? AND run = ?`,
			l.last.Microseconds(), l.name, l.epoch, l.run)
		return err
	})
	return n == 1, err
}

// release gives the lease back. That of a run goes with it; that of the writer
// keeps its epoch.
func (l *lease) release(ctx context.Context) error {
	query := `DELETE FROM tarn_lease WHERE name = ? AND epoch = ? AND run = ?`
	if l.name == writer {
		query = `UPDATE tarn_lease SET run = '' WHERE name = ? AND epoch = ? AND run = ?`
	}
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, query, l.name, l.epoch, l.run)
		return err
	})
	if err != nil {
		return fmt.Errorf("give back the lease of the run %s: %w", l.run, err)
	}
	return nil
}
