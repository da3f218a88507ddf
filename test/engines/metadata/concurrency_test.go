//go:build engines

package metadata

import (
	"testing"

	"github.com/tarn-lake/tarn/test/concurrency"
)

func TestCommitsOfSeveralProcessesOverOneServerLandOnceEach(t *testing.T) { concurrency.Try(t, fresh) }

func TestAWriterToAServerThatIsKilledLosesNothing(t *testing.T) { concurrency.Torture(t, fresh) }
