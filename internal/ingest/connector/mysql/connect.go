package mysql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// conn is a connection of the driver's, used without database/sql.
type conn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
}

// server is a database with the connection that asks, and those that read.
type server struct {
	settings  *settings
	config    *mysql.Config
	connector driver.Connector
	main      conn
	// idle are the readers that nobody uses.
	idle chan conn
}

// connect opens the connection that asks.
func connect(ctx context.Context, s *settings) (*server, error) {
	config, err := parseConnection(s)
	if err != nil {
		return nil, err
	}
	v := &server{settings: s, config: config}
	if v.connector, err = mysql.NewConnector(config); err != nil {
		return nil, badConnection("it names options that do not go together")
	}
	v.main, err = v.dial(ctx)
	return v, err
}

func badConnection(why string) error {
	return diag.New("bad-connection", diag.Place{}, "the connection cannot be used: %s", why).
		WithHint("write mysql://user:${env:MYSQL_PASSWORD}@host:3306/database?ssl-mode=required")
}

// parseConnection reads mysql://user:password@host:port/database?options. No
// error shows the text.
func parseConnection(s *settings) (*mysql.Config, error) {
	u, err := url.Parse(database.EscapeUser(s.Connection.Reveal()))
	if err != nil || u.Scheme != "mysql" && u.Scheme != "mariadb" {
		return nil, badConnection("it is not an address that begins with mysql://")
	}
	config := mysql.NewConfig()
	config.Logger = &mysql.NopLogger{}
	config.Net, config.Addr = "tcp", u.Host
	if u.Port() == "" {
		config.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	if !s.Password.IsZero() {
		config.Passwd = s.Password.Reveal()
	}
	config.DBName = strings.Trim(u.Path, "/")
	config.Timeout = s.ConnectTimeout
	config.ConnectionAttributes = "program_name:tarn"
	mode, ca := "preferred", ""
	for name, values := range u.Query() {
		value := values[len(values)-1]
		switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
		case "ssl-mode", "sslmode", "tls":
			mode = strings.ToLower(value)
		case "ssl-ca":
			ca = value
		case "socket":
			config.Net, config.Addr = "unix", value
		default:
			return nil, badConnection("nobody knows its option " + name + "; there are ssl-mode, ssl-ca and socket")
		}
	}
	return config, setTLS(config, mode, ca, u.Hostname())
}

func setTLS(config *mysql.Config, mode, ca, host string) error {
	verified := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return badConnection("its ssl-ca cannot be read: " + err.Error())
		}
		verified.RootCAs = x509.NewCertPool()
		if !verified.RootCAs.AppendCertsFromPEM(pem) {
			return badConnection("its ssl-ca holds no certificate")
		}
	}
	switch mode {
	case "disabled", "false":
	case "preferred":
		config.TLSConfig = "preferred"
	case "required", "skip-verify":
		config.TLSConfig = "skip-verify"
	case "verify_ca", "verify-ca":
		config.TLS = verified.Clone()
		config.TLS.InsecureSkipVerify = true // the chain is verified below, the name is not
		config.TLS.VerifyConnection = func(state tls.ConnectionState) error {
			intermediates := x509.NewCertPool()
			for _, c := range state.PeerCertificates[1:] {
				intermediates.AddCert(c)
			}
			_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: verified.RootCAs, Intermediates: intermediates})
			return err
		}
	case "verify_identity", "verify-identity", "verify-full", "true":
		config.TLS = verified
	default:
		return badConnection("nobody knows its ssl-mode " + mode + "; there are disabled, preferred, required, verify_ca and verify_identity")
	}
	return nil
}

// dial opens a connection, with patience.
func (v *server) dial(ctx context.Context) (conn, error) {
	c, err := database.Retry(ctx, func(ctx context.Context) (conn, error) {
		c, err := v.connector.Connect(ctx)
		if err != nil {
			return nil, err
		}
		return c.(conn), nil
	}, passes)
	if err != nil {
		return nil, v.explainConnect(err)
	}
	if err := v.prepareSession(ctx, c); err != nil {
		return nil, errors.Join(v.explain(err), c.Close())
	}
	return c, nil
}

// prepareSession makes texts the same for everybody, and writing impossible.
func (v *server) prepareSession(ctx context.Context, c conn) error {
	statements := []string{
		"SET NAMES utf8mb4",
		"SET SESSION time_zone = '+00:00', net_write_timeout = 3600, net_read_timeout = 3600, wait_timeout = 86400, lock_wait_timeout = 10, group_concat_max_len = 1048576",
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
		"SET SESSION TRANSACTION READ ONLY",
	}
	if t := v.settings.StatementTimeout; t > 0 {
		rows, err := query(ctx, c, "SELECT VERSION() LIKE '%MariaDB%'")
		if err != nil {
			return err
		}
		if rows[0][0] == "1" {
			statements = append(statements, fmt.Sprintf("SET SESSION max_statement_time = %.3f", t.Seconds()))
		} else {
			statements = append(statements, fmt.Sprintf("SET SESSION max_execution_time = %d", t.Milliseconds()))
		}
	}
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s, nil); err != nil {
			return err
		}
	}
	return nil
}

const beginView = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

// begin takes the view: with several readers where the table can be locked for
// as long as their transactions take to start.
func (v *server) begin(ctx context.Context, r *relation, several bool) error {
	if several && r.lock != "" {
		if shared, err := v.beginShared(ctx, r); shared || err != nil {
			return err
		}
	}
	v.settings.Readers = 1
	v.idle = make(chan conn, 1)
	if _, err := v.main.ExecContext(ctx, beginView, nil); err != nil {
		return err
	}
	v.idle <- v.main
	return nil
}

// beginShared reports whether all readers have the same view.
func (v *server) beginShared(ctx context.Context, r *relation) (shared bool, err error) {
	locker, err := v.dial(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, locker.Close()) }() // which unlocks
	// Who holds this lock waits until nobody has changes that are not committed.
	_, err = locker.ExecContext(ctx, "LOCK TABLES "+r.lock+" READ", nil)
	var refused *mysql.MySQLError
	if errors.As(err, &refused) { // no right to lock, or somebody writes for long: one reader does it alone
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v.idle = make(chan conn, v.settings.Readers)
	for range v.settings.Readers {
		c, err := v.dial(ctx)
		if err == nil {
			v.idle <- c
			_, err = c.ExecContext(ctx, beginView, nil)
		}
		if err != nil {
			return false, err
		}
	}
	_, err = v.main.ExecContext(ctx, beginView, nil)
	return err == nil, err
}

// reader returns a connection that nobody uses; give it back.
func (v *server) reader(ctx context.Context) (conn, error) {
	select {
	case c := <-v.idle:
		return c, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (v *server) giveBack(c conn) { v.idle <- c }

// close ends all connections; nobody uses one.
func (v *server) close() error {
	var errs []error
	for {
		select {
		case c := <-v.idle:
			if c != v.main {
				errs = append(errs, c.Close())
			}
			continue
		default:
		}
		return errors.Join(append(errs, v.main.Close())...)
	}
}

// query runs a statement and returns its few rows as text; NULL is the empty
// text.
func query(ctx context.Context, c conn, sql string) ([][]string, error) {
	rows, err := c.QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	dest := make([]driver.Value, len(rows.Columns()))
	var all [][]string
	for {
		if err := rows.Next(dest); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		row := make([]string, len(dest))
		for i, value := range dest {
			switch value := value.(type) {
			case nil:
			case []byte:
				row[i] = string(value)
			default:
				row[i] = fmt.Sprint(value)
			}
		}
		all = append(all, row)
	}
}

// passes reports whether connecting may work a moment later.
func passes(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number == tooManyConnections || my.Number == tooManyOfUser
	}
	var dns *net.DNSError
	var unknown *tls.CertificateVerificationError
	return !(errors.As(err, &dns) && dns.IsNotFound) && !errors.As(err, &unknown) && !errors.Is(err, context.Canceled)
}

// literal quotes a text; where a backslash might mean something, its bytes are
// written.
func literal(s string) string {
	if strings.ContainsAny(s, "\\\x00") {
		return fmt.Sprintf("CONVERT(x'%X' USING utf8mb4)", s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// quote quotes a name.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// noTime is a context's error that came from its deadline.
func noTime(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
