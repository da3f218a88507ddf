// Package serve is for the process that others connect to: one listener for
// all protocols, how it begins and ends, and what tells how it is.
//
// It promises that what has begun may end: once the process is told to stop,
// nothing new begins, /readyz says so, and requests under way have a while
// left; that where nobody is asked who it is, only this machine's own programs
// are served, and no web page through its browser; and that /healthz, /readyz and /metrics
// answer whatever the protocols do. It leaves to others what the protocols are
// (icebergrest) and who may ask them.
package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// How long things may take.
const (
	headerWithin = 10 * time.Second
	readWithin   = 2 * time.Minute
	writeWithin  = 5 * time.Minute
	idleWithin   = 2 * time.Minute
	readyWithin  = 5 * time.Second
	// drainWithin is how long requests have to end once the process is told to.
	drainWithin = 20 * time.Second
)

// largestHeader is how much a request's header may be.
const largestHeader = 64 << 10

// Options say what is served.
type Options struct {
	// Protocols answers everything but what this package answers itself.
	Protocols http.Handler
	// Ready tells whether what the protocols need is there; nil is always.
	Ready func(context.Context) error
	// Metrics is what /metrics shows.
	Metrics *Metrics
	// Guarded says that the protocols ask who it is.
	Guarded bool
	// Proxies are those whose word is taken for where a request comes from.
	Proxies []netip.Prefix
	// Logger receives what goes wrong with connections; nil discards it.
	Logger *slog.Logger
}

// Listen opens the address. Where nobody is asked who it is, it is one of this
// machine's own or none.
func Listen(ctx context.Context, address string, guarded bool) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, diag.New("port", diag.Place{}, "%s cannot be served at: %v", address, err).
			WithHint("give another address: --listen 127.0.0.1:0 takes a free port").WithCause(err)
	}
	at, isTCP := l.Addr().(*net.TCPAddr)
	if guarded || isTCP && at.IP.IsLoopback() {
		return l, nil
	}
	return nil, errors.Join(l.Close(), diag.New("nobody-known", diag.Place{},
		"%s can be reached from other machines, and nobody is known: everybody would be the owner of the lake", address).
		WithHint("add somebody: tarn user add NAME --role owner, or set TARN_SERVE_TOKEN; or listen at 127.0.0.1"))
}

// Run serves until ctx ends, and then lets what has begun end.
func Run(ctx context.Context, l net.Listener, o Options) error {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{Options: o}
	h := &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin,
		IdleTimeout: idleWithin, MaxHeaderBytes: largestHeader, ErrorLog: slog.NewLogLogger(o.Logger.Handler(), slog.LevelInfo),
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	draining, stop := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer stop()
	err := h.Shutdown(draining)
	if errors.Is(err, context.DeadlineExceeded) {
		o.Logger.Warn("requests were cut off that did not end in time", "within", drainWithin.String())
		err = h.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

type server struct {
	Options
	stopping atomic.Bool
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", s.Metrics.handler())
	mux.Handle("/", s.Metrics.counting(s.Protocols))
	// Pages of other sites may not use the browser of somebody who may connect.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	if s.Guarded {
		return fromClients(s.Proxies, guarded)
	}
	return ownNames(guarded)
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		say(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	ctx, stop := context.WithTimeout(r.Context(), readyWithin)
	defer stop()
	if s.Ready != nil {
		if err := s.Ready(ctx); err != nil {
			s.Logger.Error("not ready", "error", err.Error())
			say(w, http.StatusServiceUnavailable, "the catalog cannot be read")
			return
		}
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// ownNames serves requests to this machine's own names only, and none that came
// through a proxy: a name that somebody else lets point here is how web pages
// reach what asks nobody who it is.
func ownNames(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) || throughProxy(r) {
			say(w, http.StatusMisdirectedRequest, "where nobody is known only this machine is served, by its own names and without a proxy")
			return
		}
		next.ServeHTTP(w, r)
	})
}
