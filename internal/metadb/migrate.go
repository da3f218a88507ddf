package metadb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
)

// ownerName keeps owners usable inside the name of a table and of a file.
var ownerName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Migrate brings the tables of one owner to the newest version that the
// migrations (goose's SQL files, "00001_name.sql", only adding) know. Several
// processes may do so at once. A newer database gives a [NewerError]. Where
// tables of the owner exist and will change, the database is first copied to
// "<path>.bak-<owner>-<version>".
func (db *DB) Migrate(ctx context.Context, owner string, migrations fs.FS) error {
	if !ownerName.MatchString(owner) {
		return fmt.Errorf("migrate: %q is not an owner's name", owner)
	}
	v, err := newVersions(owner, db.program)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	provider, err := goose.NewProvider(goose.DialectCustom, db.writer, migrations,
		goose.WithStore(v), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	for deadline := time.Now().Add(lockWait); ; {
		current, err := db.version(ctx, v, known)
		if err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
		if current == known {
			return nil
		}
		if current > 0 {
			if err := db.backUp(ctx, v, current); err != nil {
				return fmt.Errorf("migrate %s: %w", owner, err)
			}
		}
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
		if busy(err) && ctx.Err() == nil && time.Now().Before(deadline) {
			continue
		}
		// Another process may have been quicker: each version goes in once
		// (see versions), so look how far the tables are and go on from there.
		if now, lookErr := db.version(ctx, v, known); lookErr != nil || now == current {
			return db.explain(fmt.Errorf("migrate %s in %s: %w", owner, db.path, err))
		}
	}
}

// version returns the version of an owner's tables, 0 where there are none,
// and refuses what is newer than known.
func (db *DB) version(ctx context.Context, v *versions, known int64) (int64, error) {
	var current int64
	err := db.View(ctx, func(tx Tx) (err error) {
		var program string
		if current, program, err = v.latest(ctx, tx); err != nil {
			return err
		}
		if current > known {
			return &NewerError{Path: db.path, Owner: v.owner, Found: current, Known: known, Program: program}
		}
		return nil
	})
	return current, err
}

// backUp copies the database while nobody else can write, unless somebody has
// migrated it since version current was seen.
func (db *DB) backUp(ctx context.Context, v *versions, current int64) error {
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
func (db *DB) copyTo(ctx context.Context, target string) (err error) {
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
func (db *DB) vacuumInto(ctx context.Context, target string) error {
	pool, err := connect(db.path, 1, "")
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO ?`, target)
	return errors.Join(err, pool.Close())
}
