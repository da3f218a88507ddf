package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestContract(t *testing.T) {
	var rows []map[string]any
	for i := range 500 {
		rows = append(rows, map[string]any{"id": i, "amount": float64(i) / 4})
	}
	rows[7]["amount"] = "a lot"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			http.Error(w, r.Header.Get("Authorization")+" is wrong", http.StatusUnauthorized)
			return
		}
		if err := json.NewEncoder(w).Encode(rows); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	options := func(token string) map[string]connector.Option {
		return map[string]connector.Option{"url": {Value: s.URL}, "auth": {Value: map[string]any{"bearer": secret.New(token)}}}
	}
	connectortest.RunSource(t, connectortest.SourceCase{
		Source: Source{}, Options: options("s3cret"), Table: "t", Records: 500, Rejected: 1,
		Declared: map[string]connector.DeclaredType{"amount": {Type: "double"}}, Cursor: "id", PrimaryKey: []string{"id"},
		Refused: options("wr0ng"), Secret: "wr0ng",
		Grow: func(*testing.T) { rows = append(rows, map[string]any{"id": 500, "amount": 1}) }, New: 1,
	})
}
