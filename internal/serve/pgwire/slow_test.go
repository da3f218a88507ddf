//go:build duckdb_arrow

package pgwire_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// Whoever does not come to the end of the login is sent away, wherever it stops,
// and however often it says a little.
func TestAClientThatTakesTooLongToLogInIsSentAway(t *testing.T) {
	verifier, err := credential.Verifier("pencil", 4096)
	if err != nil {
		t.Fatal(err)
	}
	certificate, _ := certificate(t)
	s := newServer(t, func(o *pgwire.Options) {
		o.LoginWithin, o.Accounts = 300*time.Millisecond, accounts{"bert": verifier}
		o.Certificate = func() (*tls.Certificate, error) { return &certificate, nil }
	})
	hello, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "bert", "database": "shop"}}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]func(net.Conn){
		"nothing": func(net.Conn) {},
		"that it wants to be encrypted, and no more": func(c net.Conn) { _, _ = c.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}) },
		"who it is, and not its password":            func(c net.Conn) { _, _ = c.Write(hello) },
		"a byte now and then": func(c net.Conn) {
			for _, b := range append(hello, 'p', 0, 0, 0, 200) {
				_, _ = c.Write([]byte{b})
			}
			for b := make([]byte, 1); ; {
				_ = c.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
				if _, err := c.Read(b); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
					return
				}
				if _, err := c.Write([]byte{'x'}); err != nil {
					return
				}
			}
		},
	} {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		says(c)
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("one that says %s stays", name)
		}
		_ = c.Close()
	}
	if got, err := rows(t, s.connect(t), "SELECT 1"); err != nil || got != "1" {
		t.Error(got, err)
	}
}

// A certificate that is replaced is the one of the next client; who is there goes
// on.
func TestACertificateIsReplacedWhileClientsAreThere(t *testing.T) {
	first, firstRoots := certificate(t)
	second, secondRoots := certificate(t)
	var now atomic.Pointer[tls.Certificate]
	now.Store(&first)
	s := newServer(t, func(o *pgwire.Options) { o.Certificate = func() (*tls.Certificate, error) { return now.Load(), nil } })
	connect := func(roots *x509.CertPool) (*pgx.Conn, error) {
		config, err := pgx.ParseConfig(s.url(""))
		if err != nil {
			t.Fatal(err)
		}
		config.TLSConfig = &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}
		return pgx.ConnectConfig(t.Context(), config)
	}
	early, err := connect(firstRoots)
	if err != nil {
		t.Fatal(err)
	}
	now.Store(&second)
	late, err := connect(secondRoots)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*pgx.Conn{early, late} {
		if got, err := rows(t, c, "SELECT sum(id) FROM orders"); err != nil || got != "780" {
			t.Error(got, err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if c, err := connect(firstRoots); err == nil {
		_ = c.Close(t.Context())
		t.Error("the first certificate is still shown")
	}
}

// A message that makes no sense ends the connection with the SQLSTATE for it.
func TestMessagesThatCannotBeRead(t *testing.T) {
	s := newServer(t)
	for bytes, want := range map[string]string{
		"Q\x00\x00\x00\x03": "08P01", "Q\x00\x00\x00\x00": "08P01", "\xff\x00\x00\x00\x04": "08P01", "B\x00\x00\x00\x06\x00\x00": "08P01", "D\x00\x00\x00\x04": "08P01", "P\x7f\xff\xff\xff": "54000",
	} {
		c, f := s.dial(t)
		if _, err := c.Write([]byte(bytes)); err != nil {
			t.Fatal(err)
		}
		if got := until(t, f, "E"); got != "E("+want+")" {
			t.Errorf("%q: %s", bytes, got)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("%q: the connection goes on: %v", bytes, err)
		}
	}
}
