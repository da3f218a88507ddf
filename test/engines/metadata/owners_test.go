//go:build engines

package metadata

import (
	"os"
	"os/exec"
	"testing"

	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
)

// Those who keep tables have tests that open an empty database; here it is a
// schema of a server. What is left out is about OS locks.
func TestOwnersOfTablesPassTheirTestsOverAServer(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-skip", "TestAKilledProcess|TestASecondRunWaits",
		"../../../internal/identity", "../../../internal/lake", "../../../internal/run", "../../../internal/ingest", "../../../internal/serve/icebergrest")
	cmd.Env = append(os.Environ(), metadbtest.Server+"="+fresh(t))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
