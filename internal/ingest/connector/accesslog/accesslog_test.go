package accesslog_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: accesslog.Format{},
		Good: []string{
			`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203023 "http://example.org/" "Mozilla/5.0"`,
			`10.0.0.2 - anna [17/May/2015:10:05:43 +0200] "POST /in HTTP/1.1" 302 -`,
		},
		Bad: []string{
			`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203023 "http://example.org/" "Mozilla/5.0`,
			`no log at all`,
		},
	})
}
