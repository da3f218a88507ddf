package app

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/backup"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

// Relocated is what moving a lake's tables came to.
type Relocated = lake.Relocated

// Relocate makes a lake that was moved readable where it is.
func (a *App) Relocate(ctx context.Context, progress func(done, of int)) (out Relocated, err error) {
	if err := a.onlyOurs("moved"); err != nil {
		return out, err
	}
	dir := a.config.LakeDir()
	defer func() { err = unusable(dir, err) }()
	if !a.hasLake() {
		return out, diag.New("no-lake", diag.Place{}, "there is no lake in %s", dir).WithHint("tarn build makes one")
	}
	if err := backup.Unfinished(dir); err != nil {
		return out, err
	}
	db, err := a.openCatalog(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	release, err := a.alone(ctx, db, "debug --relocate")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	return relocate(ctx, dir, db, progress)
}

// relocate moves the tables of a lake that nobody else uses.
func relocate(ctx context.Context, dir string, db *metadb.DB, progress func(done, of int)) (out Relocated, err error) {
	store, err := local.New(filepath.Join(dir, "warehouse"))
	if err != nil {
		return out, err
	}
	if err := build.Migrate(ctx, db); err != nil {
		return out, err
	}
	return lake.Relocate(ctx, lake.Options{DB: db, Store: store}, func(tx metadb.Tx, location func(string) string) error {
		return build.Relocate(ctx, tx, location)
	}, progress)
}
