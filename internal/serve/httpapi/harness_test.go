//go:build duckdb_arrow

package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
	"github.com/tarn-lake/tarn/internal/serve/reply"
	"github.com/tarn-lake/tarn/internal/workspace"
	"github.com/tarn-lake/tarn/internal/write"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Tokens and passwords of those who are known.
const (
	ownersToken = "the-owners-own-token"
	password    = "correct horse battery"
)

// server is an API before a small lake.
type server struct {
	*scantest.Lake
	t     testing.TB
	url   string
	known *identity.Directory
	// header is what requests send.
	header http.Header
	client *http.Client
}

// newServer serves main.orders (40 rows, ids from 0) to the owner, the reader
// anna and to otto, who may do nothing.
func newServer(t testing.TB, change ...func(*httpapi.Options)) *server {
	t.Helper()
	l := scantest.New(t)
	l.Append(t, "orders", `SELECT range AS id, (range * 10)::DECIMAL(9,2) AS amount, CASE WHEN range % 2 = 0 THEN 'EU' ELSE 'US' END AS region,
		DATE '2011-12-01' + range::INT AS day FROM range(40)`)
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Reader, Threads: 2, MemoryLimit: 256 << 20, AllowedDirs: []string{l.Dir}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(gate.Options{Reader: e})
	if err != nil {
		t.Fatal(err)
	}
	w, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2, MemoryLimit: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	pin := func(ctx context.Context) (gate.Scope, error) {
		v, err := l.Pin(ctx)
		return pinned{v}, err
	}
	transactions, err := workspace.NewTransactions(workspace.Transactions{Lake: l.Lake, Writer: write.New(l.Lake, w), Gate: g, Scope: pin, Run: "server"})
	if err != nil {
		t.Fatal(err)
	}
	notes, err := reply.Open(t.Context(), l.DB(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Lake: l, t: t, header: http.Header{}, client: &http.Client{Transport: &http.Transport{}}}
	s.know(metadbtest.Open(t, t.TempDir(), "state.db"))
	o := httpapi.Options{
		Gate: g, Scope: pin, Transactions: transactions, Notes: notes, Spill: t.TempDir(), Version: "1.2.3",
		Guard: guardOf(s.known),
	}
	for _, c := range change {
		c(&o)
	}
	api, err := httpapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(api)
	s.url = h.URL
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		err := api.Close()
		h.Close()
		if err := errors.Join(err, e.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	})
	return s.with("Authorization", "Bearer "+ownersToken)
}

// guardOf lets in who is known, and the owner.
func guardOf(known *identity.Directory) *identity.Guard {
	return identity.NewGuard(identity.GuardOptions{Directory: known, Owner: identity.Principal{Kind: identity.Local, Name: "somebody"}, OwnerToken: secret.New(ownersToken)})
}

// know makes anna and otto known.
func (s *server) know(db *metadb.DB) {
	s.t.Helper()
	var err error
	s.known, err = identity.Open(s.t.Context(), identity.Options{State: db, Cost: credential.Cost{Memory: 64, Passes: 1, Lanes: 1}, Iterations: 4096})
	if err != nil {
		s.t.Fatal(err)
	}
	for name, roles := range map[string][]identity.Role{"anna": {identity.Reader}, "otto": nil} {
		if err := s.known.Add(s.t.Context(), identity.New{Kind: identity.User, Name: name, Roles: roles, Password: secret.New(password)}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// with returns the server as a client sees it that sends a header; as, one who
// shows a password, and nobody for "".
func (s *server) with(name, value string) *server {
	other := *s
	other.header = s.header.Clone()
	other.header.Set(name, value)
	return &other
}

func (s *server) as(name string) *server {
	if name == "" {
		return s.with("Authorization", "")
	}
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(name, password)
	return s.with("Authorization", r.Header.Get("Authorization"))
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

// send sends "METHOD /path body", for as long as the context lasts.
func (s *server) send(ctx context.Context, request string) (answer, error) {
	s.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = s.header.Clone()
	response, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response, text}, err
}

// want sends a request and compares the status and, with each text, the body:
// it must hold it, or must not where the text begins with "!".
func (s *server) want(request string, status int, texts ...string) answer {
	s.t.Helper()
	a, err := s.send(s.t.Context(), request)
	if err != nil {
		s.t.Fatalf("%s: %v", request, err)
	}
	if a.StatusCode != status {
		s.t.Errorf("%s: %d, want %d: %s", request, a.StatusCode, status, a.body)
	}
	for _, text := range texts {
		without, not := strings.CutPrefix(text, "!")
		if bytes.Contains(a.body, []byte(without)) == not {
			s.t.Errorf("%s: looking for %s in %s", request, text, a.body)
		}
	}
	return a
}

// eventually asks until the body has a text.
func (s *server) eventually(request, text string) answer {
	s.t.Helper()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		a, err := s.send(s.t.Context(), request)
		if err != nil {
			s.t.Fatal(err)
		}
		if bytes.Contains(a.body, []byte(text)) {
			tick.Stop()
			return a
		}
		<-tick.C
	}
}

// told reads an answer about a query.
func told[T any](t testing.TB, a answer) (into T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &into); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return into
}

// sql is the body of a request to run a query.
func sql(text string, more ...string) string {
	b, _ := json.Marshal(text)
	return `POST /api/v1/queries {"sql":` + string(b) + strings.Join(more, "") + `}`
}

// endless is a query that does not end in the time of a test.
const endless = `SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3`

// pinned is a scope over one state of the lake.
type pinned struct{ view *lake.View }

func (p pinned) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	return p.view.Load(ctx, name)
}
func (p pinned) System(context.Context, string, gate.Wanted) (*generated.Table, error) {
	return nil, nil
}
func (p pinned) Names(context.Context) []ident.Table  { return nil }
func (p pinned) Entries(context.Context) []lake.Entry { return p.view.Entries() }
func (p pinned) Namespaces(context.Context) []string  { return p.view.Namespaces() }
func (p pinned) At() lake.At                          { return lake.At{} }
