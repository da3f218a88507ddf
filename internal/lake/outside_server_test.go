package lake_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/serve/icebergrest"
)

func init() { lake.ServeREST = serveREST }

const token = "0123456789abcdef"

func serveREST(t testing.TB, l *lake.Lake, db *metadb.DB) *restcatalog.Client {
	t.Helper()
	handler, err := icebergrest.New(t.Context(), icebergrest.Options{
		Lake: l, Writer: l.Writer(lake.Writer{Run: "server"}), DB: db, Token: secret.New(token)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
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
