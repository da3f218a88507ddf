package jsonfile_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	for _, format := range []connector.Format{jsonfile.JSON(), jsonfile.NDJSON()} {
		t.Run(format.Name(), func(t *testing.T) {
			connectortest.Run(t, connectortest.Case{
				Format: format,
				Good:   []string{`{"id": 1, "name": "lamp", "tags": ["a", "b"]}`, `{"id": 2, "at": {"x": 1.5}}`, `{}`},
				Misfit: &connectortest.Misfit{Column: "id", Wide: `{"id": 30000000000, "name": "lamp"}`, Unfit: `{"id": "x", "name": "lamp"}`},
				Bad:    []string{`{"id": `, `no json`, `{"id": 1, "id": 2}`, `{"id": 1, "ID": 2}`, `{"id": NaN}`, `{"id": "\ud800"}`},
			})
		})
	}
}
