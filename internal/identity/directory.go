package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables of principals up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "identity", migrations, "migrations")
}

// Options say where principals are known.
type Options struct {
	// State is the state database.
	State *metadb.DB
	// Now tells the time; nil is the machine's clock.
	Now func() time.Time
	// Cost is what a guess at a password costs; default is [credential.Standard].
	Cost credential.Cost
	// Iterations are those of SCRAM; default is [credential.Iterations].
	Iterations int
}

// Directory is who is known. It is safe for concurrent use, by several
// processes too.
type Directory struct {
	db         *metadb.DB
	now        func() time.Time
	cost       credential.Cost
	iterations int
	// also is done in the transaction of each change; nil is nothing.
	also func(metadb.Tx) error
}

// With returns the directory as one whose changes do something more in their
// transaction.
func (d *Directory) With(also func(metadb.Tx) error) *Directory {
	other := *d
	other.also = also
	return &other
}

// update changes something.
func (d *Directory) update(ctx context.Context, do func(metadb.Tx) error) error {
	return d.db.Update(ctx, func(tx metadb.Tx) error {
		err := do(tx)
		if err == nil && d.also != nil {
			err = d.also(tx)
		}
		return err
	})
}

// Open brings the tables up to date, and opens them.
func Open(ctx context.Context, o Options) (*Directory, error) {
	if err := Migrate(ctx, o.State); err != nil {
		return nil, fmt.Errorf("open the directory of principals: %w", err)
	}
	d := &Directory{db: o.State, now: o.Now, cost: o.Cost, iterations: o.Iterations}
	if d.now == nil {
		d.now = time.Now
	}
	if d.cost == (credential.Cost{}) {
		d.cost = credential.Standard
	}
	if d.iterations == 0 {
		d.iterations = credential.Iterations
	}
	return d, nil
}

// Used reports whether a database knows of anybody.
func Used(ctx context.Context, db *metadb.DB) (yes bool, err error) {
	err = db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM principal)`).Scan(&yes)
	})
	return yes, err
}

// Configured reports whether anybody is known who could log in. Those who are
// disabled count: a project whose users are all disabled is not open. Every
// statement of an open project asks for it.
func (d *Directory) Configured(ctx context.Context) (yes bool, err error) {
	err = d.db.Look(ctx, func(r metadb.Reader) (err error) {
		rows, err := r.Query(ctx, `SELECT 1 FROM principal WHERE kind <> ? LIMIT 1`, string(Group))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		yes = rows.Next()
		return rows.Err()
	})
	return yes, err
}

// micros is how times are stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// newID returns an id that nothing else has.
func newID(kind string) string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails: the process ends where there is no randomness
	return kind + hex.EncodeToString(b[:])
}

// collect reads rows with scan.
func collect[T any](ctx context.Context, tx metadb.Tx, scan func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// texts reads a column of texts.
func texts[T ~string](ctx context.Context, tx metadb.Tx, query string, args ...any) ([]T, error) {
	return collect(ctx, tx, func(rows *sql.Rows) (one T, err error) {
		err = rows.Scan(&one)
		return one, err
	}, query, args...)
}
