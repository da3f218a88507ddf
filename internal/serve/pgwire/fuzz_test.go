//go:build duckdb_arrow

package pgwire_test

import (
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// FuzzMessages sends bytes to a client's session. Whatever they are, the server
// lives, and serves others.
func FuzzMessages(f *testing.F) {
	var said lines
	s := newServer(f, func(o *pgwire.Options) {
		o.LoginWithin, o.Logger = 100*time.Millisecond, slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelError}))
	})
	startup, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "anna", "database": "shop"}}).Encode(nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range []pgproto3.FrontendMessage{
		&pgproto3.Query{String: "SELECT $$a$$; SET a.b TO 'c', d; BEGIN; FETCH 1 FROM x"},
		&pgproto3.Parse{Query: "SELECT $1::INT[]", ParameterOIDs: []uint32{1007}},
		&pgproto3.Bind{Parameters: [][]byte{[]byte("{1,2}"), nil}, ParameterFormatCodes: []int16{1}, ResultFormatCodes: []int16{1, 0}},
		&pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Execute{MaxRows: 1}, &pgproto3.Close{ObjectType: 'P'}, &pgproto3.Sync{}, &pgproto3.Flush{},
	} {
		b, err := m.Encode(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, true)
	}
	f.Add([]byte{0, 0, 0, 8, 4, 210, 22, 47}, false)
	f.Fuzz(func(t *testing.T, b []byte, begun bool) {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if begun {
			b = append(append([]byte(nil), startup...), b...)
		}
		_, _ = c.Write(b) // the server may have closed
		if one, ok := c.(*net.TCPConn); ok {
			_ = one.CloseWrite()
		}
		_, _ = io.Copy(io.Discard, c)
		if got, err := rows(t, s.connect(t), "SELECT 1"); err != nil || got != "1" {
			t.Fatal(got, err)
		}
		if faults := said.String(); faults != "" {
			t.Fatal(faults)
		}
	})
}

// lines is what was written; others may write while it is read.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
