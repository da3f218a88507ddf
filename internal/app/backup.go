package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/backup"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/serve/icebergrest"
	"github.com/tarn-lake/tarn/internal/serve/reply"
)

// BackupManifest says what a backup holds.
type BackupManifest = backup.Manifest

// Backup copies the lake's databases to a folder, and with withData the files of
// its tables. Others may go on writing.
func (a *App) Backup(ctx context.Context, target string, withData bool, progress func(done, of int64)) (m BackupManifest, err error) {
	if err := a.onlyOurs("backed up"); err != nil {
		return m, err
	}
	if !a.hasLake() {
		return m, diag.New("no-lake", diag.Place{}, "there is no lake in %s", a.config.LakeDir()).WithHint("tarn build makes one")
	}
	if target, err = filepath.Abs(target); err != nil {
		return m, err
	}
	if inside, err := filepath.Rel(a.config.LakeDir(), target); err == nil && filepath.IsLocal(inside) {
		return m, diag.New("unsafe-backup", diag.Place{}, "%s is in the lake's own folder, and would be lost with it", target).WithHint("choose another folder, on another disk at best")
	}
	s, err := a.open(ctx)
	if err != nil {
		return m, err
	}
	store, err := local.New(filepath.Join(a.config.LakeDir(), "warehouse"))
	if err != nil {
		return m, err
	}
	return backup.Make(ctx, backup.Source{Catalog: s.catalog, State: s.state, Owners: owners(), Warehouse: store, Program: "tarn " + a.options.Version}, target, withData, progress)
}

// owners speak for the packages that keep tables in the databases.
func owners() backup.Owners {
	return backup.Owners{
		Catalog: backup.Owner{Used: lake.Used, Migrate: func(ctx context.Context, db *metadb.DB) error {
			for _, migrate := range []metadb.Migration{lake.Migrate, build.Migrate, ingest.Migrate, icebergrest.Migrate, reply.Migrate} {
				if err := migrate(ctx, db); err != nil {
					return err
				}
			}
			return nil
		}},
		State: backup.Owner{Used: stateUsed, Migrate: func(ctx context.Context, db *metadb.DB) error {
			return errors.Join(run.Migrate(ctx, db), identity.Migrate(ctx, db), audit.Migrate(ctx, db), reply.Migrate(ctx, db))
		}},
	}
}

// stateUsed reports whether a state database knows of a run, or of somebody.
func stateUsed(ctx context.Context, db *metadb.DB) (bool, error) {
	if used, err := run.Used(ctx, db); used || err != nil {
		return used, err
	}
	return identity.Used(ctx, db)
}

// openCatalog opens the catalog database alone.
func (a *App) openCatalog(ctx context.Context) (*metadb.DB, error) {
	return metadb.Open(ctx, a.config.CatalogPlace(), metadb.Program("tarn "+a.options.Version))
}

// alone keeps others from writing to the lake; db is nil where it is a file that
// is to be replaced.
func (a *App) alone(ctx context.Context, db *metadb.DB, command string) (release func() error, err error) {
	return run.Alone(ctx, run.Options{Catalog: db, Locks: filepath.Join(a.config.LakeDir(), "locks")}, command)
}

// Restored is what a restore came to.
type Restored struct {
	Manifest  BackupManifest
	Relocated Relocated
}

// Restore makes the lake anew from a backup.
func (a *App) Restore(ctx context.Context, from string, force bool, progress func(done, of int64)) (out Restored, err error) {
	if err := a.onlyOurs("restored"); err != nil {
		return out, err
	}
	dir := a.config.LakeDir()
	defer func() { err = unusable(dir, err) }()
	if _, _, err := backup.Open(from); err != nil {
		return out, err
	}
	if from, err = filepath.Abs(from); err != nil {
		return out, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return out, err
	}
	var db *metadb.DB
	if metadb.IsAddress(a.config.CatalogPlace()) {
		if db, err = a.openCatalog(ctx); err != nil {
			return out, err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	release, err := a.alone(ctx, db, "restore")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	store, err := local.New(filepath.Join(dir, "warehouse"))
	if err != nil {
		return out, err
	}
	out.Manifest, err = backup.Restore(ctx, from, backup.Target{
		Dir: dir, Catalog: a.config.CatalogPlace(), State: a.config.StatePlace(), Owners: owners(), Warehouse: store, Force: force,
		Relocate: func(ctx context.Context) (err error) {
			db, err := a.openCatalog(ctx)
			if err != nil {
				return err
			}
			out.Relocated, err = relocate(ctx, dir, db, nil)
			return errors.Join(err, db.Close())
		},
	}, progress)
	return out, err
}
