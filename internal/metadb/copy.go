package metadb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Migration brings tables of a database up to date; see [DB.Migrate].
type Migration func(ctx context.Context, db *DB) error

// CopyTo writes a copy of the database as it is at one moment, as a SQLite
// file, while others go on writing. The target is whole or absent. Of a server's
// database it has the tables that migrate makes, and what they hold.
func (db *DB) CopyTo(ctx context.Context, target string, migrate Migration) error {
	var err error
	if f, ok := db.member.(*file); ok {
		err = f.copyTo(ctx, target)
	} else {
		err = db.exportTo(ctx, target, migrate)
	}
	if err != nil {
		return fmt.Errorf("copy %s to %s: %w", db.place, target, err)
	}
	return nil
}

// exportTo makes the file under another name.
func (db *DB) exportTo(ctx context.Context, target string, migrate Migration) (err error) {
	making := target + ".unfinished"
	defer func() { err = errors.Join(err, Remove(making)) }()
	if err := Remove(making); err != nil {
		return err
	}
	to, err := Open(ctx, making, Program(db.program))
	if err != nil {
		return err
	}
	if err = migrate(ctx, to); err == nil {
		err = to.Fill(ctx, db)
	}
	// Closing folds the log into the file.
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	if err := syncFile(making); err != nil {
		return err
	}
	if err := os.Rename(making, target); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(target))
}

// besides are what lies beside a database that is a file, and what it is itself,
// in the order in which they are to go: a log belongs to its database alone.
var besides = []string{"-wal", "-shm", ""}

// Remove removes a database that is a file; there may be none.
func Remove(path string) error {
	return eachFile(func(suffix string) error { return os.Remove(path + suffix) })
}

// Rename moves a database that is a file and that nobody has open; there may be
// none.
func Rename(from, to string) error {
	return eachFile(func(suffix string) error { return os.Rename(from+suffix, to+suffix) })
}

func eachFile(do func(suffix string) error) error {
	for _, suffix := range besides {
		if err := do(suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
