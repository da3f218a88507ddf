package lake_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/serve/icebergrest"
)

func init() { lake.ServeREST = serveREST }

const token = "0123456789abcdef"

// worse makes a server of less use, as the name of the test says.
func worse(test string, h http.Handler) http.Handler {
	byTable, losing := strings.HasPrefix(test, lake.ByTable), strings.HasPrefix(test, lake.Losing)
	var sent atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		body := answer.Body.String()
		if byTable {
			body = strings.ReplaceAll(body, "/transactions/commit", "/transactions/of-old")
		}
		if losing {
			body = strings.ReplaceAll(body, "idempotency-key-lifetime", "no-such-lifetime")
			if r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "oauth") && sent.Add(1)%2 == 0 {
				answer.Code, body = http.StatusBadGateway, ""
			}
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(body))
	})
}

func serveREST(t testing.TB, l *lake.Lake, db *metadb.DB) *restcatalog.Client {
	t.Helper()
	known, err := identity.Open(t.Context(), identity.Options{State: db})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := icebergrest.New(t.Context(), icebergrest.Options{
		Lake: l, Writer: l.Writer(lake.Writer{Run: "server"}), DB: db,
		Guard: identity.NewGuard(identity.GuardOptions{Directory: known, Owner: identity.Current(), OwnerToken: secret.New(token)})})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(worse(t.Name(), handler))
	t.Cleanup(server.Close)
	c, err := restcatalog.Open(t.Context(), restcatalog.Options{URI: server.URL, Credential: secret.New("tarn:" + token), Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
