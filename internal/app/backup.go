package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/backup"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/run"
)

// BackupManifest says what a backup holds.
type BackupManifest = backup.Manifest

// Backup copies the lake's databases to a folder, and with withData the files of
// its tables. Others may go on writing.
func (a *App) Backup(ctx context.Context, target string, withData bool, progress func(done, of int64)) (m BackupManifest, err error) {
	if err := a.onlyFiles("backed up"); err != nil {
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
	return backup.Make(ctx, backup.Source{Catalog: s.catalog, State: s.state, Warehouse: store, Program: "tarn " + a.options.Version}, target, withData, progress)
}

// onlyFiles refuses what is not done with databases on servers.
func (a *App) onlyFiles(what string) error {
	for _, place := range []string{a.config.CatalogPlace(), a.config.StatePlace()} {
		if metadb.IsAddress(place) {
			return diag.New("database-on-server", diag.Place{File: "tarn.yml"}, "the lake's databases are on a server, and are not %s by this command", what).
				WithHint("use the server's own means, such as pg_dump and pg_restore, of both databases")
		}
	}
	return nil
}

// Restored is what a restore came to.
type Restored struct {
	Manifest  BackupManifest
	Relocated Relocated
}

// Restore makes the lake anew from a backup.
func (a *App) Restore(ctx context.Context, from string, force bool, progress func(done, of int64)) (out Restored, err error) {
	if err := a.onlyFiles("restored"); err != nil {
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
	release, err := run.Alone(ctx, run.Options{Locks: filepath.Join(dir, "locks")}, "restore")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	store, err := local.New(filepath.Join(dir, "warehouse"))
	if err != nil {
		return out, err
	}
	out.Manifest, err = backup.Restore(ctx, from, backup.Target{
		Dir: dir, Catalog: a.config.CatalogPlace(), State: a.config.StatePlace(), Warehouse: store, Force: force,
		Relocate: func(ctx context.Context) (err error) {
			db, err := metadb.Open(ctx, a.config.CatalogPlace(), metadb.Program("tarn "+a.options.Version))
			if err != nil {
				return err
			}
			out.Relocated, err = relocate(ctx, dir, db, nil)
			return errors.Join(err, db.Close())
		},
	}, progress)
	return out, err
}
