package metadb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pressly/goose/v3/database"
)

// versions is goose's record of one owner's migrations, with two things more:
// a version can be recorded only once, so that of two processes which apply
// the same migration the later one fails and is undone; and each version names
// the program that applied it.
type versions struct {
	database.Store
	owner   string
	program string
	table   string
}

func newVersions(owner, program string) (*versions, error) {
	table := "tarn_version_" + owner
	store, err := database.NewStore(database.DialectSQLite3, table)
	if err != nil {
		return nil, err
	}
	return &versions{Store: store, owner: owner, program: program, table: table}, nil
}

// CreateVersionTable creates the table unless another process just has.
func (v *versions) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+v.table+` (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL UNIQUE,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now')),
		program TEXT NOT NULL)`)
	return err
}

// Insert records a version; the zero version, which comes with the table, may
// be there already.
func (v *versions) Insert(ctx context.Context, db database.DBTxConn, r database.InsertRequest) error {
	insert := `INSERT INTO `
	if r.Version == 0 {
		insert = `INSERT OR IGNORE INTO `
	}
	_, err := db.ExecContext(ctx, insert+v.table+` (version_id, is_applied, program) VALUES (?, 1, ?)`, r.Version, v.program)
	return err
}

// TableExists spares goose a query that fails.
func (v *versions) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	return v.exists(db.QueryRowContext(ctx, selectTable, v.table))
}

const selectTable = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`

func (v *versions) exists(row *sql.Row) (bool, error) {
	var one int
	switch err := row.Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	default:
		return err == nil, err
	}
}

// latest returns the newest version and the program that applied it; 0 where
// the owner has no tables yet.
func (v *versions) latest(ctx context.Context, tx Tx) (version int64, program string, err error) {
	if ok, err := v.exists(tx.QueryRow(ctx, selectTable, v.table)); err != nil || !ok {
		return 0, "", err
	}
	err = tx.QueryRow(ctx, `SELECT version_id, program FROM `+v.table+` ORDER BY version_id DESC LIMIT 1`).Scan(&version, &program)
	return version, program, err
}
