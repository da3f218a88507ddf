package pgwire

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// errLogin is all that a client learns about a login that failed.
func errLogin(user string) *failure {
	return fail("28P01", "password authentication failed for user %q", user)
}

// login finds out whether the client is who it says.
func (c *conn) login(ctx context.Context) (err error) {
	c.account, err = c.server.Accounts.Account(ctx, c.user, c.net.RemoteAddr().String())
	if err != nil {
		return keptOut(err)
	}
	known, err := readVerifiers(c.account.Verifiers())
	if err != nil {
		c.account.Ended(-1)
		return err
	}
	if len(known) == 0 {
		return c.identify(ctx)
	}
	knew, answer, err := c.scram(known)
	if err != nil {
		knew = -1
	}
	if c.account.Ended(knew); err != nil {
		return err
	}
	if knew < 0 {
		return errLogin(c.user)
	}
	// A right answer to a name that nobody may use is no more than a wrong one.
	if err := c.identify(ctx); err != nil {
		return err
	}
	c.send(&pgproto3.AuthenticationSASLFinal{Data: []byte("v=" + base64.StdEncoding.EncodeToString(answer))})
	return nil
}

// identify looks who asks, and whether it still may.
func (c *conn) identify(ctx context.Context) (err error) {
	if c.who, c.writer, err = c.account.Who(ctx); err == nil {
		c.known = c.who
	}
	return keptOut(err)
}

// asksNow is who asks at this moment.
func (c *conn) asksNow(ctx context.Context) (policy.Who, error) {
	err := c.identify(ctx)
	return c.who, err
}

// keptOut is the error of somebody who may not be told more.
func keptOut(err error) error {
	var refusal *identity.Refusal
	if errors.As(err, &refusal) {
		return fail("28000", "%s", refusal.Reason)
	}
	return err
}

// hurry gives the client no more than a moment to read.
func (c *conn) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.net.SetWriteDeadline(time.Now().Add(lastWordWithin))
}

// guard stops what runs for a client that may not be here any more, because its
// token has ended or its user is disabled. It looks now and then until the
// function that it returns was called.
func (c *conn) guard(ctx context.Context, stop context.CancelCauseFunc) (end func()) {
	leave := identity.Attend(ctx, c.server.LookEvery, func(ctx context.Context) bool {
		_, _, err := c.account.Who(ctx)
		refused := (*failure)(nil)
		if !errors.As(keptOut(err), &refused) {
			return true
		}
		stop(refused)
		c.hurry() // it may read nothing any more, either
		return false
	})
	return func() {
		leave()
		_ = c.net.SetWriteDeadline(time.Time{})
	}
}
