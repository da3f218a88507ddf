package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

// markName is a file in the lake's folder for as long as a restore is not done.
const markName = "restore" + unfinishedMark

// Target is the lake that is restored.
type Target struct {
	// Dir is its folder, Catalog and State are the places of its databases: paths,
	// or addresses of servers.
	Dir, Catalog, State string
	Owners              Owners
	Warehouse           objstore.Store
	// Force replaces databases that are there: they are kept under other names,
	// those of servers as files in Dir.
	Force bool
	// Relocate lets the restored tables be where the warehouse is; it is called
	// when the databases are in place.
	Relocate func(context.Context) error
}

// Unfinished returns a problem where a restore of the lake in a folder was
// broken off.
func Unfinished(dir string) error {
	from, err := os.ReadFile(filepath.Join(dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return diag.New("restore-unfinished", diag.Place{}, "the lake in %s was being restored, and that was broken off", dir).
		WithHint("run it again: tarn restore %s", from)
}

// Restore makes a lake of a backup, and looks whether all is there: what is
// missing is in the manifest that it returns.
func Restore(ctx context.Context, path string, t Target, progress func(done, of int64)) (Manifest, error) {
	m, dir, err := Open(path)
	if err != nil {
		return m, err
	}
	if err := t.check(ctx); err != nil {
		return m, err
	}
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return m, fmt.Errorf("make the lake's folder: %w", err)
	}
	if err := writeFile(filepath.Join(t.Dir, markName), []byte(dir)); err != nil {
		return m, fmt.Errorf("begin to restore: %w", err)
	}
	if m.WithData {
		if err := t.files(ctx, dir, m.Warehouse, progress); err != nil {
			return m, err
		}
	}
	failpoint.Hit("restore.files-copied")
	if err := t.databases(ctx, dir); err != nil {
		return m, fmt.Errorf("put the databases in their places: %w", err)
	}
	failpoint.Hit("restore.databases-placed")
	if err := t.Relocate(ctx); err != nil {
		return m, err
	}
	failpoint.Hit("restore.relocated")
	if _, err := m.survey(ctx, t.Catalog, t.Warehouse); err != nil {
		return m, err
	}
	if err := os.Remove(filepath.Join(t.Dir, markName)); err != nil {
		return m, fmt.Errorf("end the restore: %w", err)
	}
	return m, syncFolder(t.Dir)
}

// check refuses to replace what is there, unless that is what a restore left
// that was broken off.
func (t Target) check(ctx context.Context) error {
	_, err := os.Stat(filepath.Join(t.Dir, markName))
	if unfinished := err == nil; t.Force || unfinished {
		return nil
	}
	for _, d := range slices.Backward(t.places()) {
		there, err := d.there(ctx)
		if err != nil {
			return err
		}
		if there {
			return diag.New("lake-there", diag.Place{}, "there is a lake: %s exists", d.shown()).
				WithHint("restore with --force to replace its databases, which are kept beside under other names")
		}
	}
	return nil
}

// files copies the files of the tables that the backup has.
func (t Target) files(ctx context.Context, dir, warehouse string, progress func(done, of int64)) error {
	from, err := local.New(filepath.Join(filepath.Dir(dir), warehouseName))
	if err != nil {
		return err
	}
	// The backup may be where nobody may write.
	catalog := filepath.Join(t.Dir, catalogName+".survey"+unfinishedMark)
	if err := copyPlain(filepath.Join(dir, catalogName), catalog); err != nil {
		return err
	}
	var counted Manifest
	files, err := counted.survey(ctx, catalog, relocated{from, warehouse})
	if err := errors.Join(err, os.Remove(catalog)); err != nil {
		return err
	}
	_, err = copyFiles(ctx, from, t.Warehouse, files, nil, progress)
	return err
}
