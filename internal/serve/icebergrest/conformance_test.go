package icebergrest

import (
	"net/http/httptest"
	"testing"

	iceberg "github.com/apache/iceberg-go/catalog"
	"github.com/apache/iceberg-go/catalog/catalogtest"
	"github.com/apache/iceberg-go/catalog/rest"
)

// The suite is the library's own for catalogs; its client is that of its users.
func TestIcebergGoFindsACatalogAsItExpectsThem(t *testing.T) {
	const token = "the-token-of-the-suite"
	catalogtest.RunCatalogTests(t, catalogtest.Config{SupportsNamespaceProperties: true, NewCatalog: func(t *testing.T) iceberg.Catalog {
		server := httptest.NewServer(newCatalog(t, token).server)
		t.Cleanup(server.Close)
		client, err := rest.NewCatalog(t.Context(), "tarn", server.URL, rest.WithOAuthToken(token))
		if err != nil {
			t.Fatal(err)
		}
		return client
	}})
}
