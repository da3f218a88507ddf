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
	versionSQL
}

func newVersions(owner, program string, dialect Dialect) (*versions, error) {
	table := "tarn_version_" + owner
	known := map[Dialect]database.Dialect{SQLite: database.DialectSQLite3, Postgres: database.DialectPostgres}
	store, err := database.NewStore(known[dialect], table)
	if err != nil {
		return nil, err
	}
	return &versions{Store: store, owner: owner, program: program, table: table, versionSQL: versionStatements[dialect]}, nil
}

// versionSQL is what the dialects say differently.
type versionSQL struct{ create, insert, find string }

var versionStatements = map[Dialect]versionSQL{
	SQLite: {
		create: ` (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL UNIQUE,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now')),
		program TEXT NOT NULL)`,
		insert: ` (version_id, is_applied, program) VALUES (?, 1, ?)`,
		find:   `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`,
	},
	Postgres: {
		create: ` (
		id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		version_id BIGINT NOT NULL UNIQUE,
		is_applied BOOLEAN NOT NULL,
		tstamp TIMESTAMPTZ NOT NULL DEFAULT now(),
		program TEXT NOT NULL)`,
		insert: ` (version_id, is_applied, program) VALUES ($1, true, $2)`,
		find:   `SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`,
	},
}

// CreateVersionTable creates the table unless another process just has.
func (v *versions) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+v.table+v.create)
	return err
}

// Insert records a version; the zero version, which comes with the table, may
// be there already.
func (v *versions) Insert(ctx context.Context, db database.DBTxConn, r database.InsertRequest) error {
	insert := `INSERT INTO ` + v.table + v.insert
	if r.Version == 0 {
		insert += ` ON CONFLICT DO NOTHING`
	}
	_, err := db.ExecContext(ctx, insert, r.Version, v.program)
	return err
}

// TableExists spares goose a query that fails.
func (v *versions) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	return exists(db.QueryRowContext(ctx, v.find, v.table))
}

// exists reports whether a query for one thing has found it.
func exists(row *sql.Row) (bool, error) {
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
	if ok, err := exists(tx.QueryRow(ctx, v.find, v.table)); err != nil || !ok {
		return 0, "", err
	}
	err = tx.QueryRow(ctx, `SELECT version_id, program FROM `+v.table+` ORDER BY version_id DESC LIMIT 1`).Scan(&version, &program)
	return version, program, err
}
