package pgwire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/workspace"
)

const (
	// largestMessage is how much one message of a client may have.
	largestMessage = 32 << 20
	// bufferSize is when what was written goes out.
	bufferSize = 64 << 10
)

// conn is one client's connection. One goroutine serves it; others may
// interrupt and wake it.
type conn struct {
	server *Server
	id     uint32
	key    []byte
	tls    *tls.Conn
	// certificate is the one that the connection is encrypted with.
	certificate *tls.Certificate
	backend     *pgproto3.Backend
	out         []byte
	// lost is the first error of writing: nobody is there.
	lost error

	user, database string
	account        Account
	// who is whom the last statement was run for, writer whether it may be one that
	// changes something. known is who it was last that might ask at all.
	who, known policy.Who
	writer     bool
	// turn is that of the statement which runs, or ran last; nil is none.
	turn       *admission.Turn
	disconnect func()
	settings   *settings
	// reported are the settings as the client was told of them last.
	reported [][2]string

	// transaction is 0 outside of one, else 'T', or 'E' after an error. scope is
	// what it sees, from its first statement on.
	transaction byte
	scope       gate.Scope
	// pinned is the scope without what is the client's own: what everybody sees.
	pinned gate.Scope
	// temporary are the client's tables that outlast transactions; nil where
	// nothing can be changed.
	temporary *workspace.Session
	// work is what the transaction has changed, or the message; nil is nothing.
	work *workspace.Transaction
	held *held
	// unsettled are the changes on record whose message has not ended, changed the
	// tables of what was committed last.
	unsettled  []*audit.Entry
	changed    []ident.Table
	savepoints []savepoint
	statements map[string]*statement
	learned    map[string]learned // by text
	portals    map[string]*portal
	// skipping: after an error, messages are dropped up to Sync.
	skipping bool
	// ended: another session has ended this one.
	ended atomic.Bool

	mu   sync.Mutex // guards what follows
	net  net.Conn
	in   *input
	stop context.CancelCauseFunc
	seen activity
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{server: s, net: nc, in: newInput(nc), statements: map[string]*statement{}, portals: map[string]*portal{}, disconnect: func() {}}
	if s.Transactions != nil {
		c.temporary = s.Transactions.Session()
	}
	return c
}

// wake ends the connection as soon as it has nothing to do.
func (c *conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in.wake()
}

// become goes on over another connection.
func (c *conn) become(t *tls.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	woken := c.in.woken.Load()
	c.tls, c.net, c.in = t, t, newInput(t)
	c.in.woken.Store(woken)
}

// interrupt stops what runs.
func (c *conn) interrupt(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop(why)
	}
}

// serve serves until the client or the server ends it.
func (c *conn) serve(ctx context.Context) {
	defer func() { _ = c.net.Close() }()
	defer func() { c.disconnect() }()
	err := c.safely(func() error { return c.begin(ctx) })
	for err == nil {
		err = c.safely(func() error { return c.next(ctx) })
	}
	_ = c.safely(func() error { c.closeAll(); return nil }) // was told
	switch {
	case errors.Is(err, errBye), errors.Is(err, errNoClient):
		return
	case c.ended.Load(), c.server.stopping.Load():
		err = errStopping
	case c.lost != nil, isLost(err):
		c.server.Logger.Debug("a Postgres client is gone", "from", c.net.RemoteAddr().String(), "error", err.Error())
		return
	}
	r := errorResponse(context.Background(), err, "")
	r.Severity, r.SeverityUnlocalized = "FATAL", "FATAL"
	c.send(r)
	_ = c.flush() // the last word
}

// errBye is the end that a client asks for.
var errBye = errors.New("the client is done")

// next reads one message and does what it says. An error is the end of the
// connection.
func (c *conn) next(ctx context.Context) error {
	if c.ended.Load() || c.server.stopping.Load() && len(c.portals) == 0 {
		return errStopping
	}
	m, err := c.receive()
	if c.ended.Load() { // meanwhile: a message that came at once was read before the wait ended
		return errStopping
	}
	if err != nil {
		var large *pgproto3.ExceededMaxBodyLenErr
		switch {
		case errors.Is(err, errIdle), errors.Is(err, errIdleInTransaction):
			return err
		case errors.As(err, &large):
			return fail("54000", "a message has %d bytes, more than the %d that are read", large.ActualBodyLen, large.MaxExpectedBodyLen)
		case isLost(err):
			return err
		}
		return fail("08P01", "a message cannot be read: %v", err)
	}
	switch m.(type) {
	case *pgproto3.Terminate:
		return errBye
	case *pgproto3.Sync:
		return c.sync(ctx)
	case *pgproto3.Flush:
		if err := c.tellHeld(ctx); err != nil {
			return c.skip(err)
		}
		return c.flush()
	case *pgproto3.CopyData, *pgproto3.CopyDone, *pgproto3.CopyFail:
		return nil // left over from a COPY that was refused
	}
	if c.skipping {
		return nil
	}
	if q, simple := m.(*pgproto3.Query); simple {
		return c.query(ctx, q.String)
	}
	if err := c.tellHeld(ctx); err != nil {
		return c.skip(err)
	}
	if _, simple := m.(*pgproto3.FunctionCall); simple { // no Sync follows
		c.failed(fail("0A000", "functions are called in statements"))
		return c.sync(ctx)
	}
	if err := c.extended(ctx, m); err != nil {
		return c.skip(err)
	}
	return c.lost
}

// skip tells the client of an error, and drops messages up to Sync.
func (c *conn) skip(err error) error {
	c.failed(err)
	c.skipping = true
	return c.flush() // a client that sent Flush and no Sync waits for it
}

// failed tells the client of an error.
func (c *conn) failed(err error) {
	c.settings.fail()
	if c.transaction == 0 {
		c.abandon()
	} else {
		c.transaction = 'E'
	}
	var known *told
	if !errors.As(err, &known) {
		known = &told{errorResponse(context.Background(), err, "")}
	}
	c.send(known.response)
}

// told is an error that knows what the client gets to know of it.
type told struct{ response *pgproto3.ErrorResponse }

func (t *told) Error() string { return t.response.Message }

// ready says that the next statement may come.
func (c *conn) ready() error {
	c.rest()
	c.report()
	status := c.transaction
	if status == 0 {
		status = 'I'
	}
	c.send(&pgproto3.ReadyForQuery{TxStatus: status})
	return c.flush()
}

// send puts a message behind the others.
func (c *conn) send(m pgproto3.BackendMessage) {
	out, err := m.Encode(c.out)
	if err != nil {
		// Too long to be sent: nothing that goes on would be understood.
		c.lost = errors.Join(c.lost, err)
		return
	}
	c.out = out
}

// flush writes what was sent.
func (c *conn) flush() error {
	if c.lost == nil && len(c.out) > 0 {
		_, c.lost = c.net.Write(c.out)
	}
	if c.out = c.out[:0]; cap(c.out) > 4*bufferSize {
		c.out = nil
	}
	return c.lost
}

// closeAll ends everything that the client left open.
func (c *conn) closeAll() {
	for _, p := range c.portals {
		p.close()
	}
	clear(c.portals)
	clear(c.statements)
	c.abandon()
	c.dropTemporary()
}

// discardTemporary drops the client's temporary tables when the transaction is
// committed, or at once outside of one.
func (c *conn) discardTemporary(ctx context.Context) error {
	if c.temporary == nil || c.transaction == 0 && c.work == nil {
		c.dropTemporary()
		c.scope = nil
		return nil
	}
	err := c.working(ctx)
	if err == nil {
		c.work.Forget()
	}
	return err
}

// dropTemporary drops the client's temporary tables.
func (c *conn) dropTemporary() {
	if err := c.temporary.Close(context.Background()); err != nil {
		c.server.Logger.Warn("temporary tables could not be removed; tarn clean does", "error", err.Error())
	}
}
