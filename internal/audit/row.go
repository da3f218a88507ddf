package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// format is the version of what the rows mean; rows of a higher one are not
// read by guessing.
const format = 1

const columns = `id, format, process, host, pid, principal, roles, protocol, client, application, session, sql, sql_length, parameters,
	state, tables, changed, policies, rows, bytes, planning, code, sqlstate, message, submitted, started, finished, about_session`

// stamp is how times are stored: they sort as text.
const stamp = "2006-01-02T15:04:05.000000Z"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(stamp, s)
}

// putRecord writes what a change says.
func putRecord(ctx context.Context, tx metadb.Tx, c *change) error {
	r := c.record
	switch c.kind {
	case submitted, brief:
		_, err := tx.Exec(ctx, `INSERT INTO statement (`+columns+`) VALUES (`+strings.Repeat(`?, `, 27)+`?) ON CONFLICT (id) DO NOTHING`,
			r.ID, format, r.Process, r.Host, r.PID, r.Principal, list(r.Roles), r.Protocol, r.Client, r.Application, r.Session,
			r.SQL, r.Length, list(r.Parameters), string(r.State), list(r.Tables), list(r.Changed), list(r.Policies),
			r.Rows, r.Bytes, r.Planning.Microseconds(), r.Code, r.SQLState, r.Message, formatTime(r.Submitted), formatTime(r.Started), formatTime(r.Finished), number(r.AboutSession))
		return err
	case started:
		_, err := tx.Exec(ctx, `UPDATE statement SET state = ?, started = ? WHERE id = ?`, string(r.State), formatTime(r.Started), r.ID)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE statement SET state = ?, tables = ?, changed = ?, policies = ?, rows = ?, bytes = ?, planning = ?,
		code = ?, sqlstate = ?, message = ?, started = ?, finished = ? WHERE id = ?`,
		string(r.State), list(r.Tables), list(r.Changed), list(r.Policies), r.Rows, r.Bytes, r.Planning.Microseconds(),
		r.Code, r.SQLState, r.Message, formatTime(r.Started), formatTime(r.Finished), r.ID)
	return err
}

func putEvent(ctx context.Context, tx metadb.Tx, id string, k kind, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_event (statement_id, kind, at) VALUES (?, ?, ?)`, id, string(k), formatTime(at))
	return err
}

// number is how the database keeps what is true.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// list is a list of texts in JSON; texts always have one.
func list(texts []string) string {
	if len(texts) == 0 {
		return `[]`
	}
	b, _ := json.Marshal(texts)
	return string(b)
}

// scan reads a row of columns, and what more stands behind them.
func scan(rows *sql.Rows, more ...any) (r Record, err error) {
	var version int
	var roles, parameters, tables, changed, policies, submitted, started, finished string
	var planning int64
	err = rows.Scan(append([]any{&r.ID, &version, &r.Process, &r.Host, &r.PID, &r.Principal, &roles, &r.Protocol, &r.Client, &r.Application,
		&r.Session, &r.SQL, &r.Length, &parameters, &r.State, &tables, &changed, &policies, &r.Rows, &r.Bytes, &planning, &r.Code, &r.SQLState,
		&r.Message, &submitted, &started, &finished, &r.AboutSession}, more...)...)
	if err != nil {
		return r, err
	}
	if version > format {
		return r, fmt.Errorf("the statement %s was recorded in format %d by a newer program, this one knows %d", r.ID, version, format)
	}
	r.Planning = time.Duration(planning) * time.Microsecond
	for text, into := range map[*string]*[]string{&roles: &r.Roles, &parameters: &r.Parameters, &tables: &r.Tables, &changed: &r.Changed, &policies: &r.Policies} {
		err = errors.Join(err, json.Unmarshal([]byte(*text), into))
	}
	var errs [3]error
	r.Submitted, errs[0] = parseTime(submitted)
	r.Started, errs[1] = parseTime(started)
	r.Finished, errs[2] = parseTime(finished)
	return r, errors.Join(err, errs[0], errs[1], errs[2])
}
