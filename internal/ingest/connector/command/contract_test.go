package command

import (
	"os"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestContract(t *testing.T) {
	options := func(how string) map[string]connector.Option {
		return map[string]connector.Option{
			"command": {Value: []any{os.Args[0], "feed", how}},
			"options": {Value: map[string]any{"token": secret.New("s3cret")}},
		}
	}
	connectortest.RunSource(t, connectortest.SourceCase{
		Source: Source{}, Options: options("well"), Table: "t", Records: 12, Rejected: 3,
		Cursor: "id", PrimaryKey: []string{"id"}, Refused: options("fail"), Secret: "s3cret",
	})
}
