//go:build engines

package metadata

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/test/concurrency"
	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// shared is the server of the tests that need no one of their own.
var shared *dbserver.Postgres

func TestMain(m *testing.M) {
	concurrency.Main()
	if os.Getenv(sleeperState) != "" {
		if err := sleeper(context.Background(), os.Getenv(sleeperState), os.Getenv(sleeperCatalog)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	var err error
	if shared, err = dbserver.StartPostgres(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	err = shared.Stop()
	if leak := goleak.Find(); leak != nil && code == 0 {
		err = errors.Join(err, leak)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

var databases atomic.Int64

// fresh makes a database and returns its address.
func fresh(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("db%d", databases.Add(1))
	if _, err := shared.SQL(t.Context(), "postgres", "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return shared.URL(name)
}
