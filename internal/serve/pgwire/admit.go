package pgwire

import (
	"context"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
)

// connect counts the client among those of who it is for.
func (c *conn) connect(ctx context.Context) error {
	if err := c.identify(ctx); err != nil {
		return err
	}
	disconnect, err := c.server.Admission.Connect(c.asks())
	if err == nil {
		c.disconnect = disconnect
	}
	return err
}

// asks is who asks for places.
func (c *conn) asks() admission.Who {
	return admission.Who{Principal: c.who.Principal.String(), Groups: c.who.Groups}
}

// admit puts a statement on record, for who may still ask, and returns when it
// may run. Its turn, which may be nil, must be left, whatever else comes back. One
// that was cancelled by then, or whose client may not ask any more, is on record
// as well: the client has sent it.
func (c *conn) admit(ctx context.Context, sql string, values []string) (*admission.Turn, *audit.Entry, error) {
	c.rest()
	if err := c.identify(ctx); err != nil {
		entry, recording := c.record(context.WithoutCancel(ctx), sql, values, false)
		return nil, entry, errors.Join(err, recording)
	}
	c.turn = c.server.Admission.Ask(c.asks())
	entry, err := c.record(ctx, sql, values, c.turn.Waits())
	if err == nil {
		err = c.turn.Wait(ctx)
	}
	if err == nil {
		entry.Start()
	}
	return c.turn, entry, err
}

// rest leaves the place of what ran last to others: the connection does something
// else, or waits for its client.
func (c *conn) rest() {
	if c.turn != nil {
		c.turn.Leave()
		c.turn = nil
	}
}

// admit returns when the portal's statement may run, or run on.
func (p *portal) admit() (err error) {
	if p.turn == nil {
		p.turn, p.entry, err = p.c.admit(p.ctx, p.st.sql, p.values)
		return err
	}
	if p.c.turn != p.turn {
		p.c.rest()
		p.c.turn = p.turn
	}
	return p.turn.Wait(p.ctx)
}

// within stops the portal's statement when it has run longer than its user's may,
// all that the client asked of it together: what the client does in between is not
// counted.
func (p *portal) within() (stop func()) {
	begun := time.Now()
	end := within(p.turn, p.spent, p.cancel)
	return func() {
		end()
		p.spent += time.Since(begun)
	}
}

// within stops a statement that runs longer than its user's may, some of which
// was spent before.
func within(t *admission.Turn, spent time.Duration, cancel context.CancelCauseFunc) (stop func()) {
	over := func() {
		cancel(fail(errTimeout.code, "%s", errTimeout.message).detailed("Statements of this user may run for " + t.Time().String() + ".").
			hinted("serve.limits in tarn.yml says how long"))
	}
	left := t.Time() - spent
	if left <= 0 {
		over()
		return func() {}
	}
	timer := time.AfterFunc(left, over)
	return func() { timer.Stop() }
}
