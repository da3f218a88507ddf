package metadb_test

import (
	"path/filepath"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
)

func TestAFileKeepsTheContract(t *testing.T) {
	metadbtest.Run(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "some.db") })
}
