package httpapi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// call is one request.
type call struct {
	who identity.Access
	w   *answering
	r   *http.Request
}

// callKey is where a request's context has its call.
type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// asks is who sent the request, as policies meet it.
func (c *call) asks() policy.Who { return policy.WhoOf(c.who) }

// patient lets the request take its time once it has been read: how long a
// client may take is bounded for each part of the answer.
func (c *call) patient() {
	_ = c.w.control.SetReadDeadline(time.Time{}) // what has none needs none
	_ = c.w.control.SetWriteDeadline(time.Time{})
}

// answering notes what was answered, and gives the client a while to take each
// part of it.
type answering struct {
	http.ResponseWriter
	control *http.ResponseController
	within  time.Duration
	hurried atomic.Bool
	status  int
}

// lastWordWithin is how long a client that is cut off has to read what was
// written.
const lastWordWithin = time.Second

// hurry gives the client no more than a moment to read.
func (a *answering) hurry() {
	a.hurried.Store(true)
	_ = a.control.SetWriteDeadline(time.Now().Add(lastWordWithin))
}

// WriteHeader implements [http.ResponseWriter].
func (a *answering) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answering) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	_ = a.control.SetWriteDeadline(time.Now().Add(a.within))
	if a.hurried.Load() { // after it, so that neither goes unnoticed by the other
		_ = a.control.SetWriteDeadline(time.Now().Add(lastWordWithin))
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets deadlines be set and buffers be flushed.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	c := &call{w: &answering{ResponseWriter: w, control: http.NewResponseController(w), within: s.Limits.Write}}
	defer func() { s.Observe(cmp.Or(c.r.Pattern, Root), c.w.status, time.Since(begun)) }()
	c.r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	if !strings.HasPrefix(r.URL.Path, Root+"openapi") {
		var err error
		if c.who, err = s.enter(r); err != nil {
			s.fail(c.w, c.r, err)
			return
		}
	}
	s.mux.ServeHTTP(c.w, c.r)
}

// enter finds out who asks, and refuses whose token is not for this.
func (s *Server) enter(r *http.Request) (identity.Access, error) {
	who, err := s.shown(r)
	if err != nil {
		return identity.Access{}, err
	}
	if needs := needed(r); !who.Has(needs) {
		s.Logger.Info("a request was refused", "principal", who.Principal.String(), "method", r.Method, "path", r.URL.Path, "needs", string(needs))
		return identity.Access{}, problemf(http.StatusForbidden, "missing-scope", "the token of %s is not for this: it lacks the scope %s", who.Principal, needs)
	}
	return who, nil
}

// needed is what a token must be for: to change something, unless it is about
// queries, which the gate decides on.
func needed(r *http.Request) identity.Scope {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, queriesPath) {
		return identity.Read
	}
	return identity.Write
}

// shown lets in who shows a token, or a name with a password.
func (s *Server) shown(r *http.Request) (identity.Access, error) {
	if name, password, basic := r.BasicAuth(); basic {
		return s.logins.enter(r.Context(), s.Guard, name, password, r.RemoteAddr)
	}
	var token string
	if scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	return s.Guard.Bearer(r.Context(), token, r.RemoteAddr)
}

// logins remembers the tokens that were given for passwords, so that a client
// which shows its password with each request logs in once. The token is asked
// each time: what ends it ends the login.
type logins struct {
	mu    sync.Mutex
	given map[[sha256.Size]byte]identity.Given
}

// mostLogins is how many are remembered.
const mostLogins = 1000

func (l *logins) enter(ctx context.Context, g Guard, name, password, from string) (identity.Access, error) {
	key := sha256.Sum256([]byte(name + "\x00" + password))
	l.mu.Lock()
	given, known := l.given[key]
	l.mu.Unlock()
	if known && time.Now().Before(given.Expires) {
		if who, err := g.Bearer(ctx, given.Token.Reveal(), from); err == nil {
			return who, nil
		}
	}
	given, err := g.Login(ctx, identity.Login{Name: name, Secret: password, From: from})
	if err != nil {
		return identity.Access{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.given == nil || len(l.given) >= mostLogins {
		l.given = map[[sha256.Size]byte]identity.Given{}
	}
	l.given[key] = given
	return given.Access, nil
}
