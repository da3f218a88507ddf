package lake

import (
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// puffin is a deletion vector whose format is not written PUFFIN: DuckDB writes
// it small, and the library takes such a file for one of positions.
type puffin struct{ iceberg.DataFile }

// FileFormat is the format as the library writes it.
func (puffin) FileFormat() iceberg.FileFormat { return iceberg.PuffinFile }

// withVectors puts deletion vectors where they belong.
func withVectors(task table.FileScanTask) table.FileScanTask {
	var positions []iceberg.DataFile
	for _, f := range task.DeleteFiles {
		if strings.EqualFold(string(f.FileFormat()), string(iceberg.PuffinFile)) {
			task.DeletionVectorFiles = append(task.DeletionVectorFiles, puffin{f})
		} else {
			positions = append(positions, f)
		}
	}
	task.DeleteFiles = positions
	return task
}
