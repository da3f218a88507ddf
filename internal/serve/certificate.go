package serve

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// lookAgain is how long a certificate is taken to be the one in its files.
const lookAgain = time.Second

// Certificate is a certificate and its key in two files. When they have
// changed, new connections have the new one; while those cannot be read or do
// not fit, the one before stays.
type Certificate struct {
	certificate, key string
	log              *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	looked  time.Time
	// seen is when the files were written that current is from, or that could not
	// be used.
	seen [2]time.Time
}

// NewCertificate reads a certificate.
func NewCertificate(certificate, key string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certificate: certificate, key: key, log: log}
	read, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, diag.New("bad-certificate", diag.Place{File: certificate}, "the certificate of `serve.certificate` with the key of `serve.key` cannot be used: %v", err).
			WithHint("both are files in PEM, and belong to each other").WithCause(err)
	}
	c.current, c.looked, c.seen = &read, time.Now(), c.written()
	return c, nil
}

func (c *Certificate) written() (at [2]time.Time) {
	for i, file := range []string{c.certificate, c.key} {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}

// Get returns the certificate for a new connection.
func (c *Certificate) Get() (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookAgain {
		return c.current, nil
	}
	c.looked = time.Now()
	if at := c.written(); at != c.seen {
		c.seen = at
		read, err := tls.LoadX509KeyPair(c.certificate, c.key)
		if err != nil {
			c.log.Error("the new certificate cannot be used, the one before stays", "file", c.certificate, "error", err.Error())
			return c.current, nil
		}
		c.current = &read
		c.log.Info("there is a new certificate", "file", c.certificate)
	}
	return c.current, nil
}

// Encrypt serves a listener's connections encrypted; a nil certificate does not.
func (c *Certificate) Encrypt(l net.Listener) net.Listener {
	if c == nil {
		return l
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.Get() }})
}
