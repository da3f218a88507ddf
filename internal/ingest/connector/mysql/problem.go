package mysql

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Errors of the server's.
const (
	tooManyConnections = 1040
	deniedDatabase     = 1044
	deniedUser         = 1045
	unknownDatabase    = 1049
	deniedTable        = 1142
	deniedColumn       = 1143
	tooManyOfUser      = 1203
	lockTimeout        = 1205
	definitionChanged  = 1412
	readOnly           = 1792
	statementTimeMaria = 1969
	statementTime      = 3024
)

func (v *server) address() string { return v.config.Addr + "/" + v.config.DBName }

// explainConnect makes a problem of what kept a connection from being made.
func (v *server) explainConnect(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	message, hint := v.scrub(err).Error(), "look whether the address is right, the server runs and its firewall lets this machine in"
	if noTime(err) {
		message = fmt.Sprintf("no answer within %s", v.settings.ConnectTimeout)
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		message = v.scrub(errors.New(my.Message)).Error()
		switch my.Number {
		case deniedUser:
			hint = fmt.Sprintf("look whether the user %q and the secret that the connection names are right, and whether the user may come from this machine", v.config.User)
		case deniedDatabase, unknownDatabase:
			hint = "look at the database's name in the connection, and at the user's rights"
		case tooManyConnections, tooManyOfUser:
			hint = "the server has no connection left; set parallel: to fewer"
		default:
			hint = "this is what the server says"
		}
	}
	return diag.New("no-connection", diag.Place{}, "cannot connect to MySQL at %s as %q: %s", v.address(), v.config.User, message).
		WithHint("%s", hint)
}

// explain makes problems of the server's errors that people can act on.
func (v *server) explain(err error) error {
	var my *mysql.MySQLError
	var problem *diag.Problem
	var problems *diag.ProblemsError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem), errors.As(err, &problems):
		return err
	case !errors.As(err, &my):
		return v.scrub(err)
	}
	p := diag.New("source-failed", diag.Place{}, "MySQL at %s: %s (%d)", v.address(), my.Message, my.Number)
	switch my.Number {
	case deniedTable, deniedColumn, deniedDatabase:
		p.Code = "no-permission"
		_ = p.WithHint("as an administrator: GRANT SELECT ON the table TO %s", v.config.User)
	case statementTime, statementTimeMaria:
		_ = p.WithHint("a statement took longer than statement_timeout")
	case definitionChanged:
		_ = p.WithHint("the table was altered while it was read; nothing was written, load again")
	case readOnly:
		_ = p.WithHint("tarn only reads: the query must not change anything")
	case lockTimeout:
		_ = p.WithHint("somebody holds a lock for long; load again later")
	}
	return p
}

// scrub hides the connection's secrets.
func (v *server) scrub(err error) error {
	return v.settings.Password.ScrubError(v.settings.Connection.ScrubError(err))
}
