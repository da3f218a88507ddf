//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// full is a listener of a process that has no room for a connection at first.
type full struct {
	net.Listener
	refused int
}

func (l *full) Accept() (net.Conn, error) {
	if l.refused++; l.refused <= 2 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestAServerWithoutRoomTakesClientsAgainLater(t *testing.T) {
	s := newServer(t)
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, &full{Listener: listener}) }()
	s.address = listener.Addr().String()
	c, err := pgx.Connect(t.Context(), s.url(""))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
