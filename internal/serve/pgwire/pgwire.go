// Package pgwire is for clients that speak PostgreSQL's protocol, version 3:
// psql, drivers and the tools above them. It takes their messages apart, lets
// their statements pass the gate, and writes what comes out as rows.
//
// It promises:
//
//  1. A statement reaches the lake through the gate, for the account that logged
//     in, and not otherwise.
//  2. What one statement reads is one state of all tables, and so is what a
//     transaction reads from its first statement on.
//  3. What a transaction changes becomes visible at once or not at all, and the
//     client is told that it is when it is.
//  4. Rows stream: neither a large result nor a slow client takes more memory
//     than a batch of rows and a buffer. A client that has gone, asks for it, or
//     takes too long has its statement stopped, and nothing of it is left.
//  5. No value changes on its way. What PostgreSQL has no type for is text or
//     JSON.
//  6. What passes the gate to be run is on record before ([Options.Record]), and
//     all else that a client sends afterwards, with why it was refused
//     ([Options.Brief]).
//  7. An error has the SQLSTATE that PostgreSQL has for it, and the place in the
//     statement.
//
// It leaves to others what statements may do (gate) and who may log in
// ([Accounts]).
package pgwire

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"log/slog"
	"math"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// lastWordWithin is how long a client that is cut off has to hear why.
const lastWordWithin = time.Second

// acceptAgain is how long no connection is taken after one could not be.
const acceptAgain = 50 * time.Millisecond

// Account is a login, and who it let in.
type Account interface {
	// Verifiers are what is known of the passwords of which the client may have
	// one, as PostgreSQL keeps it: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey,
	// all with one salt and as many iterations. None asks for none. A name that
	// nobody has must have one, too.
	Verifiers() []string
	// Ended is told which of them the client knew; -1 is none.
	Ended(knew int)
	// Who is whom statements run for at this moment, with the groups and roles of
	// this moment, and whether what was shown is for changing something; an error
	// keeps the client out. It may be called by several at once.
	Who(ctx context.Context) (who policy.Who, writes bool, err error)
}

// Accounts knows who may log in.
type Accounts interface {
	// Account begins a login from an address.
	Account(ctx context.Context, name, from string) (Account, error)
}

// Options say what is served, and to whom; zero values are the defaults.
type Options struct {
	Gate *gate.Gate
	// Scope returns what names mean now.
	Scope    func(context.Context) (gate.Scope, error)
	Accounts Accounts
	// Transactions are for statements that change something; nil refuses them.
	Transactions *workspace.Transactions
	// Record puts a statement on record, before it runs; nil records none.
	Record func(context.Context, audit.Statement) (*audit.Entry, error)
	// Brief puts a statement on record that is about its session alone, and waits
	// for nothing; nil records none.
	Brief func(audit.Statement) (*audit.Entry, error)
	// Databases are the names that clients may give the one database that there
	// is.
	Databases []string
	// Certificate is asked for each connection that is to be encrypted; nil
	// encrypts none. Where there is one, clients of other machines are served
	// encrypted only.
	Certificate func() (*tls.Certificate, error)
	// Admission says which statements may run now, and how many clients there may
	// be; nil is one with the defaults.
	Admission *admission.Queue
	// LoginWithin is how long a client may take to log in; default 30 s.
	LoginWithin time.Duration
	// LookEvery is how often it is looked, while a statement runs, whether the
	// client may still be here; default 2 s.
	LookEvery time.Duration
	// DrainWithin is how long statements may go on once the server is told to
	// stop; default 20 s.
	DrainWithin time.Duration
	// Logger receives what goes wrong with connections; nil discards it.
	Logger *slog.Logger
}

// Server serves connections. It is safe for concurrent use.
type Server struct {
	Options

	stopping atomic.Bool
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[uint32]*conn
	last  uint32
}

// New returns a server.
func New(o Options) (*Server, error) {
	if o.Gate == nil || o.Scope == nil || o.Accounts == nil {
		return nil, errors.New("a Postgres server needs a gate, a scope and accounts")
	}
	if o.Admission == nil {
		o.Admission = admission.New(admission.Limits{})
	}
	if o.LoginWithin == 0 {
		o.LoginWithin = 30 * time.Second
	}
	if o.LookEvery == 0 {
		o.LookEvery = 2 * time.Second
	}
	if o.DrainWithin == 0 {
		o.DrainWithin = 20 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Server{Options: o, conns: map[uint32]*conn{}}, nil
}

// Serve serves until ctx ends, and then lets what has begun end for a while. It
// closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// What has begun goes on when ctx ends, until it is cut off.
	working, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(errStopping)
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	err := s.accept(ctx, working, l)
	s.drain(cut)
	if ctx.Err() != nil && errors.Is(err, net.ErrClosed) {
		return nil
	}
	return errors.Join(err, l.Close())
}

// accept takes connections until the listener is closed.
func (s *Server) accept(ctx, working context.Context, l net.Listener) error {
	for told := false; ; {
		nc, err := l.Accept()
		if err != nil {
			if ctx.Err() == nil && passes(err) {
				if !told {
					s.Logger.Warn("clients have to wait until the server can let them in", "error", err.Error())
					told = true
				}
				select {
				case <-time.After(acceptAgain):
				case <-ctx.Done():
				}
				continue
			}
			return err
		}
		told = false
		c := s.add(nc)
		s.running.Go(func() {
			defer s.remove(c)
			c.serve(working)
		})
	}
}

// passes reports whether connections can be taken again after an error: the client
// was gone, or the process had no room for another one.
func passes(err error) bool {
	var short net.Error
	return errors.As(err, &short) && short.Timeout() || slices.ContainsFunc([]error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.ECONNRESET},
		func(passing error) bool { return errors.Is(err, passing) })
}

// drain ends what there is: at once where nothing runs, else when that has
// ended, or has had its time.
func (s *Server) drain(cut context.CancelCauseFunc) {
	s.stopping.Store(true)
	for _, c := range s.all() {
		c.wake()
	}
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-time.After(s.DrainWithin):
	}
	s.Logger.Warn("statements were cut off that did not end in time", "within", s.DrainWithin.String())
	cut(errStopping)
	for _, c := range s.all() {
		_ = c.net.SetDeadline(time.Now().Add(lastWordWithin))
	}
	<-ended
}

func (s *Server) all() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*conn, 0, len(s.conns))
	for _, c := range s.conns {
		list = append(list, c)
	}
	return list
}

// add gives a connection the id and the key by which it can be cancelled.
func (s *Server) add(nc net.Conn) *conn {
	c := newConn(s, nc)
	var key [4]byte
	_, _ = rand.Read(key[:]) // never fails
	c.key = key[:]
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.last++; s.last == 0 || s.conns[s.last] != nil; s.last++ {
	}
	c.id = s.last & (1<<31 - 1)
	s.conns[c.id] = c
	return c
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c.id)
}

// count is how many connections there are.
func (s *Server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// session is the connection with an id; nil is none.
func (s *Server) session(id int64) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id <= 0 || id > math.MaxInt32 {
		return nil
	}
	return s.conns[uint32(id)]
}

// cancel stops what another connection runs, for who knows its key.
func (s *Server) cancel(id uint32, key []byte) {
	if c := s.session(int64(id)); c != nil && len(key) == 4 && binary.BigEndian.Uint32(key) == binary.BigEndian.Uint32(c.key) {
		c.interrupt(errCancelled)
	}
}
