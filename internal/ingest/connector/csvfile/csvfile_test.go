package csvfile_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: csvfile.Format{},
		Head:   []string{"id,name,price"},
		Good:   []string{`1,"lamp, white",2.55`, `2,,3.39`, `3,"",0`},
		Misfit: &connectortest.Misfit{Column: "id", Wide: "30000000000,lamp,1", Unfit: "x,lamp,1"},
		Bad:    []string{"4,lamp", `5,"lamp" x,1`, "6,lamp,1,2"},
	})
}
