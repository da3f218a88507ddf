package mem

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/objstoretest"
)

func TestMemKeepsTheContract(t *testing.T) {
	objstoretest.Run(t, func(*testing.T) objstore.Store { return New() })
}
