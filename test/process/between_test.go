package process

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// otherToken is what the catalog of somebody else asks for.
const otherToken = "0123456789abcdef"

// between stands between a project and its catalog, and spoils what they say.
type between struct {
	*httptest.Server
	mu    sync.Mutex
	spoil func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

// newBetween stands before a server; at first it lets everything pass.
func newBetween(t *testing.T, server string) *between {
	t.Helper()
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	next := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at) }}
	b := &between{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		spoil := b.spoil
		b.mu.Unlock()
		if spoil == nil {
			next.ServeHTTP(w, r)
			return
		}
		spoil(w, r, next)
	}))
	t.Cleanup(b.Close)
	return b
}

// when spoils requests from now on; nil lets everything pass.
func (b *between) when(spoil func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spoil = spoil
}

// withoutTransactions is a server that changes one table at a time.
func withoutTransactions(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if !strings.HasSuffix(r.URL.Path, "/v1/config") {
		next.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	body := bytes.ReplaceAll(answer.Body.Bytes(), []byte("/transactions/commit"), []byte("/transactions/of-old"))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// refuse answers as a catalog that does not want to.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error": {"message": "Not today", "type": "ForbiddenException", "code": %d}}`, status)
}

// takes reports whether a request changes what its path ends with.
func takes(r *http.Request, path string) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, path)
}

// elsewhere is a project whose tables are in a catalog of somebody else.
func elsewhere(t *testing.T) (project, *between) {
	t.Helper()
	theirs := newProject(t)
	server := serve(t, theirs, "TARN_SERVE_TOKEN="+otherToken)
	t.Cleanup(server.stop)
	b := newBetween(t, server.url)
	p := project{t: t, dir: t.TempDir()}
	t.Setenv("OTHER_TOKEN", otherToken)
	p.write("dbt_project.yml", "name: sales\n")
	p.write("tarn.yml", "catalog: {type: rest, uri: "+b.URL+", token: '${env:OTHER_TOKEN}', location: "+
		filepath.Join(theirs.dir, ".tarn", "warehouse")+"}\n")
	p.write("ingest/raw.yml", "source: raw\ntables:\n  orders:\n    from: file\n    path: data/*.csv\n    columns: {id: long, day: date}\n")
	return p, b
}

// arrive lets a file arrive, with two records that fit and one that does not.
func arrive(p project, n int) {
	p.write(fmt.Sprintf("data/%d.csv", n), fmt.Sprintf("id,day\n%d1,2026-01-01\n%[1]d2,2026-01-02\n%[1]dx,never\n", n))
}

// hasLoaded checks rows, distinct ids and what is in quarantine.
func hasLoaded(p project, rows, ids, quarantined int) {
	p.t.Helper()
	got := p.must("query", "--output", "csv", `select (select count(*) from raw.orders) as rows,
		(select count(distinct id) from raw.orders) as ids, (select count(*) from raw.orders__quarantine) as quarantined`)
	if want := fmt.Sprintf("%d,%d,%d", rows, ids, quarantined); !strings.Contains(got, want) {
		p.t.Errorf("rows, ids, quarantined are\n%swant %s", got, want)
	}
}

// TestWhatIsPublishedByTableAndRefusedHalfWayIsToldAndBroughtTogether: a server
// without transactions takes the quarantine of a load, and refuses its table.
func TestWhatIsPublishedByTableAndRefusedHalfWayIsToldAndBroughtTogether(t *testing.T) {
	p, catalog := elsewhere(t)
	catalog.when(withoutTransactions)
	arrive(p, 0)
	if r := p.run(nil, "ingest"); r.code != 0 || !strings.Contains(r.err, "publishes-by-table") {
		t.Fatalf("the first load ended with %d and should say how it publishes:\n%s", r.code, r.err)
	}
	catalog.when(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if takes(r, "/tables/orders") {
			refuse(w, http.StatusForbidden)
			return
		}
		withoutTransactions(w, r, next)
	})
	arrive(p, 1)
	refused := p.run(nil, "ingest")
	for _, want := range []string{"partly-published", "raw.orders__quarantine was published and raw.orders was not", "Not today"} {
		if refused.code == 0 || !strings.Contains(refused.err, want) {
			t.Errorf("the refused load ended with %d and should say %q:\n%s", refused.code, want, refused.err)
		}
	}
	hasLoaded(p, 2, 2, 2)
	catalog.when(withoutTransactions)
	p.must("ingest")
	hasLoaded(p, 4, 4, 3) // the record is in quarantine once more
}

// TestACatalogThatRefusesATransactionIsAskedTableByTable: it says that it has
// transactions, and makes no tables in one.
func TestACatalogThatRefusesATransactionIsAskedTableByTable(t *testing.T) {
	p, catalog := elsewhere(t)
	catalog.when(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if takes(r, "/transactions/commit") {
			refuse(w, http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
	arrive(p, 0)
	if r := p.run(nil, "ingest"); r.code != 0 || !strings.Contains(r.err, "publishes-by-table") {
		t.Errorf("the first load ended with %d and should say how it has published:\n%s", r.code, r.err)
	}
	hasLoaded(p, 2, 2, 1)
	catalog.when(nil)
	arrive(p, 1)
	if r := p.run(nil, "ingest"); r.code != 0 || strings.Contains(r.err, "publishes-by-table") {
		t.Errorf("the second load ended with %d and is published at once:\n%s", r.code, r.err)
	}
	hasLoaded(p, 4, 4, 2)
}

// TestAPublicationWhoseFateNobodyKnowsIsFoundByTheNextCommand: the catalog's
// answer is lost, and it cannot be asked; whether it had made the change or not,
// the rows are there once.
func TestAPublicationWhoseFateNobodyKnowsIsFoundByTheNextCommand(t *testing.T) {
	for _, made := range []bool{true, false} {
		t.Run(fmt.Sprintf("made %v", made), func(t *testing.T) {
			p, catalog := elsewhere(t)
			arrive(p, 0)
			p.must("ingest")
			arrive(p, 1)
			lost := false // requests come one after another from here on
			var mu sync.Mutex
			catalog.when(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case takes(r, "/transactions/commit"):
					if made && !lost {
						next.ServeHTTP(httptest.NewRecorder(), r)
					}
					lost = true
					_, _ = io.Copy(io.Discard, r.Body)
					w.WriteHeader(http.StatusGatewayTimeout)
				case lost && strings.Contains(r.URL.Path, "/tables/"):
					refuse(w, http.StatusForbidden)
				default:
					next.ServeHTTP(w, r)
				}
			})
			if r := p.run(nil, "ingest"); r.code == 0 || !strings.Contains(r.err, "publication-unknown") {
				t.Fatalf("ended with %d:\n%s", r.code, r.err)
			}
			catalog.when(nil)
			p.must("ingest")
			hasLoaded(p, 4, 4, 2)
			p.must("clean")
			hasLoaded(p, 4, 4, 2)
		})
	}
}
