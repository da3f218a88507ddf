package icebergrest

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
)

// Guard lets principals in; [identity.Guard] is one.
type Guard interface {
	// Bearer lets in who shows a token from an address.
	Bearer(ctx context.Context, token, from string) (identity.Access, error)
	// Login gives a token for a while, and Renew another one for that.
	Login(ctx context.Context, l identity.Login) (identity.Given, error)
	Renew(ctx context.Context, l identity.Login) (identity.Given, error)
}

// needs is what a token must be for with which an endpoint is asked: to change
// something, unless it is known to change nothing.
func (e endpoint) needs() identity.Scope {
	method, path, _ := strings.Cut(e.name, " ")
	if method == http.MethodGet || method == http.MethodHead || strings.HasSuffix(path, "/metrics") {
		return identity.Read
	}
	return identity.Write
}

// enter finds out who asks, and refuses whose token is not for this.
func (s *Server) enter(r *http.Request, e endpoint) (identity.Access, error) {
	var token string
	if scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	who, err := s.Guard.Bearer(r.Context(), token, r.RemoteAddr)
	if err != nil {
		return identity.Access{}, err
	}
	// Whoever is known may know what there is to ask.
	if needs := e.needs(); e.name != configEndpoint && !who.Has(needs) {
		s.Logger.Info("a request was refused", "principal", who.Principal.String(), "method", r.Method, "path", r.URL.Path, "needs", string(needs))
		return identity.Access{}, &problem{http.StatusForbidden, "ForbiddenException", forbidden(who, needs)}
	}
	return who, nil
}

// forbidden says what the token lacks.
func forbidden(who identity.Access, needs identity.Scope) string {
	return "The token of " + who.Principal.String() + " is not for this: it lacks the scope " + string(needs)
}

// kept is the problem of who is kept out.
func kept(r *identity.Refusal) *problem {
	text := strings.ToUpper(r.Reason[:1]) + r.Reason[1:]
	if r.Wait > 0 {
		return &problem{http.StatusTooManyRequests, "TooManyRequestsException", text}
	}
	return &problem{http.StatusUnauthorized, "NotAuthorizedException", text}
}

// retryAfter tells who has to wait for how long, in whole seconds.
func retryAfter(w http.ResponseWriter, r *identity.Refusal) {
	if r.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(r.Wait.Seconds()))))
	}
}

const (
	clientCredentials = "client_credentials"
	tokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessToken       = "urn:ietf:params:oauth:token-type:access_token"
)

// tokens gives a token for what a client sends as its credentials: a name with a
// token or a password; or for one that was given before.
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
	l := identity.Login{Scopes: strings.Fields(r.PostForm.Get("scope")), From: r.RemoteAddr}
	give := s.Guard.Login
	switch grant := r.PostForm.Get("grant_type"); grant {
	case clientCredentials:
		l.Name, l.Secret = clientSecret(r)
	case tokenExchange:
		l.Secret, give = r.PostForm.Get("subject_token"), s.Guard.Renew
	default:
		return s.refuseToken(w, r, http.StatusBadRequest, "unsupported_grant_type", "the grant "+strconv.Quote(grant)+" is not known here")
	}
	given, err := give(r.Context(), l)
	var refusal *identity.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Wait > 0:
		retryAfter(w, refusal)
		return s.refuseToken(w, r, http.StatusTooManyRequests, "temporarily_unavailable", refusal.Reason)
	case errors.As(err, &refusal):
		return s.refuseToken(w, r, http.StatusUnauthorized, "invalid_client", refusal.Reason)
	case err != nil:
		return s.fail(w, r, err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.send(w, r, ok(map[string]any{"access_token": given.Token.Reveal(), "token_type": "bearer", "scope": identity.Words(given.Scopes),
		"expires_in": int(given.Lasts.Seconds()), "issued_token_type": accessToken}))
}

// clientSecret is that of the form or of the header, where both are escaped as
// in a form.
func clientSecret(r *http.Request) (name, secret string) {
	if s := r.PostForm.Get("client_secret"); s != "" {
		return r.PostForm.Get("client_id"), s
	}
	name, secret, _ = r.BasicAuth()
	return plain(name), plain(secret)
}

func plain(escaped string) string {
	if text, err := url.QueryUnescape(escaped); err == nil {
		return text
	}
	return escaped
}

func (s *Server) refuseToken(w http.ResponseWriter, r *http.Request, status int, kind, text string) int {
	a := ok(map[string]string{"error": kind, "error_description": text})
	a.status = status
	return s.send(w, r, a)
}
