package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tarn-lake/tarn/internal/diag"
)

// address is where the server is, without a password.
func (v *server) address() string {
	return fmt.Sprintf("%s:%d/%s", v.config.Host, v.config.Port, v.config.Database)
}

// explainConnect makes a problem of what kept a connection from being made.
func (v *server) explainConnect(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	hint := "look whether the address is right, the server runs and its firewall lets this machine in"
	message := v.scrub(err).Error()
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		message = pg.Message
		switch pg.Code {
		case "28P01", "28000":
			hint = fmt.Sprintf("look whether the user %q and the secret that the connection names are right, and whether pg_hba.conf lets the user in from here", v.config.User)
		case "3D000":
			hint = "look at the database's name in the connection"
		case "53300":
			hint = "the server has no connection left; set parallel: to fewer, or raise max_connections"
		default:
			hint = "this is what the server says"
		}
	}
	return diag.New("no-connection", diag.Place{}, "cannot connect to PostgreSQL at %s as %q: %s", v.address(), v.config.User, message).
		WithHint("%s", hint)
}

// explain makes problems of the server's errors that people can act on.
func (v *server) explain(err error) error {
	var pg *pgconn.PgError
	var problem *diag.Problem
	var problems *diag.ProblemsError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem), errors.As(err, &problems):
		return err
	case !errors.As(err, &pg):
		return v.scrub(err)
	}
	p := diag.New("source-failed", diag.Place{}, "PostgreSQL at %s: %s (%s)", v.address(), pg.Message, pg.Code)
	if pg.Detail != "" {
		p.Message += ": " + pg.Detail
	}
	switch pg.Code {
	case "42501":
		p.Code = "no-permission"
		_ = p.WithHint("as the table's owner: GRANT SELECT ON the table TO %s, and GRANT USAGE ON its schema", v.config.User)
	case "57014":
		_ = p.WithHint("the statement was cancelled, or took longer than statement_timeout")
	case "40001":
		_ = p.WithHint("a standby cancelled the query to apply changes: raise max_standby_streaming_delay there, or set hot_standby_feedback; then load again")
	case "57P01", "57P02":
		_ = p.WithHint("the server was shut down; nothing was written, load again")
	case "25006":
		_ = p.WithHint("tarn only reads: the query must not change anything")
	default:
		if pg.Hint != "" {
			_ = p.WithHint("%s", pg.Hint)
		}
	}
	return p
}

// scrub hides the connection's secrets.
func (v *server) scrub(err error) error {
	return v.settings.Password.ScrubError(v.settings.Connection.ScrubError(err))
}
