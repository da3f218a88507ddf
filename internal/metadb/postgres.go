package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// connectWait is how long a server has to take a connection.
	connectWait = 10 * time.Second
	// cancelWait is how long a server has to stop what is cancelled.
	cancelWait = 5 * time.Second
)

// server is one database of a Postgres server.
type server struct {
	place string // its address without the password
	pool  *sql.DB
	// claims has connections for claims alone.
	claims *sql.DB
	// watcher has one connection, through which what is kept is brought up to date.
	watcher *sql.DB
	// turn lets one writer of this process at a time ask for the turn of all.
	turn chan struct{}
}

// openServer connects to a server and makes the table that writers take turns
// with.
func openServer(ctx context.Context, address, program string) (*server, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", withoutPassword(address), err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWait
	}
	if _, named := config.RuntimeParams["application_name"]; !named {
		config.RuntimeParams["application_name"] = program
	}
	config.DialFunc = (&net.Dialer{Timeout: config.ConnectTimeout, KeepAlive: connectWait}).DialContext
	// A statement that is cancelled is cancelled at the server, too: it must not
	// go on to wait for a lock.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelWait}
	}
	s := &server{place: withoutPassword(address), pool: stdlib.OpenDB(*config), claims: stdlib.OpenDB(*config), watcher: watching(*config), turn: make(chan struct{}, 1)}
	// Those that read, one that writes, and two for migrations.
	s.pool.SetMaxOpenConns(readers + 3)
	s.pool.SetMaxIdleConns(readers + 3)
	s.claims.SetMaxOpenConns(claimers)
	s.claims.SetConnMaxIdleTime(claimIdle)
	if err := s.prepare(ctx); err != nil {
		if state(err) != "" && !lost(err) {
			err = fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return nil, errors.Join(fmt.Errorf("open %w", s.explain(err)), s.Close())
	}
	return s, nil
}

// withoutPassword is an address as people may see it.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the Postgres server"
	}
	if _, secret := u.User.Password(); secret {
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	query.Del("password")
	u.RawQuery = query.Encode()
	return u.String()
}

// turnTable is what writers lock: it has no rows and no columns.
const turnTable = "tarn_turn"

// prepare makes the table of turns where there is none, one process at a time.
func (s *server) prepare(ctx context.Context) error {
	there, err := s.hasTurns(ctx)
	if err != nil || there {
		return err
	}
	return s.migrating(ctx, func(pool *sql.DB) error {
		there, err := s.hasTurns(ctx)
		if err != nil || there {
			return err
		}
		_, err = pool.ExecContext(ctx, `CREATE TABLE `+turnTable+` ()`)
		return err
	})
}

func (s *server) hasTurns(ctx context.Context) (there bool, err error) {
	err = s.pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)`, turnTable).Scan(&there)
	return there, err
}

// migrationLock is the key of the lock of those who change tables.
const migrationLock = 0x7461726e

// migrating runs fn while no other process migrates tables of this schema.
func (s *server) migrating(ctx context.Context, fn func(*sql.DB) error) (err error) {
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	// A connection that ends takes its lock along, so this one is thrown away.
	defer func() { err = errors.Join(err, discard(conn)) }()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(`SET lock_timeout = %d`, lockWait.Milliseconds())); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, hashtext(current_schema()))`, migrationLock); err != nil {
		return err
	}
	return fn(s.pool)
}

// backUp leaves copies to the server's own tools: a migration there is one
// transaction, tables included.
func (s *server) backUp(context.Context, *versions, int64) error { return nil }

// Dialect is Postgres's.
func (s *server) Dialect() Dialect { return Postgres }

// Close closes all connections.
func (s *server) Close() error {
	return errors.Join(s.pool.Close(), s.claims.Close(), s.watcher.Close())
}
