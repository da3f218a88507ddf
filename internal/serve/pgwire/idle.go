package pgwire

import (
	"errors"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Why a client that was silent for too long is sent away.
var (
	errIdle              = fail("57P05", "terminating connection due to idle-session timeout")
	errIdleInTransaction = fail("25P03", "terminating connection due to idle-in-transaction timeout")
)

// receive waits for the client's next message, for as long as its session may be
// idle.
func (c *conn) receive() (pgproto3.FrontendMessage, error) {
	setting, why := "idle_session_timeout", errIdle
	if c.transaction != 0 {
		setting, why = "idle_in_transaction_session_timeout", errIdleInTransaction
	}
	text, _ := c.settings.get(setting)
	within, _ := length(text)
	if within == 0 {
		return c.backend.Receive()
	}
	c.in.waitUntil(time.Now().Add(within))
	m, err := c.backend.Receive()
	if errors.Is(err, os.ErrDeadlineExceeded) && !c.in.woken.Load() {
		return nil, why
	}
	c.in.waitUntil(time.Time{})
	return m, err
}
