package icebergrest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// catalog is a server over a lake in memory.
type catalog struct {
	t      testing.TB
	lake   *lake.Lake
	server *Server
	known  *identity.Directory
	now    time.Time
	header http.Header
}

func newCatalog(t testing.TB, token string) *catalog {
	t.Helper()
	db := metadbtest.Open(t, t.TempDir(), "catalog.db")
	l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: mem.New()})
	if err != nil {
		t.Fatal(err)
	}
	c := &catalog{t: t, lake: l, header: http.Header{}, now: time.Now()}
	c.known, err = identity.Open(t.Context(), identity.Options{State: db, Now: func() time.Time { return c.now },
		Cost: credential.Cost{Memory: 64, Passes: 1, Lanes: 1}, Iterations: 4096})
	if err != nil {
		t.Fatal(err)
	}
	guard := identity.NewGuard(identity.GuardOptions{Directory: c.known, Owner: owner, OwnerToken: secret.New(token), Open: token == ""})
	c.server, err = New(t.Context(), Options{Lake: l, Writer: l.Writer(lake.Writer{Run: "server"}), DB: db, Guard: guard})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var owner = identity.Principal{Kind: identity.Local, Name: "somebody"}

// with returns the catalog as a client sees it that sends a header.
func (c *catalog) with(name, value string) *catalog {
	other := *c
	other.header = c.header.Clone()
	other.header.Set(name, value)
	return &other
}

// ask sends "METHOD /path body" and returns the answer.
func (c *catalog) ask(request string) *httptest.ResponseRecorder {
	c.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	for name := range c.header {
		r.Header.Set(name, c.header.Get(name))
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	return w
}

// want sends a request and compares the status and, with each text, the body:
// it must hold it, or must not where the text begins with "!".
func (c *catalog) want(request string, status int, texts ...string) string {
	c.t.Helper()
	answer := c.ask(request)
	body := answer.Body.String()
	if answer.Code != status {
		c.t.Errorf("%s: %d, want %d: %s", request, answer.Code, status, body)
	}
	for _, text := range texts {
		without, not := strings.CutPrefix(text, "!")
		if strings.Contains(body, without) == not {
			c.t.Errorf("%s: looking for %s in %s", request, text, body)
		}
	}
	return body
}

const (
	columns = `{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"long"},{"id":2,"name":"what","required":false,"type":"string"}]}`
	orders  = `{"name":"orders","schema":` + columns + `}`
)

// withOrders has the namespace shop and the table orders in it.
func withOrders(t testing.TB) *catalog {
	t.Helper()
	c := newCatalog(t, "")
	c.want(`POST /v1/namespaces {"namespace":["shop"]}`, 200)
	c.want(`POST /v1/namespaces/shop/tables `+orders, 200)
	return c
}
