package pgwire

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Codes of the first message.
const (
	cancelCode    = 80877102
	tlsCode       = 80877103
	gssCode       = 80877104
	largestHello  = 10000
	helloAttempts = 3
)

// errNoClient is the end of a connection that had nothing to say.
var errNoClient = errors.New("the connection was no client's")

// greet answers the first messages, up to the one that says who it is.
func (c *conn) greet(ctx context.Context) (*pgproto3.StartupMessage, error) {
	for range helloAttempts {
		code, body, err := c.hello()
		if err != nil {
			return nil, err
		}
		switch code {
		case cancelCode:
			if len(body) >= 8 {
				c.server.cancel(binary.BigEndian.Uint32(body), body[4:])
			}
			return nil, errNoClient
		case gssCode:
			err = c.say('N')
		case tlsCode:
			err = c.encrypt(ctx)
		default:
			return c.startup(code, body)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errNoClient
}

// hello reads a first message, which has no type.
func (c *conn) hello() (code uint32, body []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < 8 || length > largestHello {
		return 0, nil, errNoClient // something else than a client, such as a browser
	}
	body = make([]byte, length-8)
	_, err = io.ReadFull(c.in, body)
	return binary.BigEndian.Uint32(head[4:]), body, err
}

// say writes one byte, which is the answer to a request of encryption.
func (c *conn) say(b byte) error {
	_, err := c.net.Write([]byte{b})
	return err
}

// encrypt goes on encrypted where the server can.
func (c *conn) encrypt(ctx context.Context) error {
	if c.server.Certificate == nil || c.tls != nil {
		return c.say('N')
	}
	if c.in.Buffered() > 0 {
		return errors.New("the client sent more before the connection was encrypted")
	}
	certificate, err := c.server.Certificate()
	if err != nil {
		c.server.Logger.Error("a connection cannot be encrypted", "error", err.Error())
		return c.say('N')
	}
	if err := c.say('S'); err != nil {
		return err
	}
	c.certificate = certificate
	t := tls.Server(c.net, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"postgresql"}})
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	c.become(t)
	return nil
}

// local reports whether a client is on this machine.
func local(nc net.Conn) bool {
	at, isTCP := nc.RemoteAddr().(*net.TCPAddr)
	return !isTCP || at.IP.IsLoopback()
}

// startup reads the message that says who it is. A newer minor version and
// options of it are answered with what there is.
func (c *conn) startup(code uint32, body []byte) (*pgproto3.StartupMessage, error) {
	if code>>16 != 3 {
		return nil, fail("0A000", "version %d.%d of the protocol is not supported: this server speaks 3.0", code>>16, code&0xffff)
	}
	m := &pgproto3.StartupMessage{ProtocolVersion: code, Parameters: map[string]string{}}
	for rest := body; len(rest) > 1; {
		var key, value string
		var ok1, ok2 bool
		key, rest, ok1 = cutText(rest)
		value, rest, ok2 = cutText(rest)
		if !ok1 || !ok2 {
			return nil, fail("08P01", "the first message cannot be read")
		}
		m.Parameters[key] = value
	}
	var unknown []string
	for name := range m.Parameters {
		if strings.HasPrefix(name, "_pq_.") {
			unknown = append(unknown, name)
		}
	}
	if code&0xffff > 0 || len(unknown) > 0 {
		slices.Sort(unknown)
		c.send(&pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 0, UnrecognizedOptions: unknown})
	}
	return m, nil
}

func cutText(b []byte) (text string, rest []byte, ok bool) {
	at := slices.Index(b, 0)
	if at < 0 {
		return "", nil, false
	}
	return string(b[:at]), b[at+1:], true
}

// begin takes the client in: who it is, what for, and its settings.
func (c *conn) begin(ctx context.Context) error {
	c.in.waitUntil(time.Now().Add(c.server.LoginWithin))
	m, err := c.greet(ctx)
	if err != nil {
		return err
	}
	if c.server.Certificate != nil && c.tls == nil && !local(c.net) {
		return fail("28000", "this server takes encrypted connections only").hinted("sslmode=require, or verify-full")
	}
	if most := c.server.Admission.Limits().Connections; c.server.count() > most {
		return fail("53300", "sorry, too many clients already").detailed("There are " + strconv.Itoa(most) + ".").hinted("serve.limits.connections in tarn.yml says how many there may be")
	}
	c.backend = pgproto3.NewBackend(c.in, io.Discard)
	c.backend.SetMaxBodyLen(largestMessage)
	c.user, c.database = m.Parameters["user"], m.Parameters["database"]
	if c.user == "" {
		return fail("28000", "the client does not say which user it is for")
	}
	if c.database == "" {
		c.database = c.user
	}
	if err := c.login(ctx); err != nil {
		return err
	}
	if err := c.connect(ctx); err != nil {
		return err
	}
	if !slices.Contains(c.server.Databases, c.database) {
		return fail("3D000", "database %q does not exist", c.database).hinted("there is one: " + strings.Join(c.server.Databases, ", or "))
	}
	c.settings = newSettings(c.user)
	c.settings.first["max_connections"] = strconv.Itoa(c.server.Admission.Limits().Connections)
	for name, value := range m.Parameters {
		if err := c.initial(name, value); err != nil {
			return err
		}
	}
	c.settings.begun()
	c.send(&pgproto3.AuthenticationOk{})
	c.report()
	c.send(&pgproto3.BackendKeyData{ProcessID: c.id, SecretKey: c.key})
	c.in.waitUntil(time.Time{})
	c.seen.begun = time.Now() // nobody sees it yet
	c.doing("", false)
	return c.ready()
}

// initial sets what the first message says.
func (c *conn) initial(name, value string) error {
	switch {
	case name == "user", name == "database", strings.HasPrefix(name, "_pq_."):
		return nil
	case name == "replication":
		if on, _ := truth(value); on || value == "database" {
			return fail("0A000", "there is no replication over this protocol")
		}
		return nil
	case name == "options":
		return c.options(value)
	}
	return c.settings.set(name, value, false)
}

// options sets what is written as on the command line of a server: -c a=b.
func (c *conn) options(text string) error {
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		word := strings.TrimPrefix(words[i], "--")
		if rest, short := strings.CutPrefix(words[i], "-c"); short {
			if word = rest; word == "" && i+1 < len(words) {
				i++
				word = words[i]
			}
		}
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return fail("22023", "the option %q is not known", words[i]).hinted("write -c name=value")
		}
		if err := c.settings.set(strings.ReplaceAll(name, "-", "_"), value, false); err != nil {
			return err
		}
	}
	return nil
}
