package build

import (
	"context"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Relocate moves the locations in the record of publications.
func Relocate(ctx context.Context, tx metadb.Tx, location func(string) string) error {
	return lake.MoveColumn(ctx, tx, "tarn_publication", "location", []string{"run", "resource", "namespace", "table_name"}, location)
}
