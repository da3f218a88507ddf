package app

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/run"
)

// Relocated is what moving a lake's tables came to.
type Relocated = lake.Relocated

// Relocate makes a lake that was moved readable where it is.
func (a *App) Relocate(ctx context.Context, progress func(done, of int)) (Relocated, error) {
	dir := a.config.LakeDir()
	out, err := relocate(ctx, dir, a.config.CatalogPlace(), "tarn "+a.options.Version, "debug --relocate", progress)
	return out, unusable(dir, err)
}

func relocate(ctx context.Context, dir, catalog, program, command string, progress func(done, of int)) (out Relocated, err error) {
	db, err := metadb.Open(ctx, catalog, metadb.Program(program))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	release, err := run.Alone(ctx, run.Options{Catalog: db, Locks: filepath.Join(dir, "locks")}, command)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
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
