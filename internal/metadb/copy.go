package metadb

import (
	"context"
	"errors"
	"fmt"
)

// ErrNoFile says that a database is on a server, which has its own means of
// copying it.
var ErrNoFile = errors.New("the database is no file but on a server")

// CopyTo writes a copy of the database as it is at one moment, while others go
// on writing. The target is whole or absent.
func (db *DB) CopyTo(ctx context.Context, target string) error {
	f, ok := db.member.(*file)
	if !ok {
		return ErrNoFile
	}
	if err := f.copyTo(ctx, target); err != nil {
		return fmt.Errorf("copy %s to %s: %w", f.path, target, err)
	}
	return nil
}
