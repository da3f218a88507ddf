package metadb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// ErrUnreachable says that a server does not answer.
	ErrUnreachable = errors.New("the database server cannot be reached")
	// ErrRefused says that a server answers, but does not let this user use the
	// database.
	ErrRefused = errors.New("the database server refuses")
	// ErrFateUnknown says that the connection was lost while a transaction was
	// being committed: it is there as a whole or not at all. Who knows what it
	// changed can look, in an Update: by then it is decided.
	ErrFateUnknown = errors.New("the connection was lost while the transaction was being committed, so that it may or may not have been")
)

// The SQLSTATEs that are told apart.
const (
	lockNotAvailable     = "55P03"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	insufficient         = "42501"
	tooManyConnections   = "53300"
)

// state is the SQLSTATE of an error, "" where the server has not sent it.
func state(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// explain adds to what a server says which one it is.
func (s *server) explain(err error) error {
	var e *pgconn.PgError
	switch {
	case err == nil || errors.Is(err, ErrFateUnknown) || errors.Is(err, ErrUnreachable):
		return err
	case lost(err):
		return fmt.Errorf("%s: %w: %w", s.place, ErrUnreachable, err)
	case state(err) == lockNotAvailable:
		return fmt.Errorf("%s: another process has kept the database locked for %s: %w", s.place, lockWait, err)
	case state(err) == insufficient:
		return fmt.Errorf("%s: the user may not do that; it needs a schema in which it may create tables and functions: %w", s.place, err)
	case errors.As(err, &e):
		return fmt.Errorf("%s: %w", s.place, err)
	}
	return err
}

func (s *server) busy(err error) bool { return state(err) == lockNotAvailable }

// lost reports whether err says that there is no connection (any more).
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var own decided
	code := state(err)
	switch {
	case errors.As(err, &own):
		return false
	case strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"), code == tooManyConnections:
		return true // the server goes down, is starting, or has no room
	case code != "":
		return false
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &network):
		return false
	}
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// again runs what leaves nothing behind when it fails until it succeeds or
// fails for a reason that trying again does not change, and for no longer than
// lockWait.
func again(ctx context.Context, once func() error) error {
	deadline := time.Now().Add(lockWait)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		err := once()
		if err == nil || errors.Is(err, ErrFateUnknown) || !passing(err) || time.Now().After(deadline) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

// IsPassing reports whether a statement failed because of what another program
// did meanwhile, so that its transaction is repeated. Who tries to go on with
// the rest of the transaction hands such an error back instead.
func IsPassing(err error) bool {
	code := state(err)
	return code == serializationFailure || code == deadlockDetected
}

// decided is an error of the caller's own: the connection is all right.
type decided struct{ error }

// Unwrap returns what the caller said.
func (d decided) Unwrap() error { return d.error }

// passing reports whether the same may succeed a moment later: the connection
// was lost, or another program changed the same rows.
func passing(err error) bool {
	return IsPassing(err) || lost(err)
}
