//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// endless runs until it is stopped, and streams.
const endless = "SELECT a.range + b.range AS n FROM range(10000000) a, range(1000000) b"

// busy runs until it is stopped, before it has a row.
const busy = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1"

// dial speaks the protocol by hand.
func (s *server) dial(t testing.TB) (net.Conn, *pgproto3.Frontend) {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	f := pgproto3.NewFrontend(c, c)
	f.Send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "anna", "database": "shop"}})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	until(t, f, "Z")
	return c, f
}

// until receives messages up to one of a type, and tells their types; of those
// that say something, what.
func until(t testing.TB, f *pgproto3.Frontend, last string) string {
	t.Helper()
	var seen strings.Builder
	for {
		m, err := f.Receive()
		if err != nil {
			t.Fatalf("%s and then %v", seen.String(), err)
		}
		typ := ""
		switch m := m.(type) {
		case *pgproto3.DataRow:
			typ = "D"
		case *pgproto3.CommandComplete:
			typ = "C(" + string(m.CommandTag) + ")"
		case *pgproto3.ErrorResponse:
			typ = "E(" + m.Code + ")"
		case *pgproto3.ReadyForQuery:
			typ = "Z"
		case *pgproto3.PortalSuspended:
			typ = "s"
		case *pgproto3.ParseComplete:
			typ = "1"
		case *pgproto3.BindComplete:
			typ = "2"
		case *pgproto3.CloseComplete:
			typ = "3"
		case *pgproto3.RowDescription:
			typ = "T"
		case *pgproto3.NoData:
			typ = "n"
		case *pgproto3.ParameterDescription:
			typ = fmt.Sprint("t", m.ParameterOIDs)
		case *pgproto3.EmptyQueryResponse:
			typ = "I"
		}
		seen.WriteString(typ)
		if strings.HasPrefix(typ, last) {
			return seen.String()
		}
	}
}

func talk(t testing.TB, f *pgproto3.Frontend, messages ...pgproto3.FrontendMessage) string {
	t.Helper()
	for _, m := range messages {
		f.Send(m)
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	return until(t, f, "Z")
}

func TestThePartsOfTheExtendedProtocol(t *testing.T) {
	_, f := newServer(t).dial(t)
	parse := &pgproto3.Parse{Name: "a", Query: "SELECT id FROM orders WHERE id >= $1 ORDER BY id"}
	bind := &pgproto3.Bind{PreparedStatement: "a", Parameters: [][]byte{[]byte("37")}}
	sync := &pgproto3.Sync{}
	for i, step := range []struct {
		messages []pgproto3.FrontendMessage
		want     string
	}{
		{[]pgproto3.FrontendMessage{parse, &pgproto3.Describe{ObjectType: 'S', Name: "a"}, sync}, "1t[20]TZ"},
		{[]pgproto3.FrontendMessage{parse, sync}, "E(42P05)Z"},
		{[]pgproto3.FrontendMessage{bind, &pgproto3.Execute{}, sync}, "2DDDC(SELECT 3)Z"},
		{[]pgproto3.FrontendMessage{bind, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{MaxRows: 2}, &pgproto3.Execute{MaxRows: 2}, &pgproto3.Execute{MaxRows: 2}, sync},
			"2TDDsDC(SELECT 1)C(SELECT 0)Z"},
		{[]pgproto3.FrontendMessage{bind, &pgproto3.Execute{MaxRows: 1}, sync, &pgproto3.Execute{}, sync}, "2DsZ"},
		{nil, "E(34000)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Bind{PreparedStatement: "a"}, &pgproto3.Execute{}, bind, sync}, "E(08P01)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Bind{PreparedStatement: "b"}, sync}, "E(26000)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{Query: "BEGIN"}, &pgproto3.Bind{}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, sync}, "12nC(BEGIN)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Bind{PreparedStatement: "a", DestinationPortal: "p", Parameters: bind.Parameters}, &pgproto3.Execute{Portal: "p", MaxRows: 1}, sync}, "2DsZ"},
		{[]pgproto3.FrontendMessage{&pgproto3.Execute{Portal: "p", MaxRows: 1}, sync}, "DsZ"},
		{[]pgproto3.FrontendMessage{&pgproto3.Query{String: "COMMIT"}}, "C(COMMIT)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Execute{Portal: "p"}, sync}, "E(34000)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{}, &pgproto3.Bind{}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, &pgproto3.Close{ObjectType: 'S', Name: "a"}, sync}, "12nI3Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{Query: "SELECT 1; SELECT 2"}, sync}, "E(42601)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{Query: "SELECT $1", ParameterOIDs: []uint32{4711}}, &pgproto3.Describe{ObjectType: 'S'}, sync}, "1E(42704)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{Query: "SHOW timezone"}, &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Bind{}, &pgproto3.Execute{}, sync}, "1t[]T2DC(SHOW)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.FunctionCall{}}, "E(0A000)Z"}, // no Sync follows
		{[]pgproto3.FrontendMessage{&pgproto3.Query{}}, "IZ"},
		{[]pgproto3.FrontendMessage{&pgproto3.Query{String: "SELECT 1; SELECT 2 WHERE false"}}, "TDC(SELECT 1)TC(SELECT 0)Z"},
	} {
		var got string
		if step.messages == nil {
			got = until(t, f, "Z")
		} else {
			got = talk(t, f, step.messages...)
		}
		if got != step.want {
			t.Errorf("%d: %s, not %s", i, got, step.want)
		}
	}
}

func TestAStatementIsCancelledByItsKey(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for _, sql := range []string{busy, endless} {
		ended := make(chan error, 1)
		go func() {
			_, err := c.PgConn().Exec(context.Background(), sql).ReadAll()
			ended <- err
		}()
		for waiting := true; waiting; { // the request may come before the statement
			_ = c.PgConn().CancelRequest(t.Context())
			select {
			case err := <-ended:
				if waiting = false; code(err) != "57014" {
					t.Errorf("%s: %v", sql, err)
				}
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	if got, err := rows(t, c, "SELECT 1"); err != nil || got != "1" {
		t.Error(got, err)
	}
	if _, err := rows(t, c, "SET statement_timeout = '20ms'; "+busy); code(err) != "57014" || !strings.Contains(err.Error(), "timeout") {
		t.Error(err)
	}
}

// A client that goes away leaves nothing behind: the server ends, and with it
// every goroutine, though nobody stops the statements.
func TestAClientThatVanishesHasItsStatementStopped(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) { o.DrainWithin = time.Hour })
	for _, sql := range []string{busy, endless} {
		c, f := s.dial(t)
		f.Send(&pgproto3.Query{String: sql})
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		if sql == endless {
			until(t, f, "D")
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	_, f := s.dial(t) // one that says nothing any more
	if got := talk(t, f, &pgproto3.Query{String: "BEGIN; DECLARE a CURSOR FOR " + endless + "; FETCH 1 FROM a"}); got != "C(BEGIN)C(DECLARE CURSOR)TDC(FETCH 1)Z" {
		t.Error(got)
	}
}

func TestAClientThatReadsNothingTakesNothingOfOthers(t *testing.T) {
	s := newServer(t)
	for range 3 {
		_, f := s.dial(t)
		f.Send(&pgproto3.Query{String: endless})
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		until(t, f, "D")
	}
	if got, err := rows(t, s.connect(t), "SELECT sum(id) FROM orders"); err != nil || got != "780" {
		t.Error(got, err)
	}
	s.stop() // statements that nobody reads are cut off
}

func TestAServerThatStopsLetsStatementsEnd(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) { o.DrainWithin = 300 * time.Millisecond })
	idle, f := s.dial(t)
	_, working := s.dial(t)
	working.Send(&pgproto3.Query{String: busy})
	if err := working.Flush(); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if got := until(t, f, "E"); got != "E(57P01)" {
		t.Error(got)
	}
	if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if got := until(t, working, "E"); got != "E(57P01)" {
		t.Error(got)
	}
	var d net.Dialer
	if c, err := d.DialContext(t.Context(), "tcp", s.address); err == nil {
		_ = c.Close()
		t.Error("the server takes new clients")
	}
}

func TestWhoMayLogIn(t *testing.T) {
	verifier, err := credential.Verifier("pencil, with ünïcode", 4096)
	if err != nil {
		t.Fatal(err)
	}
	certificate, roots := certificate(t)
	plain := newServer(t, func(o *pgwire.Options) { o.Accounts = accounts{"bert": verifier} })
	encrypted := newServer(t, func(o *pgwire.Options) {
		o.Accounts = accounts{"bert": verifier}
		o.Certificate = func() (*tls.Certificate, error) { return &certificate, nil }
	})
	for _, one := range []struct {
		server                   *server
		user, password, database string
		binding, code            string
	}{
		{plain, "bert", "pencil, with ünïcode", "shop", "", ""}, {plain, "bert", "pen", "shop", "", "28P01"}, {plain, "carl", "pencil", "shop", "", "28P01"},
		{plain, "anna", "", "shop", "", ""}, {plain, "anna", "", "other", "", "3D000"},
		{encrypted, "bert", "pencil, with ünïcode", "shop", "require", ""}, {encrypted, "bert", "pencil, with ünïcode", "shop", "disable", ""}, {encrypted, "bert", "", "shop", "require", "28P01"},
	} {
		config, err := pgx.ParseConfig("postgres://" + one.server.address + "/" + one.database + "?sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		config.User, config.Password = one.user, one.password
		if one.binding != "" {
			config.TLSConfig, config.ChannelBinding = &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}, one.binding
		}
		c, err := pgx.ConnectConfig(t.Context(), config)
		if err == nil {
			err = c.Close(t.Context())
		}
		if err == nil && one.code != "" || err != nil && code(err) != one.code {
			t.Errorf("%s with %q at %s: %v", one.user, one.password, one.database, err)
		}
	}
}

// certificate is a new one for localhost, and who trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, roots
}

func TestWhatIsNoClientIsSentAway(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) { o.LoginWithin = 200 * time.Millisecond })
	for name, hello := range map[string][]byte{
		"a browser": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "nothing": nil, "half a message": {0, 0, 0, 20, 0, 3},
		"a second encryption": {0, 0, 0, 8, 4, 210, 22, 47, 0, 0, 0, 8, 4, 210, 22, 47, 0, 0, 0, 8, 4, 210, 22, 48, 0, 0, 0, 8, 4, 210, 22, 48},
		"a cancel of nobody":  {0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 9, 1, 2, 3, 4},
	} {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(hello); err != nil {
			t.Fatal(err)
		}
		if answer, _ := io.ReadAll(c); len(answer) > 0 && answer[0] != 'N' && answer[0] != 'E' {
			t.Errorf("%s: %q", name, answer)
		}
		_ = c.Close()
	}
}

func TestThereAreOnlySoManyClients(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) {
		o.Admission = admission.New(admission.Limits{Connections: 2, User: admission.Limit{Connections: 2}})
	})
	_, f := s.dial(t)
	s.dial(t)
	if c, err := pgx.Connect(t.Context(), s.url("")); code(err) != "53300" {
		t.Error(c, err)
	}
	if got := talk(t, f, &pgproto3.Query{String: "SELECT 1"}); got != "TDC(SELECT 1)Z" {
		t.Error(got)
	}
}

func TestAMessageThatIsTooLargeEndsTheConnection(t *testing.T) {
	c, f := newServer(t).dial(t)
	head := binary.BigEndian.AppendUint32([]byte{'Q'}, 1<<30)
	if _, err := c.Write(head); err != nil {
		t.Fatal(err)
	}
	if got := until(t, f, "E"); got != "E(54000)" {
		t.Error(got)
	}
}
