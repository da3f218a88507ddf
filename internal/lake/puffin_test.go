package lake

import (
	"testing"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// written is a delete file as a manifest names its format.
type written struct {
	iceberg.DataFile
	format iceberg.FileFormat
}

func (w written) FileFormat() iceberg.FileFormat { return w.format }

func TestVectorsAreKnownHoweverTheirFormatIsWritten(t *testing.T) {
	task := withVectors(table.FileScanTask{DeleteFiles: []iceberg.DataFile{
		written{format: "puffin"}, written{format: "parquet"}, written{format: "PARQUET"}, written{format: "Puffin"},
	}})
	if len(task.DeleteFiles) != 2 || len(task.DeletionVectorFiles) != 2 {
		t.Fatalf("%d files of positions and %d vectors, not 2 and 2", len(task.DeleteFiles), len(task.DeletionVectorFiles))
	}
	for _, f := range task.DeletionVectorFiles {
		if f.FileFormat() != iceberg.PuffinFile {
			t.Errorf("a vector is %s", f.FileFormat())
		}
	}
	for _, f := range task.DeleteFiles {
		if !isParquet(f) {
			t.Errorf("%s is among the files of positions", f.FileFormat())
		}
	}
}
