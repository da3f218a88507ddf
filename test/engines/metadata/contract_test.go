//go:build engines

package metadata

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
)

func TestAServersDatabaseKeepsTheContractOfFiles(t *testing.T) { metadbtest.Run(t, fresh) }
