package concurrency

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(m.Run())
}

func TestCommitsOfSeveralProcessesOverOneFileLandOnceEach(t *testing.T) {
	Try(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "catalog.db") })
}

func TestAWriterToAFileThatIsKilledLosesNothing(t *testing.T) {
	Torture(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "catalog.db") })
}
