package restcatalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var orders = ident.Table{Namespace: "raw.shop", Name: "orders"}

// script is a server that gives the answers of a list, one after the other; the
// first line of each is a status, headers follow, and the rest is the body.
type script struct {
	t *testing.T

	// A client that lost its connection does not wait for the server.
	mu      sync.Mutex
	answers []string
	asked   []string
}

// next writes a request down and returns what to answer.
func (s *script) next(r *http.Request) (answer string, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.EscapedPath()+" "+r.Header.Get("Authorization"))
	if len(s.answers) == 0 {
		return "", false
	}
	answer, s.answers = s.answers[0], s.answers[1:]
	return answer, true
}

// then is what is answered from now on.
func (s *script) then(answers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

// told returns what was asked, and what was not answered yet.
func (s *script) told() (asked, left []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.answers
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, found := s.next(r)
	if !found {
		s.t.Errorf("nobody expected %s %s", r.Method, r.URL)
		return
	}
	head, body, _ := strings.Cut(answer, "\n\n")
	lines := strings.Split(head, "\n")
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Set(name, value)
	}
	var status int
	if _, err := fmt.Sscan(lines[0], &status); err != nil {
		s.t.Error(err)
	}
	if status == 0 { // the connection is lost
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

const (
	plain = "200\n\n{}"
	state = "200\nETag: \"one\"\n\n" + `{"metadata-location": "file:///w/1.json", "metadata": {"a": 1}}`
)

func open(t *testing.T, o Options, answers ...string) (*Client, *script) {
	t.Helper()
	s := &script{t: t, answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	o.URI, o.Backoff = server.URL, time.Millisecond
	c, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, left := s.told(); len(left) > 0 {
			t.Errorf("nobody asked for %q", left)
		}
	})
	return c, s
}

func TestWhatOnlyReadsIsAskedAgain(t *testing.T) {
	c, s := open(t, Options{}, plain, "503\nRetry-After: 0\n\n", "500", "0", state, "304")
	for range 2 { // the second time nothing has changed
		loaded, err := c.Load(t.Context(), Tables, orders)
		if err != nil || loaded.Location != "file:///w/1.json" || string(loaded.Metadata) != `{"a": 1}` {
			t.Errorf("%+v, %v", loaded, err)
		}
	}
	if asked, _ := s.told(); asked[1] != "GET /v1/namespaces/raw%1Fshop/tables/orders " {
		t.Errorf("asked %q", asked[1])
	}
}

func TestAChangeIsSentAgainOnlyWhereItCannotHaveBeenMade(t *testing.T) {
	change := Change{Name: orders, Updates: []json.RawMessage{[]byte(`{"action":"set-properties"}`)}}
	for _, c := range []struct {
		name    string
		answers []string
		want    error
	}{
		{"busy", []string{"503", "429", state}, nil},
		{"broken", []string{"500"}, ErrOutcomeUnknown},
		{"a gateway gave up", []string{"504"}, ErrOutcomeUnknown},
		{"busy, then lost", []string{"503", "0"}, ErrOutcomeUnknown},
		{"changed", []string{"409"}, ErrConflict},
		{"dropped", []string{"404"}, ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := open(t, Options{}, append([]string{plain}, c.answers...)...)
			if _, err := client.Commit(t.Context(), Tables, change); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	t.Run("the server knows repetitions", func(t *testing.T) {
		client, _ := open(t, Options{}, `200`+"\n\n"+`{"idempotency-key-lifetime": "PT30M"}`, "500", "0", state)
		if _, err := client.Commit(t.Context(), Tables, change); err != nil {
			t.Error(err)
		}
	})
}

func TestATokenThatIsRefusedIsRenewedOnce(t *testing.T) {
	token := func(n int) string {
		return fmt.Sprintf("200\n\n{\"access_token\": \"token-%d\", \"expires_in\": 3600}", n)
	}
	c, s := open(t, Options{Credential: secret.New("me:pass-word-1")}, token(1), plain, "401", token(2), state)
	if _, err := c.Load(t.Context(), Tables, orders); err != nil {
		t.Fatal(err)
	}
	asked, _ := s.told()
	if last := asked[len(asked)-1]; !strings.HasSuffix(last, "Bearer token-2") {
		t.Errorf("asked %q", last)
	}
	s.then("401\n\n"+`{"error": {"message": "token-2 of pass-word-1 is no good"}}`, token(3), "401\n\n"+`{"error": {"message": "token-3 of pass-word-1 is no good"}}`)
	_, err := c.Load(t.Context(), Views, orders)
	if err == nil || !strings.Contains(err.Error(), "catalog-unauthorised") {
		t.Fatal(err)
	}
	for _, hidden := range []string{"pass-word-1", "token-3"} {
		if strings.Contains(fmt.Sprintf("%+v", err), hidden) {
			t.Errorf("the error shows %s: %v", hidden, err)
		}
	}
}

func TestEveryPageIsRead(t *testing.T) {
	c, _ := open(t, Options{Prefix: "main"}, plain,
		"200\n\n"+`{"namespaces": [["a"], ["b", "c"]], "next-page-token": "2"}`, "200\n\n"+`{"namespaces": [["d"]], "next-page-token": null}`)
	names, err := c.Namespaces(t.Context(), "")
	if err != nil || strings.Join(names, " ") != "a b.c d" {
		t.Errorf("%v, %v", names, err)
	}
}

func TestAServerSaysWhatItHas(t *testing.T) {
	c, s := open(t, Options{Warehouse: "w", Prefix: "mine"},
		"200\n\n"+`{"overrides": {"prefix": "theirs/too"}, "endpoints": ["POST /v1/{prefix}/transactions/commit"]}`, "404")
	if !c.Atomic() || c.HasViews() {
		t.Errorf("atomic %v, views %v", c.Atomic(), c.HasViews())
	}
	if _, err := c.Load(t.Context(), Tables, orders); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if asked, _ := s.told(); asked[1] != "GET /v1/theirs/too/namespaces/raw%1Fshop/tables/orders " {
		t.Errorf("asked %q", asked[1])
	}
}
