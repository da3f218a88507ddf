package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// migrating has nothing to do: versions that are recorded once keep processes
// apart.
func (db *file) migrating(_ context.Context, fn func(*sql.DB) error) error { return fn(db.writer) }

// backUp copies the file while nobody else can write.
func (db *file) backUp(ctx context.Context, v *versions, current int64) error {
	return db.Update(ctx, func(tx Tx) error {
		if now, _, err := v.latest(ctx, tx); err != nil || now != current {
			return err
		}
		target := fmt.Sprintf("%s.bak-%s-%d", db.path, v.owner, current)
		if err := db.copyTo(ctx, target); err != nil {
			return fmt.Errorf("copy the database to %s: %w", target, err)
		}
		return nil
	})
}

// copyTo writes a complete copy beside the target first, so that the target
// is whole or absent.
func (db *file) copyTo(ctx context.Context, target string) (err error) {
	folder := filepath.Dir(target)
	f, err := os.CreateTemp(folder, filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	copied := func() error {
		if err := db.vacuumInto(ctx, f.Name()); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		return os.Rename(f.Name(), target)
	}
	if err := copied(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(folder)
}

// vacuumInto copies through a connection of its own: those for reading refuse
// it, and the one for writing is in a transaction.
func (db *file) vacuumInto(ctx context.Context, target string) error {
	pool, err := connect(db.path, 1, "")
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO ?`, target)
	return errors.Join(err, pool.Close())
}
