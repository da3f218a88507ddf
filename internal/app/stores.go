package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/backup"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/internal/run"
)

// stores are the databases and files of the lake.
type stores struct {
	catalog *metadb.DB
	state   *metadb.DB
	lake    *lake.Lake
	// outside is the catalog that somebody else keeps, nil where there is none.
	outside *restcatalog.Client
	// warehouse is the folder of the tables.
	warehouse string
	journal   *run.Journal
	// directory is who is known, once somebody has asked.
	directory *identity.Directory
	// crashed are runs that were found dead when the stores were opened.
	crashed []run.Run
}

// open opens the lake and the journal, once, and marks crashed runs.
func (a *App) open(ctx context.Context) (*stores, error) {
	if a.stores != nil {
		return a.stores, nil
	}
	s := &stores{}
	if err := s.open(ctx, a); err != nil {
		return nil, errors.Join(unusable(a.config.LakeDir(), err), s.close())
	}
	a.stores = s
	for _, r := range s.crashed {
		a.options.Logger.Warn("the run "+r.ID+" did not end: its process died; tarn retry goes on with it", "run", r.ID)
	}
	return s, nil
}

// pinned opens the lake as readers see it at this moment.
func (a *App) pinned(ctx context.Context) (*lake.View, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.lake.Pin(ctx)
}

// hasLake reports whether there is a catalog to open; where it is on a server,
// only opening it can tell.
func (a *App) hasLake() bool {
	if metadb.IsAddress(a.config.CatalogPlace()) || a.config.Catalog.IsREST() {
		return true
	}
	_, err := os.Stat(a.config.CatalogPlace())
	return !errors.Is(err, fs.ErrNotExist)
}

// unusable makes a problem of a server that does not answer and of a lake that
// this user may not read or write.
func unusable(dir string, err error) error {
	switch {
	case errors.Is(err, metadb.ErrRefused):
		return diag.New("database-refused", diag.Place{}, "the lake cannot be opened: %v", err).WithCause(err).
			WithHint("the database must be there, and its user able to create tables in it: catalog.uri and state.uri in tarn.yml")
	case errors.Is(err, metadb.ErrUnreachable):
		return diag.New("database-unreachable", diag.Place{}, "the lake cannot be opened: %v", err).WithCause(err).
			WithHint("look whether the server runs and takes connections from here: catalog.uri and state.uri in tarn.yml")
	}
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return diag.New("no-permission", diag.Place{}, "the lake in %s cannot be opened: %v", dir, err).WithCause(err).
		WithHint("let the user who runs tarn read and write it, or choose another folder: lake.path in tarn.yml")
}

func (s *stores) open(ctx context.Context, a *App) (err error) {
	dir := a.config.LakeDir()
	if err := backup.Unfinished(dir); err != nil {
		return err
	}
	program := metadb.Program("tarn " + a.options.Version)
	if s.catalog, err = metadb.Open(ctx, a.config.CatalogPlace(), program); err != nil {
		return err
	}
	if s.state, err = metadb.Open(ctx, a.config.StatePlace(), program); err != nil {
		return err
	}
	s.warehouse = filepath.Join(dir, "warehouse")
	if a.config.Catalog.IsREST() {
		if s.outside, err = a.restCatalog(ctx); err != nil {
			return err
		}
		if s.warehouse, err = a.outsideFolder(s.outside); err != nil {
			return err
		}
	}
	store, err := local.New(s.warehouse)
	if err != nil {
		return err
	}
	if s.lake, err = lake.Open(ctx, lake.Options{DB: s.catalog, Store: store, Outside: s.outside, Logger: a.options.Logger, History: a.expiry()}); err != nil {
		return err
	}
	if err := build.Migrate(ctx, s.catalog); err != nil {
		return err
	}
	if err := ingest.Migrate(ctx, s.catalog); err != nil {
		return err
	}
	if s.journal, err = run.Open(ctx, run.Options{State: s.state, Catalog: s.catalog, Locks: filepath.Join(dir, "locks")}); err != nil {
		return err
	}
	if s.crashed, err = s.journal.CrashSweep(ctx); err != nil {
		return err
	}
	settled, err := s.lake.Settle(ctx, s.journal.Live)
	for _, name := range settled {
		a.options.Logger.Warn("a run died while it published " + name.String() + "; what became of it is recorded now")
	}
	return err
}

// servers says where the databases are that are no files of the lake.
func (s *stores) servers() (checks []Check) {
	if s.catalog.Dialect() != metadb.SQLite {
		checks = append(checks, Check{Name: "catalog at", Value: s.catalog.Path()})
	}
	if s.state.Dialect() != metadb.SQLite {
		checks = append(checks, Check{Name: "state at", Value: s.state.Path()})
	}
	return checks
}

func (s *stores) close() error {
	var errs []error
	if s.outside != nil {
		errs = append(errs, s.outside.Close())
	}
	for _, db := range []*metadb.DB{s.state, s.catalog} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
