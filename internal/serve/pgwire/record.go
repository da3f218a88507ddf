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
	application, _ := c.settings.get("application_name")
	return c.server.Record(ctx, audit.Statement{
		Principal: c.known.Principal.String(), Roles: c.known.Roles, Protocol: protocol, Client: c.net.RemoteAddr().String(),
		Application: application, Session: strconv.FormatUint(uint64(c.id), 10), SQL: sql, Parameters: values, Queued: waits,
	})
}

// notRun puts on record a statement that is refused before it could run, and
// returns why.
func (c *conn) notRun(ctx context.Context, st *statement, err error) error {
	err = cmp.Or(c.identify(ctx), err)
	entry, recording := c.record(context.WithoutCancel(ctx), st.sql, nil, false)
	if recording != nil {
		return recording
	}
	finish(ctx, entry, err)
	return err
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
