package serve

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begin serves and returns where, what stops it, and how it ended.
func begin(t *testing.T, o Options) (address string, stop func(), ended chan error) {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0", o.Guarded)
	if err != nil {
		t.Fatal(err)
	}
	o.Metrics = NewMetrics("test")
	if o.Protocols == nil {
		o.Protocols = http.NotFoundHandler()
	}
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- Run(ctx, l, o) }()
	return l.Addr().String(), stop, ended
}

// get asks as a client of its own, which keeps no connection.
func get(t *testing.T, address, path string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestItSaysHowItIs(t *testing.T) {
	broken := errors.New("gone")
	var state error
	address, stop, ended := begin(t, Options{Ready: func(context.Context) error { return state }})
	for _, c := range []struct {
		path, text string
		state      error
		status     int
	}{
		{"/healthz", "ok", broken, 200}, {"/readyz", "ready", nil, 200}, {"/readyz", "cannot be read", broken, 503},
		{"/metrics", `tarn_build_info{version="test"} 1`, broken, 200}, {"/else", "404", nil, 404},
	} {
		state = c.state
		if status, body := get(t, address, c.path); status != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s", c.path, status, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWhatHasBegunIsAnsweredAfterTheEnd(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	address, stop, ended := begin(t, Options{Protocols: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun <- true
		<-finish
		_, _ = io.WriteString(w, "done")
	})})
	answered := make(chan string, 1)
	go func() {
		_, body := get(t, address, "/slow")
		answered <- body
	}()
	<-begun
	stop()
	// Nobody is let in any more, once the listener is closed.
	for {
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), "tcp", address)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(finish)
	if body := <-answered; body != "done" {
		t.Errorf("the answer is %q", body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWhereNobodyIsKnownOnlyThisMachineIsServed(t *testing.T) {
	_, err := Listen(t.Context(), "0.0.0.0:0", false)
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != "nobody-known" {
		t.Errorf("listening everywhere with nobody known: %v", err)
	}
	l, err := Listen(t.Context(), "0.0.0.0:0", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	address, stop, ended := begin(t, Options{})
	if status, _ := get(t, address, "/healthz", "Host: rebound.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("a name of somebody else's: %d", status)
	}
	for _, header := range []string{"X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy", "X-Real-Ip: 127.0.0.1"} {
		if status, _ := get(t, address, "/healthz", header); status != http.StatusMisdirectedRequest {
			t.Errorf("through a proxy, with %s: %d", header, status)
		}
	}
	if status, _ := get(t, address, "/healthz", "Host: localhost:80"); status != http.StatusOK {
		t.Errorf("localhost: %d", status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A page of another site may not change anything through the browser of
// somebody who may connect.
func TestPagesOfOtherSitesChangeNothing(t *testing.T) {
	reached := false
	address, stop, ended := begin(t, Options{Protocols: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/v1/namespaces", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://elsewhere.example")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if reached || answer.StatusCode != http.StatusForbidden {
		t.Errorf("the answer is %d, and the request went through: %v", answer.StatusCode, reached)
	}
}

// Proxies of ours say where requests are from; clients and other proxies are not
// believed.
func TestOnlyOurProxiesSayWhereARequestIsFrom(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128")}
	for _, c := range []struct{ remote, header, want string }{
		{"10.1.1.1:80", "203.0.113.9", "203.0.113.9:0"}, {"[2001:db8::1]:80", "2001:db8:9::9", "[2001:db8:9::9]:0"}, {"[::ffff:10.1.1.1]:80", "203.0.113.9", "203.0.113.9:0"},
		{"10.1.1.1:80", "198.51.100.1, 203.0.113.9, 10.2.2.2", "203.0.113.9:0"}, {"10.1.1.1:80", "127.0.0.1, 203.0.113.9", "203.0.113.9:0"},
		{"203.0.113.9:80", "198.51.100.1", "203.0.113.9:80"}, {"[2001:db8::2]:80", "198.51.100.1", "[2001:db8::2]:80"},
		{"10.1.1.1:80", "", "10.1.1.1:80"}, {"10.1.1.1:80", "203.0.113.9, unknown", "10.1.1.1:80"}, {"10.1.1.1:80", "x, 10.2.2.2", "10.2.2.2:0"}, {"@", "203.0.113.9", "@"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		for hop := range strings.SplitSeq(c.header, ", ") {
			r.Header.Add("X-Forwarded-For", hop)
		}
		got := ""
		fromClients(ours, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(nil, r)
		if got != c.want {
			t.Errorf("%s with %q is from %s, want %s", c.remote, c.header, got, c.want)
		}
	}
}
