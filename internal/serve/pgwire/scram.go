package pgwire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// The two mechanisms: RFC 5802 and 7677, without and with the binding to the
// connection's certificate (RFC 5929, tls-server-end-point).
const (
	scramPlain = "SCRAM-SHA-256"
	scramPlus  = "SCRAM-SHA-256-PLUS"
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// verifier is what is known of a password; without keys nothing fits.
type verifier struct {
	iterations             int
	salt, stored, expected []byte
}

func readVerifiers(texts []string) ([]verifier, error) {
	list := make([]verifier, len(texts))
	for i, text := range texts {
		var err error
		if list[i], err = readVerifier(text); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readVerifier(text string) (v verifier, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 3 || parts[0] != scramPlain {
		return v, errors.New("the verifier of the account cannot be read")
	}
	iterations, salt, ok1 := strings.Cut(parts[1], ":")
	stored, server, ok2 := strings.Cut(parts[2], ":")
	if !ok1 || !ok2 {
		return v, errors.New("the verifier of the account cannot be read")
	}
	v.iterations, err = strconv.Atoi(iterations)
	for _, f := range []struct {
		to   *[]byte
		text string
	}{{&v.salt, salt}, {&v.stored, stored}, {&v.expected, server}} {
		var bad error
		*f.to, bad = base64.StdEncoding.DecodeString(f.text)
		err = errors.Join(err, bad)
	}
	return v, err
}

// scram is the conversation, up to the server's proof for the password that the
// client knows: its number among those that are known, or -1.
func (c *conn) scram(known []verifier) (knew int, answer []byte, err error) {
	offered := []string{scramPlain}
	binding := c.binding()
	if binding != nil {
		offered = []string{scramPlus, scramPlain}
	}
	c.send(&pgproto3.AuthenticationSASL{AuthMechanisms: offered})
	var first pgproto3.SASLInitialResponse
	if err := c.hear(pgproto3.AuthTypeSASL, &first); err != nil {
		return -1, nil, err
	}
	talk, err := openTalk(first.AuthMechanism, string(first.Data), binding)
	if err != nil {
		return -1, nil, err
	}
	var own [18]byte
	_, _ = rand.Read(own[:]) // never fails
	talk.nonce += base64.StdEncoding.EncodeToString(own[:])
	challenge := fmt.Sprintf("r=%s,s=%s,i=%d", talk.nonce, base64.StdEncoding.EncodeToString(known[0].salt), known[0].iterations)
	c.send(&pgproto3.AuthenticationSASLContinue{Data: []byte(challenge)})
	var last pgproto3.SASLResponse
	if err := c.hear(pgproto3.AuthTypeSASLContinue, &last); err != nil {
		return -1, nil, err
	}
	return talk.close(string(last.Data), challenge, known)
}

// hear reads an answer of the client's.
func (c *conn) hear(kind uint32, to pgproto3.FrontendMessage) error {
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.backend.SetAuthType(kind); err != nil {
		return err
	}
	m, err := c.backend.Receive()
	if err != nil {
		return err
	}
	switch m := m.(type) {
	case *pgproto3.SASLInitialResponse:
		if first, ok := to.(*pgproto3.SASLInitialResponse); ok {
			*first = *m
			return nil
		}
	case *pgproto3.SASLResponse:
		if last, ok := to.(*pgproto3.SASLResponse); ok {
			*last = *m
			return nil
		}
	}
	return fail("08P01", "a message of the login is expected here")
}

// talk is a conversation that has begun.
type talk struct {
	header, bare, nonce string
	binding             []byte
}

var errTalk = fail("08P01", "the login's message cannot be read")

// openTalk reads the client's first message.
func openTalk(mechanism, first string, binding []byte) (*talk, error) {
	flag, rest, ok1 := strings.Cut(first, ",")
	_, bare, ok2 := strings.Cut(rest, ",") // the name to act for is the one of the connection
	_, nonce, ok3 := strings.Cut(bare, ",r=")
	if !ok1 || !ok2 || !ok3 || strings.HasPrefix(bare, "m=") {
		return nil, errTalk
	}
	t := &talk{header: first[:len(first)-len(bare)], bare: bare}
	t.nonce, _, _ = strings.Cut(nonce, ",")
	switch {
	case mechanism == scramPlus && binding != nil && flag == "p=tls-server-end-point":
		t.binding = binding
	case mechanism == scramPlain && flag == "y" && binding != nil:
		return nil, fail("28000", "the client takes this server for one without channel binding: somebody is in between")
	case mechanism != scramPlain || flag != "n" && flag != "y":
		return nil, errTalk
	}
	return t, nil
}

// close checks the client's proof, and returns which of the passwords it is of
// and the server's proof; -1 is one that does not fit.
func (t *talk) close(last, challenge string, known []verifier) (knew int, answer []byte, err error) {
	without, proof, ok := cutLast(last, ",p=")
	if !ok {
		return -1, nil, errTalk
	}
	bound := base64.StdEncoding.EncodeToString(append([]byte(t.header), t.binding...))
	given, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || without != "c="+bound+",r="+t.nonce {
		return -1, nil, errTalk
	}
	knew = -1
	text := t.bare + "," + challenge + "," + without
	for i, v := range known { // all of them, so that it takes as long
		if v.proved(text, given) {
			knew, answer = i, mac(v.expected, text)
		}
	}
	return knew, answer, nil
}

// proved reports whether a proof over a text is of who knows the password.
func (v verifier) proved(text string, proof []byte) bool {
	if len(proof) != sha256.Size || len(v.stored) != sha256.Size {
		return false
	}
	key := mac(v.stored, text)
	subtle.XORBytes(key, key, proof)
	sum := sha256.Sum256(key)
	return subtle.ConstantTimeCompare(sum[:], v.stored) == 1
}

func cutLast(s, by string) (before, after string, found bool) {
	at := strings.LastIndex(s, by)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(by):], true
}

// binding is the hash of the certificate that the client sees; nil without
// encryption.
func (c *conn) binding() []byte {
	if c.tls == nil || c.certificate == nil || len(c.certificate.Certificate) == 0 {
		return nil
	}
	certificate, err := x509.ParseCertificate(c.certificate.Certificate[0])
	if err != nil {
		return nil
	}
	var h hash.Hash
	switch certificate.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		h = sha512.New384()
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		h = sha512.New()
	case x509.PureEd25519:
		return nil // which hash it would be is not defined
	default:
		h = sha256.New()
	}
	h.Write(certificate.Raw)
	return h.Sum(nil)
}
