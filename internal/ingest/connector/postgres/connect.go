package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// server is a database with one connection that holds the view, and those that
// read.
type server struct {
	settings *settings
	config   *pgconn.Config
	// main holds the snapshot, and is the only reader where it cannot be shared.
	main *pgconn.PgConn
	// snapshot is the name of the exported snapshot, "" where there is none.
	snapshot string
	version  int
	// loose says that texts need not be UTF-8 (SQL_ASCII).
	loose bool
	// idle are the readers that nobody uses; there is a token for each reader
	// that may still be opened.
	idle   chan *pgconn.PgConn
	tokens chan struct{}
}

// connect opens the connection that holds the view, and its transaction.
func connect(ctx context.Context, s *settings) (*server, error) {
	config, err := pgconn.ParseConfig(database.EscapeUser(s.Connection.Reveal()))
	if err != nil {
		// What the driver says may show parts of the connection.
		return nil, diag.New("bad-connection", diag.Place{}, "the connection is not one that PostgreSQL's clients understand").
			WithHint("write postgres://user:${env:PGPASSWORD}@host:5432/database?sslmode=require")
	}
	if !s.Password.IsZero() {
		config.Password = s.Password.Reveal()
	}
	config.ConnectTimeout = s.ConnectTimeout
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "tarn"
	}
	config.RuntimeParams["client_encoding"] = "UTF8"
	v := &server{settings: s, config: config}
	if v.main, err = v.dial(ctx); err != nil {
		return nil, err
	}
	if err := v.begin(ctx); err != nil {
		return nil, errors.Join(v.explain(err), v.close())
	}
	return v, nil
}

// dial opens a connection, with patience.
func (v *server) dial(ctx context.Context) (*pgconn.PgConn, error) {
	c, err := database.Retry(ctx, func(ctx context.Context) (*pgconn.PgConn, error) {
		return pgconn.ConnectConfig(ctx, v.config)
	}, passes)
	if err != nil {
		return nil, v.explainConnect(err)
	}
	if err := v.prepareSession(ctx, c); err != nil {
		return nil, errors.Join(v.explain(err), closeConn(c))
	}
	return c, nil
}

// prepareSession makes texts the same for everybody, and writing impossible.
func (v *server) prepareSession(ctx context.Context, c *pgconn.PgConn) error {
	_, err := c.Exec(ctx, fmt.Sprintf(`SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC';
SET extra_float_digits = 3; SET bytea_output = 'hex'; SET default_transaction_read_only = on;
SET idle_in_transaction_session_timeout = 0; SET statement_timeout = %d`, v.settings.StatementTimeout.Milliseconds())).ReadAll()
	return err
}

const beginView = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

// begin takes the view. Where its snapshot cannot be exported, the connection
// that has it reads everything.
func (v *server) begin(ctx context.Context) error {
	rows, err := v.query(ctx, "SELECT current_setting('server_version_num'), current_setting('server_encoding') = 'SQL_ASCII'")
	if err != nil {
		return err
	}
	if v.version, err = strconv.Atoi(rows[0][0]); err != nil {
		return fmt.Errorf("read the server's version: %w", err)
	}
	v.loose = rows[0][1] == "t"
	v.idle = make(chan *pgconn.PgConn, max(1, v.settings.Readers))
	if v.settings.Readers > 1 {
		shared, err := v.beginShared(ctx)
		if shared || err != nil {
			return err
		}
	}
	v.settings.Readers = 1
	v.idle <- v.main
	_, err = v.main.Exec(ctx, beginView).ReadAll()
	return err
}

// beginShared takes a view, gives its snapshot a name, and tries whether another
// connection can use it: behind a pooler it may end up elsewhere.
func (v *server) beginShared(ctx context.Context) (shared bool, err error) {
	if _, err := v.main.Exec(ctx, beginView).ReadAll(); err != nil {
		return false, err
	}
	rows, err := v.query(ctx, "SELECT pg_export_snapshot()")
	var reader *pgconn.PgConn
	if err == nil {
		v.snapshot = rows[0][0]
		reader, err = v.openReader(ctx)
	}
	if err != nil {
		v.snapshot = ""
		_, err := v.main.Exec(ctx, "ROLLBACK").ReadAll()
		return false, err
	}
	v.idle <- reader
	v.tokens = make(chan struct{}, v.settings.Readers)
	for range v.settings.Readers - 1 {
		v.tokens <- struct{}{}
	}
	return true, nil
}

// openReader opens a connection that shares the view.
func (v *server) openReader(ctx context.Context) (*pgconn.PgConn, error) {
	c, err := v.dial(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, beginView+"; SET TRANSACTION SNAPSHOT "+literal(v.snapshot)).ReadAll(); err != nil {
		return nil, errors.Join(err, closeConn(c))
	}
	return c, nil
}

// reader returns a connection that nobody uses; give it back.
func (v *server) reader(ctx context.Context) (*pgconn.PgConn, error) {
	select {
	case c := <-v.idle:
		return c, nil
	default:
	}
	select {
	case c := <-v.idle:
		return c, nil
	case <-v.tokens:
		c, err := v.openReader(ctx)
		if err != nil {
			v.tokens <- struct{}{}
		}
		return c, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (v *server) giveBack(c *pgconn.PgConn) {
	if c.IsClosed() && c != v.main {
		<-c.CleanupDone()
		v.tokens <- struct{}{}
		return
	}
	v.idle <- c
}

// close ends all connections; nobody uses one.
func (v *server) close() error {
	var errs []error
	for {
		select {
		case c := <-v.idle:
			if c != v.main {
				errs = append(errs, closeConn(c))
			}
			continue
		default:
		}
		return errors.Join(append(errs, closeConn(v.main))...)
	}
}

func closeConn(c *pgconn.PgConn) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := c.Close(ctx)
	<-c.CleanupDone()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// query runs a statement on the connection that holds the view and returns its
// few rows as text; NULL is the empty text.
func (v *server) query(ctx context.Context, sql string, args ...string) ([][]string, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = []byte(a)
	}
	result := v.main.ExecParams(ctx, sql, values, nil, nil, nil).Read()
	if result.Err != nil {
		return nil, result.Err
	}
	rows := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, value := range row {
			rows[i] = append(rows[i], string(value))
		}
	}
	return rows, nil
}

// passes reports whether connecting may work a moment later.
func passes(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "57P03" || pg.Code == "53300" || strings.HasPrefix(pg.Code, "08")
	}
	var dns *net.DNSError
	var unknown *tls.CertificateVerificationError
	return !(errors.As(err, &dns) && dns.IsNotFound) && !errors.As(err, &unknown) && !errors.Is(err, context.Canceled)
}
