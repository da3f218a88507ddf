package metadb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Note tells its connection not to wait for the disk, for as long as it takes.
func (db *file) Note(ctx context.Context, fn func(Tx) error) (err error) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return db.explain(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous = normal`); err != nil {
		return db.explain(err)
	}
	defer waitAgain(context.WithoutCancel(ctx), conn)
	return db.write(ctx, conn, fn)
}

// waitAgain makes the writer's connection wait for the disk again; one that
// cannot be told so is thrown away.
func waitAgain(ctx context.Context, conn *sql.Conn) {
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = full`); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // its error is this one
	}
}
