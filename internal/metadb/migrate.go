package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
)

// ownerName keeps owners usable inside the name of a table and of a file.
var ownerName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// migrator is what migrations need to know of a member.
type migrator interface {
	// migrating runs fn with the pool that migrations go through.
	migrating(ctx context.Context, fn func(*sql.DB) error) error
	// backUp copies the database unless somebody has migrated it since version
	// current was seen.
	backUp(ctx context.Context, v *versions, current int64) error
	// busy reports whether err says that somebody else has a lock.
	busy(err error) bool
	// explain adds what there is to say about the database itself.
	explain(err error) error
}

// MigrateFrom is [DB.Migrate] with the migrations in a folder of files.
func (db *DB) MigrateFrom(ctx context.Context, owner string, files fs.FS, folder string) error {
	migrations, err := fs.Sub(files, folder)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	return db.Migrate(ctx, owner, migrations)
}

// Migrate brings the tables of one owner to the newest version that the
// migrations (goose's SQL files, "00001_name.sql", only adding) know. A file of
// the same name in the folder postgres takes the place of one that Postgres
// would not understand. Several processes may migrate at once. A newer database
// gives a [NewerError]. Where tables of the owner exist and will change, a file
// is first copied to "<path>.bak-<owner>-<version>".
func (db *DB) Migrate(ctx context.Context, owner string, migrations fs.FS) error {
	if !ownerName.MatchString(owner) {
		return fmt.Errorf("migrate: %q is not an owner's name", owner)
	}
	v, err := newVersions(owner, db.program, db.Dialect())
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	known, err := newest(migrations)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	// Most databases are up to date, and are only read.
	if current, err := db.version(ctx, v, known); err != nil || current == known {
		if err != nil {
			err = fmt.Errorf("migrate %s: %w", owner, err)
		}
		return err
	}
	err = db.migrating(ctx, func(pool *sql.DB) error { return db.bring(ctx, pool, v, known, migrations) })
	if err != nil {
		return db.explain(fmt.Errorf("migrate %s in %s: %w", owner, db.place, err))
	}
	return nil
}

// newest is the number of the newest migration.
func newest(migrations fs.FS) (version int64, err error) {
	names, err := fs.Glob(migrations, "*.sql")
	for _, name := range names {
		n, numberErr := goose.NumericComponent(name)
		version, err = max(version, n), errors.Join(err, numberErr)
	}
	if err == nil && version == 0 {
		err = errors.New("there are no migrations")
	}
	return version, err
}

// bring applies the migrations that are missing.
func (db *DB) bring(ctx context.Context, pool *sql.DB, v *versions, known int64, migrations fs.FS) error {
	if db.Dialect() == Postgres {
		migrations = overlay{migrations, string(Postgres)}
	}
	provider, err := goose.NewProvider(goose.DialectCustom, pool, migrations, goose.WithStore(v), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(lockWait); ; {
		current, err := db.version(ctx, v, known)
		if err != nil || current == known {
			return err
		}
		if current > 0 {
			if err := db.backUp(ctx, v, current); err != nil {
				return err
			}
		}
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
		if db.busy(err) && ctx.Err() == nil && time.Now().Before(deadline) {
			continue
		}
		// Another process may have been quicker: each version goes in once
		// (see versions), so look how far the tables are and go on from there.
		if now, lookErr := db.version(ctx, v, known); lookErr != nil || now == current {
			return err
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
			return &NewerError{Path: db.place, Owner: v.owner, Found: current, Known: known, Program: program}
		}
		return nil
	})
	return current, err
}

// overlay is a file system in which files of a folder are in the place of those
// of the same name outside it.
type overlay struct {
	fs.FS
	folder string
}

// Open opens a file, or the folder that it all is in.
func (o overlay) Open(name string) (fs.File, error) {
	if name != "." {
		if f, err := o.FS.Open(o.folder + "/" + name); err == nil {
			return f, nil
		}
	}
	return o.FS.Open(name)
}
