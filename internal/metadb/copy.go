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
	defer func() { err = errors.Join(err, removeFile(making)) }()
	if err := removeFile(making); err != nil {
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

// removeFile removes a database that is a file, with what lies beside it; there
// may be none.
func removeFile(path string) error {
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
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
