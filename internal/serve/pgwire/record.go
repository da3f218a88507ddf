package pgwire

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/diag"
)

// protocol is what the record calls this one.
const protocol = "postgres"

// record puts a statement on record, which may have to wait, of who might ask
// last; nil is nobody's record.
func (c *conn) record(ctx context.Context, sql string, values []string, waits bool) (*audit.Entry, error) {
	if c.server.Record == nil {
		return nil, nil
	}
	st := c.stated(sql)
	st.Parameters, st.Queued = values, waits
	return c.server.Record(ctx, st)
}

// stated is a statement of the client's, for the record.
func (c *conn) stated(sql string) audit.Statement {
	application, _ := c.settings.get("application_name")
	return audit.Statement{
		Principal: c.known.Principal.String(), Roles: c.known.Roles, Protocol: protocol, Client: c.net.RemoteAddr().String(),
		Application: application, Session: strconv.FormatUint(uint64(c.id), 10), SQL: sql,
	}
}

// brief puts a statement on record that is about the session alone; nil is
// nobody's record.
func (c *conn) brief(sql string) (*audit.Entry, error) {
	if c.server.Brief == nil {
		return nil, nil
	}
	return c.server.Brief(c.stated(sql))
}

// aborted refuses a statement in a transaction that has failed.
func (c *conn) aborted(st *statement) error {
	entry, err := c.brief(st.sql)
	err = cmp.Or(err, error(errAborted))
	finish(context.Background(), entry, err)
	return err
}

// notRun puts on record a statement that is refused before it could run, and
// returns what the client is told.
func (c *conn) notRun(ctx context.Context, st *statement, err error) error {
	if errors.Is(err, errAborted) {
		return c.aborted(st)
	}
	err = cmp.Or(c.identify(ctx), err)
	entry, recording := c.record(context.WithoutCancel(ctx), st.sql, nil, false)
	if recording != nil {
		return recording
	}
	response := toldOf(ctx, err, st)
	entry.Finish(outcome(err, response))
	return response
}

// settled says on record how changes ended that were not made in a transaction of
// the client's.
func (c *conn) settled(ctx context.Context, err error) {
	for _, e := range c.unsettled {
		e.Changes(c.changed)
		finish(ctx, e, err)
	}
	c.unsettled, c.changed = nil, nil
}

// finish says on record how a statement ended.
func finish(ctx context.Context, e *audit.Entry, err error) {
	if err == nil {
		e.Finish(audit.Outcome{State: audit.Finished})
		return
	}
	e.Finish(outcome(err, toldOf(ctx, err, &statement{})))
}

// errRolledBack is why a change is not there.
var errRolledBack = fail("40000", "it was rolled back")

// outcome is how a statement ended whose client was told of an error.
func outcome(err error, response *told) audit.Outcome {
	o := audit.Outcome{State: audit.Failed, SQLState: response.response.Code, Message: response.response.Message}
	var p *diag.Problem
	switch {
	case o.SQLState == errCancelled.code, o.SQLState == errStopping.code, o.SQLState == errGone.code:
		o.State = audit.Cancelled
	case errors.As(err, &p):
		o.Code = p.Code
	}
	return o
}
