package icebergrest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/secret"
)

// tokensLast is how long a token lasts that was given for the owner's.
const tokensLast = time.Hour

// grants tells who may ask. The owner's token is good, and so are those that
// were given for it: they carry when they end and a signature made with it, so
// that they need no place to be kept and end when the owner's changes.
type grants struct {
	owner secret.Text
	now   func() time.Time
}

func newGrants(owner secret.Text) *grants { return &grants{owner, time.Now} }

// check refuses a request that no good token comes with.
func (g *grants) check(r *http.Request) error {
	if g.owner.IsZero() {
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") && g.good(strings.TrimSpace(token)) {
		return nil
	}
	return &problem{http.StatusUnauthorized, "NotAuthorizedException", "The request has no token that is good here"}
}

func (g *grants) good(token string) bool {
	if same(token, g.owner.Reveal()) {
		return true
	}
	ends, signature, found := strings.Cut(strings.TrimPrefix(token, tokenPrefix), ".")
	if !found || !strings.HasPrefix(token, tokenPrefix) || !same(signature, g.sign(ends)) {
		return false
	}
	seconds, err := strconv.ParseInt(ends, 10, 64)
	return err == nil && g.now().Unix() < seconds
}

const tokenPrefix = "tarn."

func (g *grants) give() string {
	ends := strconv.FormatInt(g.now().Add(tokensLast).Unix(), 10)
	return tokenPrefix + ends + "." + g.sign(ends)
}

func (g *grants) sign(ends string) string {
	mac := hmac.New(sha256.New, []byte(g.owner.Reveal()))
	mac.Write([]byte("icebergrest token until " + ends))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// same compares in a time that does not tell how much of it is right.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

const (
	clientCredentials = "client_credentials"
	tokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessToken       = "urn:ietf:params:oauth:token-type:access_token"
)

// tokens gives a token for the owner's, which a client sends as the secret of
// its credentials, or for one that is good still.
func (s *Server) tokens(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	status := s.giveToken(w, r)
	s.Observe("POST /v1/oauth/tokens", status, time.Since(begun))
}

func (s *Server) giveToken(w http.ResponseWriter, r *http.Request) int {
	if err := r.ParseForm(); err != nil {
		return s.refuseToken(w, r, http.StatusBadRequest, "invalid_request", "the form cannot be read")
	}
	var offered string
	switch grant := r.PostForm.Get("grant_type"); grant {
	case clientCredentials:
		offered = clientSecret(r)
	case tokenExchange:
		offered = r.PostForm.Get("subject_token")
	default:
		return s.refuseToken(w, r, http.StatusBadRequest, "unsupported_grant_type", "the grant "+strconv.Quote(grant)+" is not known here")
	}
	if !s.grant.owner.IsZero() && !s.grant.good(offered) {
		return s.refuseToken(w, r, http.StatusUnauthorized, "invalid_client", "the credentials are not good here")
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.send(w, r, ok(map[string]any{"access_token": s.grant.give(), "token_type": "bearer",
		"expires_in": int(tokensLast.Seconds()), "issued_token_type": accessToken}))
}

// clientSecret is that of the form or of the header, where it is escaped as in
// a form.
func clientSecret(r *http.Request) string {
	if s := r.PostForm.Get("client_secret"); s != "" {
		return s
	}
	_, password, found := r.BasicAuth()
	if plain, err := url.QueryUnescape(password); found && err == nil {
		return plain
	}
	return password
}

func (s *Server) refuseToken(w http.ResponseWriter, r *http.Request, status int, kind, text string) int {
	a := ok(map[string]string{"error": kind, "error_description": text})
	a.status = status
	return s.send(w, r, a)
}
