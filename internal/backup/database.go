package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// database is one of those that a restore puts in place.
type database struct {
	// copied is its name in a backup.
	copied string
	// place is a path, or the address of a server.
	place string
	Owner
	// dir is where its predecessor is kept, if place is an address.
	dir string
}

// places are the databases, the catalog last.
func (t Target) places() []database {
	return []database{{stateName, t.State, t.Owners.State, t.Dir}, {catalogName, t.Catalog, t.Owners.Catalog, t.Dir}}
}

// databases puts copies of the databases in their places.
func (t Target) databases(ctx context.Context, dir string) error {
	began := ".before-" + time.Now().UTC().Format("20060102-150405.000000")
	for _, d := range t.places() {
		var err error
		if metadb.IsAddress(d.place) {
			err = d.fill(ctx, filepath.Join(dir, d.copied), began)
		} else {
			err = d.replace(filepath.Join(dir, d.copied), began)
		}
		if err != nil {
			return err
		}
		failpoint.Hit("restore.database-placed")
	}
	return nil
}

// shown is the place as people may see it.
func (d database) shown() string {
	if metadb.IsAddress(d.place) {
		return "its " + d.copied + " on the server"
	}
	return d.place
}

// there reports whether there is something to replace.
func (d database) there(ctx context.Context) (there bool, err error) {
	if !metadb.IsAddress(d.place) {
		_, err := os.Stat(d.place)
		return !errors.Is(err, fs.ErrNotExist), nil
	}
	db, err := d.open(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return d.Used(ctx, db)
}

// open opens a server's database, with the tables of all owners.
func (d database) open(ctx context.Context) (*metadb.DB, error) {
	db, err := metadb.Open(ctx, d.place)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// fill lets a server's database have what a copy has, in one transaction. What
// it had is copied before.
func (d database) fill(ctx context.Context, copied, before string) (err error) {
	db, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	had, err := d.Used(ctx, db)
	if err != nil {
		return err
	}
	if had {
		if err := db.CopyTo(ctx, filepath.Join(d.dir, d.copied+before), d.Migrate); err != nil {
			return err
		}
	}
	// The copy is migrated, and the backup may be where nobody may write.
	fresh := filepath.Join(d.dir, d.copied+unfinishedMark)
	defer func() { err = errors.Join(err, metadb.Remove(fresh)) }()
	if err := copyPlain(copied, fresh); err != nil {
		return err
	}
	from, err := metadb.Open(ctx, fresh)
	if err != nil {
		return err
	}
	if err = d.Migrate(ctx, from); err == nil {
		err = db.Fill(ctx, from)
	}
	return errors.Join(err, from.Close())
}

// replace puts a copy where a file is.
func (d database) replace(copied, before string) error {
	fresh := d.place + unfinishedMark
	if err := copyPlain(copied, fresh); err != nil {
		return err
	}
	if err := metadb.Rename(d.place, d.place+before); err != nil {
		return err
	}
	if err := os.Rename(fresh, d.place); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(d.place))
}

func copyPlain(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
